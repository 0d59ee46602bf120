#include "gateway/mapping/explanation.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "gateway/fhir/canonical.hpp"
#include "gateway/fhir/json.hpp"
#include "gateway/mapping/context_extension.hpp"

namespace gateway::mapping {
namespace {

struct Rule {
  std::string_view of, rule, says;
};

/// What decides an element of an Observation: the first whose name begins the path.
constexpr auto element_rules = std::to_array<Rule>({
    {"code", "R8", "the target code first, then every coding the laboratory gave"},
    {"valueQuantity.value", "N1", "the digits of the laboratory"},
    {"valueQuantity.comparator", "N6", "the comparator of the laboratory"},
    {"valueQuantity", "N11", "the unit of the laboratory, and its UCUM code"},
    {"value", "F8", "the value in the form of its type"},
    {"dataAbsentReason", "T10-T13", "why there is no value"},
    {"referenceRange", "F7", "the range of the laboratory, with the unit of the value"},
    {"interpretation", "E1", "the flag of the laboratory; none is computed"},
    {"effective", "R4", "when it was collected, with the offset sent"},
    {"status", "T2-T8", "the status of the row"},
    {"identifier", "T1", "what makes it the same result again"},
    {"note", "R10", "notes of the row"},
    {"specimen", "S18", "the specimen that the row belongs to"},
    {"component", "S14-S16", "rows that belong to one result"},
    {"category", "C1", "a result, or an answer about the cycle"},
});

/// Where no numbered rule speaks of an element: the section that maps its segment.
constexpr auto section_rules = std::to_array<Rule>({
    {"MSH", "V2FHIR 3.3", ""},
    {"SFT", "V2FHIR 3.3", ""},
    {"EVN", "V2FHIR 3.3", ""},
    {"PID", "V2FHIR 3.4", ""},
    {"PD1", "V2FHIR 3.4", ""},
    {"NK1", "V2FHIR 3.4", ""},
    {"PV1", "V2FHIR 3.4", ""},
    {"PV2", "V2FHIR 3.4", ""},
    {"ORC", "V2FHIR 3.5", ""},
    {"OBR", "V2FHIR 3.5", ""},
    {"TQ1", "V2FHIR 3.5", ""},
    {"SPM", "V2FHIR 3.6", ""},
    {"SAC", "V2FHIR 3.6", ""},
    {"OBX", "V2FHIR 3.7", ""},
    {"NTE", "V2FHIR 2.4", ""},
});

/// By the source that a cycle context names (C6).
constexpr auto cycle_rules = std::to_array<Rule>({
    {"derived-lmp", "C8", "day = local date of collection - first day of the last period + 1"},
    {"derived-edd", "C19", "280 days - (due date - date of collection)"},
    {"z-segment", "C7", "a Z segment, read by the profile of the sender"},
    {"text-", "C21", "a text, read by the phrases of cycle_phrases.csv"},
    {"shared-same-day", "C3", "said of other material of the same day"},
    {"none", "C16", "nothing usable was said"},
    {"", "C4", "an answer that states it"},
});

/// By the source that a sample type names.
constexpr auto sample_rules = std::to_array<Rule>({
    {"spm", "S1", "the specimen that the laboratory names"},
    {"obr-15", "S2", "the specimen source of the order"},
    {"loinc-system", "S4", "the system axis of the code"},
    {"code-map", "S4", "the row of the code map"},
    {"", "S4", "nothing tells it"},
});

template <std::size_t N>
const Rule* rule_of(const std::array<Rule, N>& rules, std::string_view name) {
  const auto at =
      std::ranges::find_if(rules, [name](const Rule& rule) { return name.starts_with(rule.of); });
  return at == rules.end() ? nullptr : &*at;
}

void put(ExplainedElement& element, const Rule* rule) {
  if (rule == nullptr) return;
  element.rule = rule->rule;
  element.says = rule->says;
}

class Explaining {
 public:
  Explaining(const hl7v2::Message& message, const Conversion& conversion,
             const fhir::ResourceKey& key, const fhir::Json& body)
      : message_(message), conversion_(conversion), key_(key), body_(body) {}

  Explanation explained();

 private:
  std::optional<std::size_t> index_of(const fhir::ResourceKey& key) const;
  /// Leaves that landed in a resource at paths that begin so.
  std::vector<std::uint32_t> landed(const fhir::ResourceKey& key, std::string_view path) const;
  std::optional<std::uint32_t> leaf_at(std::string_view address) const;
  void landings(std::size_t resource);
  void mapped_code();
  void cycle_context();
  void sample_type();

