#pragma once
#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "gateway/fhir/json.hpp"
#include "gateway/mapping/context_extension.hpp"
#include "gateway/mapping/mismatch.hpp"
#include "gateway/mapping/revise.hpp"

#include "tests/support/mappings.hpp"

namespace gateway::mapping {

/// One result row as a conversion would write it.
struct StandingRow {
  std::string id = "a", sent = "F", status = "final", value = R"("valueQuantity":{"value":11.9})";
  std::string more;   // further members, `,"interpretation":[…]`
  ContextInput said;  // of its cycle
  bool value_empty = false, value_null = false, is_context = false;
};

inline ConvertedResource observation(const StandingRow& row) {
  ConvertedResource resource;
  resource.key = {"Observation", row.id};
  ContextInput said = row.said;
  said.language = &tests::shipped_catalogue()->cycle_language();
  fhir::JsonWriter extension, tags;
  tags.begin_array();
  if (!row.is_context) {
    const CycleContext context = cycle_context(said).context;
    write_context(extension, context);
    write_context_tags(tags, context);
  }
  tags.end_array();
  resource.body = R"({"resourceType":"Observation","id":")" + row.id + R"(","meta":{)";
  if (!row.is_context) resource.body += R"("tag":)" + tags.take();
  resource.body += "}";
  if (!row.is_context) resource.body += R"(,"extension":[)" + extension.take() + "]";
  resource.body += R"(,"status":")" + row.status + R"(","code":{"text":"NK"})";
  resource.body += R"(,"effectiveDateTime":"2025-08-16T10:00:00-05:00")";
  if (!row.value.empty()) resource.body += "," + row.value;
  resource.body += row.more + "}";
  resource.result = ResultFacts{
      row.status,     row.sent,       row.value_empty,
      row.value_null, row.is_context, std::make_shared<const ContextInput>(std::move(said))};
  return resource;
}

inline ConvertedResource report(const std::vector<std::string>& results,
                                const std::string& status = "final", const std::string& more = "") {
  std::string list;
  for (const std::string& id : results)
    list += (list.empty() ? "" : ",") + (R"({"reference":"Observation/)" + id + "\"}");
  std::string body =
      R"({"resourceType":"DiagnosticReport","id":"d","meta":{},"status":")" + status + "\"";
  if (!list.empty()) body += R"(,"result":[)" + list + "]";
  return {{"DiagnosticReport", "d"}, body + more + "}", std::nullopt, {}};
}

inline ConvertedResource patient(const std::string& members) {
  return {{"Patient", "p"},
          R"({"resourceType":"Patient","id":"p","meta":{})" + members + "}",
          std::nullopt,
          {}};
}

/// A store of one version a resource, so that messages can follow one another.
class Ledger {
 public:
  Revision take(std::vector<ConvertedResource> resources, std::int64_t source_time) {
    Conversion conversion;
    conversion.resources = std::move(resources);
    conversion.source_time = SourceTime{source_time, source_time + 1};
    std::map<fhir::ResourceKey, Standing> seen;
    for (const ConvertedResource& resource : conversion.resources) {
      const auto known = standing_.find(resource.key);
      if (known == standing_.end()) continue;
      Standing standing = known->second;
      standing.same = !standing.deleted && standing.body == resource.body;
      if (standing.same) standing.body.clear();  // as the store does: it was not loaded
      seen[resource.key] = standing;
    }
    const StandingLookup lookup = [&](const fhir::ResourceKey& key) -> const Standing* {
      const auto found = seen.find(key);
      if (found != seen.end()) return &found->second;
      const auto other = standing_.find(key);
      return other == standing_.end() ? nullptr : &other->second;
    };
    const OrderContext orders{[&](std::string_view head) {
                                std::vector<fhir::ResourceKey> keys;
                                for (const auto& [key, standing] : standing_)
                                  if (key.type == "Observation" && order_head(key.id) == head)
                                    keys.push_back(key);
                                return keys;
                              },
                              tests::shipped_catalogue()};
    ++written_;
    Revision revision = revise(conversion, lookup, orders);
    for (const RevisedWrite& write : revision.writes) {
      Standing& standing = standing_[write.key];
      right_versions_ = right_versions_ && write.follows == standing.version;
      standing = {standing.version + 1, false, write.body, false, write.source_time, written_};
    }
    for (const SaidAgain& again : revision.said_again) {
      right_versions_ = right_versions_ && again.version == standing_[again.key].version;
      standing_[again.key].source_time = again.source_time;
    }
    return revision;
  }
  void remove(const fhir::ResourceKey& key) {
    Standing& standing = standing_.at(key);
    standing = {standing.version + 1, true, "", false, standing.source_time};
  }
  fhir::Json at(const std::string& type, const std::string& id) const {
    const auto found = standing_.find({type, id});
    if (found == standing_.end()) return {};
    const auto json = fhir::parse_json(found->second.body);
    return json ? *json : fhir::Json();
  }
  std::string status(const std::string& id = "a") const {
    return at("Observation", id)["status"].text();
  }
  std::string value(const std::string& id = "a") const {
    return at("Observation", id)["valueQuantity"]["value"].text();
  }
  std::int64_t version(const std::string& type, const std::string& id) const {
    const auto found = standing_.find({type, id});
    return found == standing_.end() ? 0 : found->second.version;
  }
  std::string results() const {
    std::string all;
    const fhir::Json report = at("DiagnosticReport", "d");
    for (const fhir::Json& reference : report["result"].items())
      all += reference["reference"].text().substr(12) + " ";
    return all;
  }
  bool right_versions() const { return right_versions_; }

 private:
  std::map<fhir::ResourceKey, Standing> standing_;
  bool right_versions_ = true;
  std::int64_t written_ = 0;
};

inline std::vector<std::string> codes(const Revision& revision) {
  std::vector<std::string> all;
  for (const Issue& issue : revision.issues) all.push_back(issue.code + " " + issue.resource);
  return all;
}

}  // namespace gateway::mapping
