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

/// Does a name in brackets mean this item: of `extension` its URL, of `component` its code in our
/// system?
bool is_named(JsonView::Node item, const Step& step) {
  if (step.member == "extension") {
    const std::string_view url = item["url"].text();
    return url == step.name || is_ours(url, step.name);
  }
  static const std::string ours = canonical::code_system(canonical::observation_codes);
  for (const auto coding : item["code"]["coding"].items())
    if (coding["code"].text() == step.name && coding["system"].text() == ours) return true;
  return false;
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

IndexPlan plan_of(std::string_view type) {
  IndexPlan plan;
  for (const Parameter& parameter : parameters()) {
    if (parameter.elements.empty() || (parameter.type != type && parameter.type != "*")) continue;
    auto& indexed =
        plan.parameters.emplace_back(IndexPlan::Indexed{&parameter, {}, system_of(parameter)});
    for (const auto alternative : parts_of(parameter.elements, '|'))
      indexed.paths.push_back(cut_path(alternative));
  }
  plan.has_sender = find_parameter(type, "sender") != nullptr;
  plan.has_order = find_parameter(type, "order") != nullptr;
  plan.has_patient_identifier = find_parameter(type, "patient.identifier") != nullptr;
  return plan;
}

}  // namespace

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

Path cut_path(std::string_view path) {
  Path steps;
  for (const auto part : parts_of(path, '.')) {
    const std::size_t bracket = part.find('(');
    if (bracket == part.npos) {
      steps.push_back({part, {}});
    } else {
      steps.push_back(
          {part.substr(0, bracket), part.substr(bracket + 1, part.size() - bracket - 2)});
    }
  }
  return steps;
}

void select(JsonView::Node value, std::span<const Step> path, std::vector<JsonView::Node>& into) {
  if (!value.exists()) return;
  if (value.is_array()) {
    for (const auto item : value.items()) select(item, path, into);
    return;
  }
  if (path.empty()) {
    into.push_back(value);
    return;
  }
  const Step& step = path.front();
  if (step.name.empty()) return select(value[step.member], path.subspan(1), into);
  for (const auto item : value[step.member].items())
    if (is_named(item, step)) select(item, path.subspan(1), into);
}

}  // namespace gateway::fhir::search
