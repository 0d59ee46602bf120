#pragma once
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/unit/mapping/revise_support.hpp"
#include "tests/unit/mapping/rules_support.hpp"

namespace gateway::mapping {

/// One order of one laboratory, message after message.
struct Laboratory {
  Ledger ledger;
  std::string sex = "F";
  int minute = 10;
  std::vector<std::string> issues;

  Revision say(const std::string& rows, const char* order_status = "F") {
    return say_at(minute++, rows, order_status);
  }
  /// As if it had been written in that minute: it may come late (T7).
  Revision say_at(int written, const std::string& rows, const char* order_status = "F") {
    const std::string at = std::to_string(written);
    const std::string text = "MSH|^~\\&|LABX|XF|GW|H|2025032212" + at + "00+0100||ORU^R01|C" + at +
                             "|P|2.5.1\nPID|1||P1^^^CLINIC^MR||Doe^Jane||19900101|" + sex +
                             "\n"
                             "OBR|1|P1|F1|X^Panel^L|||20250322093000+0100" +
                             std::string(18, '|') + order_status + "\n" + rows;
    auto made = tests::convert(text);
    for (const auto& resource : made.conversion.resources) seen.insert(resource.key);
    Revision revision = ledger.take(std::move(made.conversion.resources), 0);
    issues = codes(revision);
    return revision;
  }
  fhir::Json result(std::string_view code) const {
    for (const auto& [key, body] : bodies())
      if (key.type == "Observation" && tests::code_of(body["code"]) == code) return body;
    return {};
  }
  /// Is it neither withdrawn nor cancelled?
  bool stands(const std::string& reference) const {
    const auto body = ledger.at("Observation", reference.substr(reference.find('/') + 1));
    const std::string& status = body["status"].text();
    return body.is_object() && status != "entered-in-error" && status != "cancelled";
  }
  fhir::Json of_type(std::string_view type) const {
    for (const auto& [key, body] : bodies())
      if (key.type == type) return body;
    return {};
  }
  std::map<fhir::ResourceKey, fhir::Json> bodies() const {
    std::map<fhir::ResourceKey, fhir::Json> all;
    for (const auto& key : seen)
      if (auto body = ledger.at(key.type, key.id); body.is_object()) all.emplace(key, body);
    return all;
  }
  std::set<fhir::ResourceKey> seen;
};

}  // namespace gateway::mapping
