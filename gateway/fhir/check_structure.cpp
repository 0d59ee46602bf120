#include <algorithm>
#include <cctype>

#include "gateway/fhir/canonical.hpp"
#include "gateway/fhir/r4_elements.hpp"
#include "gateway/fhir/validation.hpp"

namespace gateway::fhir {
namespace {

bool is_primitive(std::string_view type) {
  return !type.empty() && type.front() >= 'a' && type.front() <= 'z';
}

class StructureChecking {
 public:
  StructureChecking(const CodeChecks& checks, Findings& findings)
      : checks_(checks), findings_(findings) {}

  /// Recursion is bounded by the depth the reader allowed.
  void resource(const Json& value, const std::string& path) {
    const std::string& type = value["resourceType"].text();
    const auto* parts = parts_of(type);
    if (!value.is_object() || type.empty())
      return findings_.error("structure", "this is no resource", path);
    if (parts != nullptr) return object(value, *parts, path, true);
    findings_.say("warning", "not-supported", "resources of this type are not looked at", path);
  }

 private:
  void object(const Json& value, const std::vector<R4Element>& parts, const std::string& path,
              bool is_resource) {
    if (!value.is_object()) return findings_.error("structure", "this must be an object", path);
    if (value.members().empty()) return findings_.error("structure", "an object is empty", path);
    for (const auto& [name, member] : value.members()) {
      if (findings_.is_full()) return;
      if (is_resource && name == "resourceType") continue;
      const std::string below = path + '.' + place_name(name);
      const bool extends = name.starts_with('_');
      const auto known = member_of(parts, extends ? std::string_view(name).substr(1) : name);
      if (known.element == nullptr)
        findings_.error("structure", "there is no such member", below);
      else if (extends)
        extension_of_primitive(member, below);
      else
        this->member(member, *known.element, known.type, below, value.has('_' + name));
    }
    for (const R4Element& part : parts) count(value, part, path);
  }

  void count(const Json& value, const R4Element& part, const std::string& path) {
    std::size_t found = 0;
    for (const auto& [name, member] : value.members()) {
      const auto plain = name.starts_with('_') ? std::string_view(name).substr(1) : name;
      if (name.starts_with('_') && value.has(plain)) continue;  // said with it
      if (member_of({part}, plain).element != nullptr) ++found;
    }
    if (found == 0 && part.is_needed)
      findings_.error("required", "this must be there", path + '.' + std::string(part.name));
    if (found > 1)
      findings_.error("structure", "only one type of a choice is said",
                      path + '.' + std::string(part.name));
  }

  void member(const Json& value, const R4Element& part, std::string_view choice,
              const std::string& path, bool is_extended) {
    if (value.is_array() != part.is_list)
      return findings_.error("structure", part.is_list ? "this must be a list" : "this is no list",
                             path);
    const std::string_view type = !choice.empty()      ? choice
                                  : part.types.empty() ? std::string_view()
                                                       : part.types.front();
    if (!part.is_list) return one(value, part, type, path);
    if (value.items().empty()) findings_.error("structure", "a list is empty", path);
    for (std::size_t i = 0; i < value.items().size() && !findings_.is_full(); ++i) {
      const Json& item = value.items()[i];
      if (item.kind() == Json::Kind::null && is_extended && is_primitive(type)) continue;
      one(item, part, type, path + '[' + std::to_string(i) + ']');
    }
  }

  void one(const Json& value, const R4Element& part, std::string_view type,
           const std::string& path) {
    if (type == "Resource") return resource(value, path);
    if (is_primitive(type)) return primitive(value, part, type, path);
    const auto* parts = parts_of(!part.as.empty() ? part.as : part.path);
    if (parts == nullptr) parts = parts_of(type);
    if (parts == nullptr) return;  // nobody here needs it
    object(value, *parts, path, false);
    if (type == "Quantity" || type == "Coding") coded(value, type, path);
  }

