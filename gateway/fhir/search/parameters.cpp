#include "gateway/fhir/search/parameters.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "gateway/base/edit_distance.hpp"
#include "gateway/fhir/search/parameter_tables.hpp"

namespace gateway::fhir::search {
namespace {

constexpr auto types = std::to_array<std::string_view>(
    {"Patient", "Observation", "DiagnosticReport", "Specimen", "ServiceRequest", "Practitioner",
     "PractitionerRole", "Organization", "Location", "RelatedPerson", "Device", "Encounter",
     "MessageHeader", "Provenance", "Binary", "DocumentReference", "Task", "Subscription",
     "Group"});

/// Of FHIR R4, and in no index: each result, order or patient would pay for it, and few would ask.
struct LeftOut {
  std::string_view type, names;  // names between bars, bars at both ends
};
constexpr auto left_out = std::to_array<LeftOut>({
    {"*", "|_list|_text|_content|_filter|_query|_contained|"},
    {"Observation", "|performer|device|"},
    {"DiagnosticReport", "|performer|results-interpreter|"},
    {"ServiceRequest", "|requester|encounter|specimen|instantiates-canonical|instantiates-uri|"},
    {"Patient",
     "|address|address-city|address-country|address-postalcode|address-state|address-use|email|"
     "phone|telecom|phonetic|"},
    {"RelatedPerson",
     "|address|address-city|address-country|address-postalcode|address-state|address-use|"
     "phonetic|"},
    {"Practitioner",
     "|address|address-city|address-country|address-postalcode|address-state|address-use|"
     "phonetic|"},
    {"PractitionerRole", "|endpoint|service|"},
    {"Organization", "|endpoint|phonetic|"},
    {"Location", "|endpoint|near|"},
    {"Device", "|udi-carrier|udi-di|"},
    {"DocumentReference", "|relationship|"},
    {"MessageHeader", "|source|destination|focus|sender|"},
    {"Provenance", "|agent|target|when|"},
    {"Subscription", "|contact|"},
    {"Group", "|characteristic|characteristic-value|exclude|value|"},
    {"AuditEvent", "|agent-name|agent-role|altid|entity-name|entity-role|entity-type|policy|site|"},
});

constexpr auto controls = std::to_array<std::string_view>(
    {"_sort", "_count", "_total", "_summary", "_elements", "_include", "_revinclude", "_has",
     "_explain", "_format", "_pretty"});

constexpr std::size_t longest_wrong = 64;

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

}  // namespace

std::span<const Parameter> parameters() {
  static const std::vector<Parameter> all = [] {
    std::vector<Parameter> joined;
    for (const auto table : {tables::common(), tables::people(), tables::results(),
                             tables::orders(), tables::papers(), tables::trail()})
      joined.insert(joined.end(), table.begin(), table.end());
    return joined;
  }();
  return all;
}

const Parameter* find_parameter(std::string_view type, std::string_view name) {
  const auto all = parameters();
  const auto at = std::ranges::find_if(all, [&](const Parameter& parameter) {
    return parameter.name == name && (parameter.type == type || parameter.type == "*");
  });
  return at != all.end() ? &*at : nullptr;
}

std::vector<const Parameter*> united(const Parameter& parameter) {
  std::vector<const Parameter*> all;
  for (auto names = parameter.either; !names.empty();) {
    const std::size_t end = std::min(names.find('|'), names.size());
    all.push_back(find_parameter(parameter.type, names.substr(0, end)));
    names.remove_prefix(std::min(end + 1, names.size()));
  }
  return all;
}

bool is_left_out(std::string_view type, std::string_view name) {
  const std::string wanted = '|' + std::string(name) + '|';
  return std::ranges::any_of(left_out, [&](const LeftOut& row) {
    return (row.type == type || row.type == "*") && row.names.find(wanted) != row.names.npos;
  });
}

std::string_view nearest_parameter(std::string_view type, std::string_view wrong) {
  if (wrong.empty() || wrong.size() > longest_wrong) return {};
  const std::string asked = lower(wrong);
  std::string_view nearest;
  std::size_t best = wrong.size() / 3 + 1;  // how wrong a name may be: a third of its letters
  const auto weigh = [&](std::string_view name) {
    const std::size_t far = base::edit_distance(asked, lower(name));
    if (far > best || (far == best && !nearest.empty())) return;
    best = far;
    nearest = name;
  };
  for (const Parameter& parameter : parameters())
    if (parameter.type == type || parameter.type == "*") weigh(parameter.name);
  for (const std::string_view control : controls) weigh(control);
  return nearest;
}

std::span<const std::string_view> served_types() {
  return types;
}

bool is_served(std::string_view type) {
  return std::ranges::find(types, type) != types.end();
}

bool is_searchable(std::string_view type) {
  return type != "Binary" && is_served(type);
}

bool has_search(std::string_view type) {
  return type == "AuditEvent" || is_searchable(type);
}

bool is_writable(std::string_view type) {
  return type != "Task" && is_served(type);
}

}  // namespace gateway::fhir::search
