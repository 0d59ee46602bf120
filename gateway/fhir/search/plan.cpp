#include "gateway/fhir/search/plan.hpp"

#include <algorithm>
#include <unordered_map>

#include "gateway/fhir/canonical.hpp"

namespace gateway::fhir::search {
namespace {

/// Is this the URL of our extension of that name? Asked too often to make the URL each time.
bool is_ours(std::string_view url, std::string_view name) {
  static const std::string before = canonical::extension("");
  return url.size() == before.size() + name.size() && url.starts_with(before) &&
         url.ends_with(name);
}

/// The parts of a text between separators; none of an empty one.
std::vector<std::string_view> parts_of(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(separator), text.size());
    parts.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

std::string system_of(const Parameter& parameter) {
  const bool is_url = parameter.system.empty() || parameter.system.find(':') != std::string::npos;
  return is_url ? std::string(parameter.system) : canonical::code_system(parameter.system);
}

/// Where the path leads, below `from`: "extension(cycle-context).extension(day).valueInteger"
IndexStep& step_at(IndexStep& from, std::string_view path) {
  IndexStep* at = &from;
  for (const auto part : parts_of(path, '.')) {
    const std::size_t bracket = part.find('(');
    const auto member = part.substr(0, bracket);
    const auto name = bracket == part.npos ? std::string_view()
                                           : part.substr(bracket + 1, part.size() - bracket - 2);
    auto next = std::ranges::find_if(at->further, [&](const IndexStep& step) {
      return step.member == member && step.name == name;
    });
    if (next == at->further.end()) next = at->further.insert(next, IndexStep{member, name, {}, {}});
    at = &*next;
  }
  return *at;
}

IndexPlan plan_of(std::string_view type) {
  IndexPlan plan;
  for (const Parameter& parameter : parameters())
    if (parameter.type == type || parameter.type == "*") add_paths(plan.root, parameter);
  plan.has_sender = find_parameter(type, "sender") != nullptr;
  plan.has_order = find_parameter(type, "order") != nullptr;
  plan.has_patient_identifier = find_parameter(type, "patient.identifier") != nullptr;
  return plan;
}

}  // namespace

void add_paths(IndexStep& root, const Parameter& parameter) {
  for (const auto alternative : parts_of(parameter.elements, '|'))
    step_at(root, alternative).indexed.push_back({&parameter, system_of(parameter)});
}

const IndexPlan& index_plan(std::string_view type) {
  using Plans = std::unordered_map<std::string_view, IndexPlan>;
  static const Plans plans = [] {
    Plans made;
    for (const Parameter& parameter : parameters())
      if (!made.contains(parameter.type)) made.emplace(parameter.type, plan_of(parameter.type));
    return made;
  }();
  const auto found = plans.find(type);
  return found != plans.end() ? found->second : plans.at("*");
}

bool is_named(JsonView::Node item, const IndexStep& step) {
  if (step.member == "extension") {
    const std::string_view url = item["url"].text();
    return url == step.name || is_ours(url, step.name);
  }
  if (step.member == "telecom") return item["system"].text() == step.name;
  static const std::string ours = canonical::code_system(canonical::observation_codes);
  for (const auto coding : item["code"]["coding"].items())
    if (coding["code"].text() == step.name && coding["system"].text() == ours) return true;
  return false;
}

}  // namespace gateway::fhir::search
