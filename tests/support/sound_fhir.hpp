#pragma once
#include <algorithm>
#include <iterator>
#include <regex>
#include <string>
#include <string_view>

#include "gateway/fhir/json.hpp"

/// What FHIR R4 demands of every resource whatever a sender wrote, as far as it can be told without
/// definitions. The independent validator knows the rest.
namespace tests {

/// ContactPoint has codes where other elements have a URI.
inline bool is_contact_system(std::string_view text) {
  constexpr std::string_view codes[] = {"phone", "fax", "email", "pager", "url", "sms", "other"};
  return std::find(std::begin(codes), std::end(codes), text) != std::end(codes);
}

/// A character of RFC 3986 §2, in a pattern.
inline const std::string uri_characters =
    R"((?:[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})+)";

/// Read off FHIR R4 (datatypes: uri, oid, uuid), not off the product.
inline bool is_sound_uri(const std::string& text) {
  static const std::regex oid(R"(urn:oid:[0-2](\.(0|[1-9][0-9]*))+)"),
      uuid(R"(urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})"),
      other("(https?://|urn:)" + uri_characters);
  if (text.starts_with("urn:oid:")) return std::regex_match(text, oid);
  if (text.starts_with("urn:uuid:")) return std::regex_match(text, uuid);
  return std::regex_match(text, other);
}

/// Of any scheme: it leads somewhere.
inline bool is_sound_url(const std::string& text) {
  static const std::regex url("[A-Za-z][A-Za-z0-9+.\\-]+:" + uri_characters);
  return std::regex_match(text, url);
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
        !member.text().starts_with("dns:") && !is_sound_uri(member.text()))
      return here + ": no URI";
    const bool names_part = path.ends_with("]") && path.find("xtension[") != path.npos;
    const bool of_bundle = member.text().starts_with("Binary/");  // as a reference is
    if (name == "url" && !names_part && !of_bundle && !is_sound_url(member.text()))
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
