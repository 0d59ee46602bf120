#include "gateway/mapping/site_rule.hpp"

#include <algorithm>
#include <array>
#include <chrono>

#include "gateway/base/time.hpp"
#include "gateway/fhir/canonical.hpp"

namespace gateway::mapping {
namespace {

using Node = fhir::JsonView::Node;

// Two letters before one: ">=" begins with ">".
constexpr std::array comparisons{std::string_view(">="), std::string_view("<="),
                                 std::string_view(">"), std::string_view("<")};

template <class List>
bool holds(const List& list, std::string_view text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

/// The text of a coded answer; without one what its first coding is called.
std::string_view words_of(Node coded) {
  if (coded["text"].exists()) return coded["text"].text();
  const auto codings = coded["coding"].items();
  if (codings.empty()) return {};
  const Node first = *codings.begin();
  return first[first["display"].exists() ? "display" : "code"].text();
}

Measured measured(Node element) {
  Measured out;
  if (const auto codings = element["code"]["coding"].items(); !codings.empty()) {
    const Node target = *codings.begin();
    out.system = target["system"].text();
    out.code = target["code"].text();
  }
  const Node quantity = element["valueQuantity"];
  if (quantity["value"].kind() == fhir::Json::Kind::number)
    out.number = base::DecimalText::parse(quantity["value"].text());
  out.comparator = quantity["comparator"].text();
  if (quantity["system"].text() == fhir::canonical::ucum) out.unit = quantity["code"].text();
  const Node coded = element["valueCodeableConcept"];
  out.answer = coded.exists() ? words_of(coded) : element["valueString"].text();
  return out;
}

/// A coded answer that counts.
bool says_not_pregnant(Node observation, std::string_view status) {
  static constexpr std::array open{std::string_view("cancelled"), std::string_view("registered"),
                                   std::string_view("entered-in-error"),
                                   std::string_view("preliminary")};
  if (holds(open, status)) return false;
  for (const Node coding : observation["valueCodeableConcept"]["coding"].items())
    if (coding["system"].text() == fhir::canonical::snomed &&
        coding["code"].text() == not_pregnant_code)
      return true;
  return false;
}

void read_extensions(Node observation, SeenResult& seen) {
  static const std::string sample = fhir::canonical::extension("sample-type");
  static const std::string context = fhir::canonical::extension("cycle-context");
  for (const Node extension : observation["extension"].items()) {
    if (extension["url"].text() == sample) {
      for (const Node coding : extension["valueCodeableConcept"]["coding"].items())
        seen.sample_type = coding["code"].text();
    } else if (extension["url"].text() == context) {
      for (const Node part : extension["extension"].items())
        if (part["url"].text() == "status") seen.cycle_status = part["valueCode"].text();
    }
  }
}

bool counts(const SiteRule& rule, const SeenResult& seen) {
  static constexpr std::array statuses{std::string_view("final"), std::string_view("corrected"),
                                       std::string_view("amended")};
  return holds(statuses, seen.status) && holds(rule.sample_types, seen.sample_type) &&
         (rule.monitoring.empty() || holds(seen.monitoring, rule.monitoring));
}

/// What is stated under exactly the rule's code.
const Measured* stated(const SiteRule& rule, const SeenResult& seen) {
  const auto found = std::find_if(
      seen.measured.begin(), seen.measured.end(),
      [&](const Measured& one) { return one.system == rule.system && one.code == rule.code; });
  return found == seen.measured.end() ? nullptr : &*found;
}

/// Is every number that `value` may be on the rule's side of its limit?
bool is_beyond(const Measured& value, const Limit& limit) {
  const bool upward = limit.comparison.front() == '>';
  const bool inclusive = limit.comparison.size() == 2;
  if (!value.comparator.empty() && (value.comparator.front() == '>') != upward) return false;
  const auto order = *value.number <=> limit.number;
  if (order == 0) return inclusive || value.comparator.size() == 1;  // `>12` itself is above 12
  return (order > 0) == upward;
}

Meets meets_repeat(const SiteRule& rule, const SeenResult& seen) {
  if (seen.says_not_pregnant) return rule.cycle_status == "pregnant" ? Meets::no : Meets::silent;
  if (!counts(rule, seen) || stated(rule, seen) == nullptr || !seen.collected) return Meets::silent;
  if (seen.cycle_status == rule.cycle_status) return Meets::yes;
  // A message that says nothing of the cycle ends nothing.
  return seen.cycle_status.empty() || seen.cycle_status == "unknown" ? Meets::silent : Meets::no;
}

}  // namespace

std::optional<Limit> read_limit(std::string_view text) {
  for (const std::string_view comparison : comparisons) {
    if (!text.starts_with(comparison)) continue;
    auto number = base::DecimalText::parse(text.substr(comparison.size()));
    if (!number) return std::nullopt;
    return Limit{std::string(comparison), *std::move(number)};
  }
  return std::nullopt;
}

SeenResult seen_result(const fhir::JsonView& observation) {
  static const std::string monitoring = fhir::canonical::code_system("monitoring");
  const Node root = observation.root();
  SeenResult seen;
  seen.status = root["status"].text();
  seen.patient = root["subject"]["reference"].text();
  read_extensions(root, seen);
  seen.says_not_pregnant = seen.sample_type.empty() && says_not_pregnant(root, seen.status);
  for (const Node tag : root["meta"]["tag"].items())
    if (tag["system"].text() == monitoring) seen.monitoring.emplace_back(tag["code"].text());
  seen.measured.push_back(measured(root));
  for (const Node component : root["component"].items())
    seen.measured.push_back(measured(component));
  const Node moment = root["effectiveDateTime"];
  const auto effective =
      base::parse_fhir_time((moment.exists() ? moment : root["effectivePeriod"]["start"]).text());
  if (effective) seen.collected = effective->local_day();
  return seen;
}

Meets meets(const SiteRule& rule, const SeenResult& seen) {
  if (rule.is_repeat()) return meets_repeat(rule, seen);
  const Measured* value = stated(rule, seen);
  if (value == nullptr || !counts(rule, seen)) return Meets::no;
  if (!rule.cycle_status.empty() && seen.cycle_status != rule.cycle_status) return Meets::no;
  if (!rule.limit) return holds(rule.answers, value->answer) ? Meets::yes : Meets::no;
  const bool comparable = value->number && value->unit == rule.unit;
  return comparable && is_beyond(*value, *rule.limit) ? Meets::yes : Meets::no;
}

std::string date_text(std::int64_t day) {
  using namespace std::chrono;
  const year_month_day civil{sys_days{days{day}}};
  base::PartialTime date;
  date.precision = base::PartialTime::Precision::day;
  date.year = static_cast<int>(civil.year());
  date.month = static_cast<unsigned>(civil.month());
  date.day = static_cast<unsigned>(civil.day());
  return date.to_fhir();
}

}  // namespace gateway::mapping
