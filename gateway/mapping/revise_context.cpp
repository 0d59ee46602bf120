// What several messages say of the cycle, as one context (T3).
#include <algorithm>
#include <array>
#include <set>

#include "gateway/mapping/context_extension.hpp"
#include "gateway/mapping/revise_elements.hpp"
#include "gateway/mapping/revise_resource.hpp"
#include "gateway/mapping/time_zone.hpp"

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

bool is_among(const std::string& one, const std::vector<std::string>& all) {
  return std::find(all.begin(), all.end(), one) != all.end();
}

/// What stands of a result's cycle; nothing where neither it nor its order says anything.
std::optional<StandingContext> standing_context(const Json& newest, const Json& standing,
                                                const StandingSaid& order, const TimeZone* zone) {
  StandingContext before;
  if (auto context = read_context(standing))
    before.context = std::move(*context);
  else if (order.empty())
    return std::nullopt;
  before.collected = local_time(zone, collected(standing));
  const std::string& specimen = specimen_of(newest, standing);
  const auto requests = references_of(newest["basedOn"]);
  for (const StandingAnswer& answer : order.answers)
    if ((answer.specimen.empty() || answer.specimen == specimen) &&
        (answer.request.empty() || requests.empty() || is_among(answer.request, requests)))
      before.answers.push_back(answer.said);
  for (const StandingText& text : order.texts)
    if (is_among(text.request, requests)) before.texts.push_back(text.said);
  return before;
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

/// W1: an issue is about the row whose statement it names.
void name_concerned(const CycleReading& reading, const ContextInput& said,
                    ResourceOutcome& outcome) {
  for (const Issue& issue : reading.issues) {
    std::string answer = is_row(issue.where) ? issue.where : std::string();
    for (const ContextStatement& statement : said.statements)
      if (answer.empty() && statement.where == issue.where && is_row(statement.evidence))
        answer = statement.evidence;
    if (!answer.empty()) outcome.concerned.emplace_back(std::move(answer), issue.code);
  }
}

bool is_same(const StandingContext& a, const StandingContext& b) {
  const auto spelled = [](const auto& time) { return time ? time->to_fhir() : std::string(); };
  return a.context == b.context && spelled(a.collected) == spelled(b.collected) &&
         a.answers == b.answers && a.texts == b.texts && a.age == b.age;
}

}  // namespace

std::shared_ptr<const ContextInput> heard(const std::shared_ptr<const ContextInput>& said,
                                          const std::set<std::string>& unheard) {
  const auto is_unheard = [&](const auto& one) { return unheard.contains(one.evidence); };
  if (unheard.empty() ||
      (std::none_of(said->statements.begin(), said->statements.end(), is_unheard) &&
       std::none_of(said->retracted.begin(), said->retracted.end(), is_unheard)))
    return said;
  ContextInput rest = *said;
  std::erase_if(rest.statements, is_unheard);
  std::erase_if(rest.retracted, is_unheard);
  return std::make_shared<const ContextInput>(std::move(rest));
}

void merge_context(Json& newest, const Json& standing, const ResultFacts& facts,
                   const StandingSaid& order, ResourceOutcome& outcome) {
  if (!facts.said) return;
  const auto last = order.last ? order.last : std::make_shared<MergedBefore>();
  auto before = standing_context(newest, standing, order, facts.said->zone);
  if (!before) {
    if (!order.is_known) return;
    if (last->said != facts.said || !is_same(last->standing, {}))
      *last = {facts.said, facts.said, {}, cycle_context(*facts.said), {}};
    return name_concerned(last->alone, *facts.said, outcome);
  }
  if (last->said != facts.said || !is_same(last->standing, *before)) {
    auto said = heard(facts.said, order.unheard);
    CycleReading both = merged(*before, *said);
    *last = {facts.said, std::move(said), std::move(*before), cycle_context(*facts.said),
             std::move(both)};
  }
  const CycleReading& both = last->both;
  if (read_context(newest) != both.context) replace_context(newest, both.context);
  settle_issues(newest, standing, last->alone, both, outcome);
  name_concerned(both, *facts.said, outcome);
}

bool follow_order(Json& standing, const std::shared_ptr<const ContextInput>& said, int age,
                  const StandingSaid& order, MergedBefore& last, ResourceOutcome& outcome) {
  const auto context = read_context(standing);
  if (!context || standing["status"].text() == "entered-in-error") return false;  // T5
  // A partner's sample has no cycle, until the patient's sex is corrected (C15).
  if (context->status == "not-applicable" && !said->female) return false;
  auto before = standing_context(standing, standing, order, said->zone);
  if (!before) return false;
  before->age = age;
  if (last.said != said || !is_same(last.standing, *before)) {
    ContextInput nothing = *said;
    nothing.statements.clear();
    nothing.texts.clear();
    nothing.retracted.clear();
    nothing.told.clear();
    nothing.male = nothing.female = false;
    CycleReading alone = merged(*before, nothing), both = merged(*before, *said);
    last = {said, said, std::move(*before), std::move(alone), std::move(both)};
  }
  const Json stood = standing;
  if (*context != last.both.context) replace_context(standing, last.both.context);
  settle_issues(standing, stood, last.alone, last.both, outcome);
  name_concerned(last.both, *said, outcome);
  return standing != stood;
}

}  // namespace gateway::mapping
