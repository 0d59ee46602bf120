#include <algorithm>
#include <array>
#include <set>

#include "gateway/mapping/cycle_context.hpp"
#include "gateway/mapping/cycle_rules.hpp"
#include "gateway/mapping/cycle_text.hpp"
#include "gateway/mapping/cycle_unexplained.hpp"

namespace gateway::mapping {
namespace {

bool is_from(const std::vector<ContextText>& texts, Source source) {
  return std::any_of(texts.begin(), texts.end(),
                     [source](const ContextText& text) { return text.source == source; });
}

/// OBR-13 and OBR-39 are one text each, and a new one takes the place of the old. Notes of an order
/// are of many hands: those about the cycle are told anew where one of them speaks of it.
std::set<Source> told_anew(const ContextInput& newest, const std::vector<ContextText>& before) {
  std::set<Source> told(newest.told.begin(), newest.told.end());
  for (const ContextText& text : newest.texts)
    if (!told.contains(text.source) && is_from(before, text.source) &&
        (text.source != Source::text_nte || is_about_cycle(*newest.language, text.text)))
      told.insert(text.source);
  return told;
}

/// What the texts that stand say, in the order of C21: before a message, and beside it. Evidence
/// that no text explains stays in `others`: of one that was cut the last words may be half of what
/// they were.
struct EarlierTexts {
  std::vector<ContextText> before, still;
  std::vector<std::string> others;
};

EarlierTexts earlier_texts(const StandingContext& standing, const ContextInput& newest) {
  EarlierTexts texts;
  texts.before = standing.texts;
  std::vector<ContextText> cut;
  for (const std::string& evidence : standing.context.evidence) {
    const auto text = text_of_evidence(evidence);
    if (text && is_from(standing.texts, text->source)) continue;  // told better by the order
    if (!text)
      texts.others.push_back(evidence);
    else
      (evidence.ends_with(cut_mark) ? cut : texts.before).push_back(*text);
  }
  std::vector<ContextText> all = texts.before;
  all.insert(all.end(), cut.begin(), cut.end());
  const std::set<Source> told = told_anew(newest, all);
  for (const ContextText& text : cut)
    if (!told.contains(text.source))
      texts.others.push_back(std::string(field_of(text.source)) + ": " + text.text);
  std::stable_sort(texts.before.begin(), texts.before.end(),
                   [](const auto& a, const auto& b) { return a.source < b.source; });
  for (const ContextText& text : texts.before)
    if (!told.contains(text.source)) texts.still.push_back(text);
  return texts;
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

std::optional<ContextText> text_of_evidence(const std::string& evidence) {
  constexpr std::array sources{Source::text_obr13, Source::text_obr39, Source::text_nte};
  for (const Source source : sources) {
    const std::string stem = std::string(field_of(source)) + ": ";
    if (evidence.starts_with(stem))
      return ContextText{source, evidence.substr(stem.size()), "", true};
  }
  return std::nullopt;
}

CycleReading merged(const StandingContext& standing, const ContextInput& newest) {
  // A partner's sample has no cycle; whether it is one the newest message says that names a sex.
  if (newest.male) return cycle_context(newest);
  if (standing.context.status == "not-applicable" && !newest.female) {
    ContextInput his = newest;
    his.male = true;
    return cycle_context(his);
  }
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
  EarlierTexts texts = earlier_texts(standing, newest);
  all.texts.insert(all.texts.end(), texts.still.begin(), texts.still.end());
  before.texts = std::move(texts.before);
  std::vector<std::string> others;  // neither a row that is known nor a text
  for (const std::string& evidence : texts.others) {
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

}  // namespace gateway::mapping
