// What several messages say of the cycle, as one context (T3).
#include <algorithm>
#include <set>

#include "gateway/mapping/context_extension.hpp"
#include "gateway/mapping/revise_elements.hpp"
#include "gateway/mapping/revise_resource.hpp"

namespace gateway::mapping {
namespace {

using fhir::Json;

/// The time that days can be counted to; OBX-14 is none, and its issue says so (C9).
std::optional<base::PartialTime> collected(const Json& observation) {
  if (has_issue(observation, "collection-time-missing")) return std::nullopt;
  const Json& period = observation["effectivePeriod"]["start"];
  const Json& moment = observation["effectiveDateTime"];
  return base::parse_fhir_time(moment.is_string() ? moment.text() : period.text());
}

const std::string& specimen_of(const Json& newest, const Json& standing) {
  const std::string& own = newest["specimen"]["reference"].text();
  return own.empty() ? standing["specimen"]["reference"].text() : own;
}

std::set<std::string> codes_of(const CycleReading& reading) {
  std::set<std::string> codes;
  for (const Issue& issue : reading.issues) codes.insert(issue.code);
  return codes;
}

/// The result bears the issues of all that is said of it, whichever message said it (W1, F5).
void settle_issues(Json& newest, const Json& standing, const CycleReading& alone,
                   const CycleReading& both, ResourceOutcome& outcome) {
  const auto now = codes_of(both);
  for (const std::string& code : codes_of(alone)) {
    if (now.contains(code) || is_issue_of_value(code)) continue;
    untag_issue(newest, code);
    outcome.settled.push_back(code);
  }
  std::set<std::string> told;
  for (const Issue& issue : both.issues) {
    if (has_issue(newest, issue.code) || !told.insert(issue.code).second) continue;
    tag_issue(newest, issue.code);
    if (!has_issue(standing, issue.code)) outcome.together.push_back(issue);
  }
}

bool is_same(const StandingContext& a, const StandingContext& b) {
  const auto spelled = [](const auto& time) { return time ? time->to_fhir() : std::string(); };
  return a.context == b.context && spelled(a.collected) == spelled(b.collected) &&
         a.answers == b.answers && a.texts == b.texts;
}

}  // namespace

void merge_context(Json& newest, const Json& standing, const ResultFacts& facts,
                   const StandingSaid& order, ResourceOutcome& outcome) {
  if (!facts.said) return;
  StandingContext before;
  if (auto context = read_context(standing))
    before.context = std::move(*context);
  else if (order.empty())
    return;
  before.collected = collected(standing);
  const std::string& specimen = specimen_of(newest, standing);
  for (const StandingAnswer& answer : order.answers)
    if (answer.specimen.empty() || answer.specimen == specimen)
      before.answers.push_back(answer.said);
  const auto requests = references_of(newest["basedOn"]);
  for (const StandingText& text : order.texts)
    if (std::find(requests.begin(), requests.end(), text.request) != requests.end())
      before.texts.push_back(text.said);
  const auto last = order.last ? order.last : std::make_shared<MergedBefore>();
  if (last->said != facts.said || !is_same(last->standing, before))
    *last = {facts.said, before, cycle_context(*facts.said), merged(before, *facts.said)};
  const CycleReading& both = last->both;
  if (read_context(newest) != both.context) replace_context(newest, both.context);
  settle_issues(newest, standing, last->alone, both, outcome);
}

}  // namespace gateway::mapping
