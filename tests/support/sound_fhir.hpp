#pragma once
#include <algorithm>
#include <iterator>
#include <string>
#include <string_view>

#include "gateway/fhir/json.hpp"
#include "gateway/fhir/uri.hpp"

/// What FHIR R4 demands of every resource whatever a sender wrote, as far as it can be told without
/// definitions. The independent validator knows the rest.
namespace tests {

/// ContactPoint has codes where other elements have a URI.
inline bool is_contact_system(std::string_view text) {
  constexpr std::string_view codes[] = {"phone", "fax", "email", "pager", "url", "sms", "other"};
  return std::find(std::begin(codes), std::end(codes), text) != std::end(codes);
}

/// The first fault below a value, as "component[0]: no code"; "" where there is none.
inline std::string fault_of(const gateway::fhir::Json& value, const std::string& path = "") {
  using gateway::fhir::Json;
  for (const auto& [name, member] : value.members()) {
    const std::string here = path.empty() ? name : path + "." + name;
    if (member.kind() == Json::Kind::null) return here + ": null";
    if (member.kind() == Json::Kind::string && member.text().empty()) return here + ": empty";
    if ((member.is_object() && member.members().empty()) ||
        (member.is_array() && member.items().empty()))
      return here + ": nothing in it";
    if (name == "system" && !is_contact_system(member.text()) &&
        !member.text().starts_with("dns:") && !gateway::fhir::is_uri(member.text()))
      return here + ": no URI";
    const bool names_part = path.ends_with("]") && path.find("xtension[") != path.npos;
    const bool of_bundle = member.text().starts_with("Binary/");  // as a reference is
    if (name == "url" && !names_part && !of_bundle &&
        gateway::fhir::as_url(member.text()) != member.text())
      return here + ": no URL";
    for (std::size_t k = 0; k < member.items().size(); ++k) {
      const Json& item = member.items()[k];
      const std::string at = here + "[" + std::to_string(k) + "]";
      if (name == "coding" && !item.has("code")) return at + ": no code";
      if (name == "component" && !item["code"].is_object()) return at + ": no code";
      if (std::string fault = fault_of(item, at); !fault.empty()) return fault;
    }
    if (member.is_object())
      if (std::string fault = fault_of(member, here); !fault.empty()) return fault;
  }
  return "";
}

}  // namespace tests