  void primitive(const Json& value, const R4Element& part, std::string_view type,
                 const std::string& path) {
    const auto wanted =
        type == "boolean" ? Json::Kind::boolean
        : type == "decimal" || type == "integer" || type == "unsignedInt" || type == "positiveInt"
            ? Json::Kind::number
            : Json::Kind::string;
    if (value.kind() != wanted)
      return findings_.error("structure", "this must be of type " + std::string(type), path);
    if (value.is_string() && value.text().empty())
      return findings_.error("structure", "a string is empty", path);
    if (!has_form_of(type, value.text()))
      findings_.error("value", "this has not the form of " + std::string(type), path);
    else if (!part.codes.empty() && std::ranges::find(part.codes, value.text()) == part.codes.end())
      findings_.error("code-invalid", "R4 has no such code here", path);
  }

  void extension_of_primitive(const Json& value, const std::string& path) {
    if (value.is_array()) {
      std::size_t i = 0;
      for (const Json& item : value.items()) {
        if (item.kind() != Json::Kind::null)
          extension_of_primitive(item, path + '[' + std::to_string(i) + ']');
        ++i;
      }
      return;
    }
    static const std::vector<R4Element> element = [] {
      std::vector<R4Element> parts;
      for (const R4Element& part : *parts_of("Extension"))
        if (part.name == "id" || part.name == "extension") parts.push_back(part);
      return parts;
    }();
    object(value, element, path, false);
  }

  void coded(const Json& value, std::string_view type, const std::string& path) {
    const std::string& system = value["system"].text();
    const std::string& code = value["code"].text();
    if (code.empty()) return;
    if (system == canonical::ucum && checks_.is_ucum && !checks_.is_ucum(code))
      findings_.say("warning", "code-invalid", "this is no UCUM unit that is known here",
                    path + ".code");
    // Answers (LA…) and parts (LP…) are counted otherwise.
    if (type == "Coding" && system == canonical::loinc && checks_.is_loinc &&
        std::isdigit(static_cast<unsigned char>(code[0])) != 0 && !checks_.is_loinc(code))
      findings_.error("code-invalid", "LOINC has no such code: its check digit is wrong",
                      path + ".code");
  }

  const CodeChecks& checks_;
  Findings& findings_;
};

}  // namespace

void Findings::say(std::string_view severity, std::string_view code, std::string text,
                   std::string where) {
  if (is_full()) return;
  OutcomeIssue issue;
  issue.severity = severity;
  issue.code = code;
  if (severity == "error") issue.error_code = "invalid-resource";
  issue.text = std::move(text);
  issue.expression = std::move(where);
  issues_.push_back(std::move(issue));
}

void check_structure(const Json& resource, const CodeChecks& checks, Findings& findings) {
  const std::string& type = resource["resourceType"].text();
  StructureChecking(checks, findings)
      .resource(resource, parts_of(type) != nullptr ? type : "Resource");
}

std::vector<OutcomeIssue> validate(const Json& resource, const std::vector<std::string>& profiles,
                                   const Artefacts& artefacts, const CodeChecks& checks) {
  Findings findings;
  check_structure(resource, checks, findings);
  std::vector<std::string> asked;
  bool is_cut = false;
  const auto take = [&](const std::string& profile) {
    if (std::ranges::find(asked, profile) != asked.end()) return;
    is_cut = asked.size() == most_profiles;
    if (!is_cut) asked.push_back(profile);
  };
  for (std::size_t i = 0; i < profiles.size() && !is_cut; ++i) take(profiles[i]);
  const auto& claimed = resource["meta"]["profile"].items();
  for (std::size_t i = 0; i < claimed.size() && !is_cut; ++i) take(claimed[i].text());
  if (is_cut)
    findings.say("warning", "too-costly",
                 "only the first " + std::to_string(most_profiles) + " profiles are looked at",
                 place_name(resource["resourceType"].text()) + ".meta.profile");
  check_profiles(resource, asked, artefacts, findings);
  return findings.take();
}

}  // namespace gateway::fhir
