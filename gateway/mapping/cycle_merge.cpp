#include <algorithm>
#include <array>
#include <set>

#include "gateway/mapping/cycle_context.hpp"
#include "gateway/mapping/cycle_rules.hpp"
#include "gateway/mapping/cycle_unexplained.hpp"

namespace gateway::mapping {
namespace {

/// The text that an evidence keeps. One that was cut is none: its last words may be half of what
/// they were.
std::optional<ContextText> text_of(const std::string& evidence) {
  constexpr std::array sources{Source::text_obr13, Source::text_obr39, Source::text_nte};
  for (const Source source : sources) {
    const std::string stem = std::string(field_of(source)) + ": ";
    if (evidence.starts_with(stem) && !evidence.ends_with(cut_mark))
      return ContextText{source, evidence.substr(stem.size()), "", true};
  }
  return std::nullopt;
}

bool is_same(const ContextText& a, const ContextText& b) {
  return a.source == b.source && a.text == b.text;
}

/// Rows of which the newest message speaks: what they said before is no longer said.
std::set<std::string> spoken_in(const ContextInput& newest) {
  std::set<std::string> spoken;
  for (const ContextStatement& statement : newest.statements) spoken.insert(statement.evidence);
  for (const Retraction& one : newest.retracted) spoken.insert(one.evidence);
  return spoken;
}

/// Where what is said rests on one of `all`, it may rest on any of them.
void name_all(std::vector<std::string>& evidence, const std::vector<std::string>& all) {
  if (all.empty()) return;
  const auto first = std::find(evidence.begin(), evidence.end(), all.front());
  if (first == evidence.end()) return;
  std::vector<std::string> missing;
  for (const std::string& one : all)
    if (std::find(evidence.begin(), evidence.end(), one) == evidence.end()) missing.push_back(one);
  evidence.insert(first + 1, missing.begin(), missing.end());
}

}  // namespace

CycleReading merged(const StandingContext& standing, const ContextInput& newest) {
  // A partner's sample has no cycle; whether it is one is the newest message's to say.
  if (newest.male || standing.context.status == "not-applicable") return cycle_context(newest);
  ContextInput all = newest;
  if (!all.collected) all.collected = standing.collected;
  ContextInput before;  // what explains the context that stands
  before.language = newest.language;
  before.collected = standing.collected;
  before.max_cycle_day = newest.max_cycle_day;
  before.date_order = newest.date_order;
  before.several_specimens = newest.several_specimens;
  before.statements = standing.answers;
  const std::set<std::string> spoken = spoken_in(newest);
  for (const ContextStatement& answer : standing.answers)
    if (!spoken.contains(answer.evidence)) all.statements.push_back(answer);
  std::vector<std::string> others;  // neither a row that is known nor a text
  for (const std::string& evidence : standing.context.evidence) {
    if (const auto text = text_of(evidence)) {
      before.texts.push_back(*text);
      const bool again = std::any_of(all.texts.begin(), all.texts.end(),
                                     [&](const ContextText& said) { return is_same(said, *text); });
      if (!again) all.texts.push_back(*text);
      continue;
    }
    const bool known = std::any_of(standing.answers.begin(), standing.answers.end(),
                                   [&](const auto& answer) { return answer.evidence == evidence; });
    if (!known && !spoken.contains(evidence)) others.push_back(evidence);
  }
  if (!others.empty() || standing.context.evidence.empty())
    add_unexplained(all, standing, cycle_context(before).context,
                    others.empty() ? std::string() : others.front());
  CycleReading reading = cycle_context(all);
  name_all(reading.context.evidence, others);
  return reading;
}

bool is_stated_day(const CycleContext& context) {
  constexpr std::array sources{Source::aoe_obx, Source::patient_obx, Source::specimen_obx,
                               Source::z_segment, Source::shared_same_day};
  return context.day && std::any_of(sources.begin(), sources.end(), [&](Source source) {
           return context.source == code_of(source);
         });
}

}  // namespace gateway::mapping
