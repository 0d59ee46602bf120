#include "gateway/mapping/revise_elements.hpp"

#include <algorithm>
#include <array>

#include "gateway/fhir/canonical.hpp"

namespace gateway::mapping {
namespace {

/// Top-level elements of the resources we write that FHIR spells with their type behind them.
constexpr std::array choices{
    std::string_view("value"),         std::string_view("effective"),  std::string_view("deceased"),
    std::string_view("multipleBirth"), std::string_view("occurrence"), std::string_view("occurred"),
    std::string_view("quantity"),      std::string_view("asNeeded"),   std::string_view("onset")};

bool is_upper(char c) {
  return c >= 'A' && c <= 'Z';
}

bool is_among(std::span<const std::string_view> elements, std::string_view element) {
  return std::find(elements.begin(), elements.end(), element) != elements.end();
}

template <class Wanted>
bool keep(fhir::Json& newer, const fhir::Json& older, Wanted wanted) {
  std::vector<fhir::Json::Member> kept;
  for (const auto& member : older.members()) {
    const std::string_view element = element_of(member.first);
    if (wanted(element) && !has_element(newer, element)) kept.push_back(member);
  }
  for (auto& member : kept) newer.set(member.first, std::move(member.second));
  return !kept.empty();
}

}  // namespace

std::string_view element_of(std::string_view member) {
  if (member.starts_with('_')) member.remove_prefix(1);
  for (const std::string_view choice : choices)
    if (member.starts_with(choice) && member.size() > choice.size() &&
        is_upper(member[choice.size()]))
      return choice;
  return member;
}

bool keep_absent(fhir::Json& newer, const fhir::Json& older, std::span<const std::string> deleted) {
  return keep(newer, older, [deleted](std::string_view element) {
    return std::none_of(deleted.begin(), deleted.end(),
                        [element](const std::string& name) { return element_of(name) == element; });
  });
}

bool keep_named(fhir::Json& newer, const fhir::Json& older,
                std::span<const std::string_view> elements) {
  return keep(newer, older,
              [elements](std::string_view element) { return is_among(elements, element); });
}

bool erase_elements(fhir::Json& resource, std::span<const std::string_view> elements) {
  auto& members = resource.members();
  return std::erase_if(members, [elements](const fhir::Json::Member& member) {
           return is_among(elements, element_of(member.first));
         }) > 0;
}

bool has_element(const fhir::Json& resource, std::string_view element) {
  return std::any_of(resource.members().begin(), resource.members().end(),
                     [element](const auto& member) { return element_of(member.first) == element; });
}

bool same_content(const fhir::Json& a, const fhir::Json& b) {
  if (a.members().size() != b.members().size()) return false;
  return std::all_of(a.members().begin(), a.members().end(), [&b](const auto& member) {
    const fhir::Json* other = b.find(member.first);
    return other && *other == member.second;
  });
}

bool has_tag(const fhir::Json& resource, std::string_view system_name, std::string_view code) {
  const std::string system = fhir::canonical::code_system(system_name);
  const auto& tags = resource["meta"]["tag"].items();
  return std::any_of(tags.begin(), tags.end(), [&](const fhir::Json& tag) {
    return tag["system"].text() == system && tag["code"].text() == code;
  });
}

void add_tag(fhir::Json& resource, std::string_view system_name, std::string_view code) {
  fhir::Json* meta = resource.find("meta");
  if (!meta || has_tag(resource, system_name, code)) return;
  if (!meta->find("tag")) meta->set("tag", fhir::Json::array());
  meta->find("tag")->items().push_back(
      fhir::Json::object({{"system", fhir::Json::string(fhir::canonical::code_system(system_name))},
                          {"code", fhir::Json::string(std::string(code))}}));
}

void remove_tag(fhir::Json& resource, std::string_view system_name, std::string_view code) {
  fhir::Json* meta = resource.find("meta");
  if (!meta || !meta->find("tag")) return;
  const std::string system = fhir::canonical::code_system(system_name);
  auto& tags = meta->find("tag")->items();
  std::erase_if(tags, [&](const fhir::Json& tag) {
    return tag["system"].text() == system && tag["code"].text() == code;
  });
  if (tags.empty()) meta->erase("tag");
}

bool has_issue(const fhir::Json& resource, std::string_view code) {
  return has_tag(resource, fhir::canonical::issue_codes, code);
}

void tag_issue(fhir::Json& resource, std::string_view code) {
  add_tag(resource, fhir::canonical::issue_codes, code);
}

void untag_issue(fhir::Json& resource, std::string_view code) {
  remove_tag(resource, fhir::canonical::issue_codes, code);
}

bool is_survey(const fhir::Json& observation) {
  for (const fhir::Json& category : observation["category"].items())
    for (const fhir::Json& coding : category["coding"].items())
      if (coding["code"].text() == "survey") return true;
  return false;
}

std::vector<std::string> references_of(const fhir::Json& references) {
  std::vector<std::string> all;
  for (const fhir::Json& reference : references.items())
    if (!reference["reference"].text().empty()) all.push_back(reference["reference"].text());
  return all;
}

}  // namespace gateway::mapping