  const hl7v2::Message& message_;
  const Conversion& conversion_;
  const fhir::ResourceKey& key_;
  const fhir::Json& body_;
  Explanation out_;
};

std::optional<std::size_t> Explaining::index_of(const fhir::ResourceKey& key) const {
  const auto at = std::ranges::find(conversion_.resources, key, &ConvertedResource::key);
  if (at == conversion_.resources.end()) return std::nullopt;
  return static_cast<std::size_t>(at - conversion_.resources.begin());
}

std::vector<std::uint32_t> Explaining::landed(const fhir::ResourceKey& key,
                                              std::string_view path) const {
  std::vector<std::uint32_t> leaves;
  const auto resource = index_of(key);
  if (!resource) return leaves;
  for (const Landing& landing : conversion_.account.landings)
    if (landing.resource == *resource &&
        conversion_.account.text_of(landing.path).starts_with(path) &&
        std::ranges::find(leaves, landing.leaf) == leaves.end())
      leaves.push_back(landing.leaf);
  return leaves;
}

/// "ZCY-2": a field of a Z segment has no Observation of its own.
std::optional<std::uint32_t> Explaining::leaf_at(std::string_view address) const {
  const auto leaves = message_.leaves();
  for (std::uint32_t leaf = 0; leaf < leaves.size(); ++leaf)
    if (message_.segments()[leaves[leaf].segment].name.starts_with('Z') &&
        message_.address(leaves[leaf]) == address)
      return leaf;
  return std::nullopt;
}

void Explaining::landings(std::size_t resource) {
  const bool is_result = key_.type == "Observation";
  for (const Landing& landing : conversion_.account.landings) {
    if (landing.resource != resource) continue;
    auto path = conversion_.account.text_of(landing.path);
    auto at = std::ranges::find(out_.elements, path, &ExplainedElement::path);
    if (at != out_.elements.end()) {
      if (at->sources.back() != landing.leaf) at->sources.push_back(landing.leaf);
      continue;
    }
    ExplainedElement element{.path = std::move(path), .sources = {landing.leaf}};
    const auto segment = message_.segments()[message_.leaves()[landing.leaf].segment].name;
    const Rule* rule = is_result ? rule_of(element_rules, element.path) : nullptr;
    put(element, rule != nullptr ? rule : rule_of(section_rules, segment));
    out_.elements.push_back(std::move(element));
  }
}

/// A target code that no field holds: the code map put it there, for a code that a field holds.
void Explaining::mapped_code() {
  const std::string path = "code.coding[0].code";
  const auto resource = index_of(key_);
  const auto& facts = resource ? conversion_.resources[*resource].result : std::nullopt;
  if (!facts || facts->map_row == nullptr ||
      std::ranges::find(out_.elements, path, &ExplainedElement::path) != out_.elements.end())
    return;
  const auto& codings = body_["code"]["coding"].items();
  if (codings.empty() || codings.front()["code"].text() != facts->map_row->target->code) return;
  ExplainedElement mapped{.path = path, .sources = {facts->map_leaf}, .row = facts->map_row};
  put(mapped, rule_of(element_rules, path));
  out_.elements.push_back(std::move(mapped));
}

void Explaining::cycle_context() {
  const auto context = read_context(body_);
  if (!context) return;
  ExplainedElement element{.path =
                               "extension('" + fhir::canonical::extension("cycle-context") + "')"};
  put(element, rule_of(cycle_rules, context->source));
  for (const std::string& evidence : context->evidence) {
    constexpr std::string_view stem = "Observation/";
    if (evidence.starts_with(stem)) {
      for (const auto leaf : landed({"Observation", evidence.substr(stem.size())}, "value"))
        element.sources.push_back(leaf);
    } else if (const auto leaf = leaf_at(evidence)) {
      element.sources.push_back(*leaf);
    } else {
      element.evidence.push_back(evidence);
    }
  }
  if (context->source.starts_with("derived-") || context->derived_day)
    for (const auto leaf : landed(key_, "effective")) element.sources.push_back(leaf);
  out_.elements.push_back(std::move(element));
}

void Explaining::sample_type() {
  const std::string url = fhir::canonical::extension("sample-type");
  const auto& extensions = body_["extension"].items();
  const auto said = std::ranges::find_if(
      extensions, [&url](const fhir::Json& one) { return one["url"].text() == url; });
  if (said == extensions.end()) return;
  const auto& sources = (*said)["valueCodeableConcept"]["extension"].items();
  const std::string source = sources.empty() ? "" : sources.front()["valueCode"].text();
  ExplainedElement element{.path = "extension('" + url + "')"};
  put(element, rule_of(sample_rules, source));
  if (source == "spm" || source == "obr-15") {
    const std::string& reference = body_["specimen"]["reference"].text();
    const fhir::ResourceKey specimen{"Specimen", reference.substr(reference.find('/') + 1)};
    element.sources = landed(specimen, "type");
    for (const auto leaf : landed(specimen, "collection.bodySite")) element.sources.push_back(leaf);
  } else if (!source.empty()) {
    element.sources = landed(key_, "code.coding");
    for (const ExplainedElement& code : out_.elements)
      if (source == "code-map" && code.row != nullptr) element.row = code.row;
  }
  out_.elements.push_back(std::move(element));
}

Explanation Explaining::explained() {
  if (const auto resource = index_of(key_)) landings(*resource);
  if (key_.type == "Observation") {
    mapped_code();
    cycle_context();
    sample_type();
  }
  std::vector<bool> told(message_.leaves().size());
  for (const ExplainedElement& element : out_.elements)
    for (const auto leaf : element.sources) told[leaf] = true;
  for (std::uint32_t leaf = 0; leaf < told.size(); ++leaf)
    if (!told[leaf]) out_.others.push_back(leaf);
  for (const Issue& issue : conversion_.issues)
    if (issue.resource == key_.reference()) out_.issues.push_back(issue);
  return std::move(out_);
}

}  // namespace

Explanation explain(const hl7v2::Message& message, const Conversion& conversion,
                    const fhir::ResourceKey& key, std::string_view body) {
  const auto json = fhir::parse_json(body);
  base::invariant(static_cast<bool>(json), "a body we keep is JSON");
  return Explaining(message, conversion, key, *json).explained();
}

}  // namespace gateway::mapping
