#include "gateway/mapping/cycle_decision.hpp"

#include <algorithm>

#include "gateway/mapping/cycle_statement.hpp"

namespace gateway::mapping {
namespace {

constexpr std::size_t most_evidence_bytes = 200;

/// The text at most this long, cut between characters: it stands on every result.
std::string excerpt(std::string_view text) {
  if (text.size() <= most_evidence_bytes) return std::string(text);
  std::size_t end = most_evidence_bytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0u) == 0x80u) --end;
  return std::string(text.substr(0, end)) += cut_mark;
}

}  // namespace

CycleDecision::CycleDecision(const ContextInput& input)
    : input_(input),
      language_(*input.language),
      collected_day_(input.collected ? input.collected->local_day() : std::nullopt),
      context_(reading_.context) {}

CycleReading CycleDecision::decide() {
  facts_.stimulated = input_.stimulated;
  facts_.medicated = input_.medicated;
  read_states();
  read_texts();
  decide_text_pregnancy();
  decide_type();
  decide_lmp();
  decide_explicit_day();
  decide_day();
  decide_anchor();
  place_lmp(context_, lmp_, facts_);
  if (context_.anchor == "lmp") anchor_by_ = lmp_by_;
  decide_phase();
  settle_status(context_, facts_, stated_phase_);
  if (day_by_ && day_by_->confidence != "derived" && context_.status == "postmenopausal")
    issue("cycle-day-conflict", day_by_->where, "a day of cycle after menopause");
  decide_gestation();
  say_doubts();
  decide_source();
  return std::move(reading_);
}

void CycleDecision::read_states() {
  decide_pregnancy_answer();
  for (const char* kind : {"gestational-age", "edd"})
    for (const ContextStatement* statement : said_of(kind)) {
      if (language_.is_no_answer(statement->text)) continue;
      if (reading_.says_not_pregnant) {
        conflicting_ = true;
        issue("pregnancy-cycle-conflict", statement->where,
              "not pregnant, and an age or a due date of a pregnancy");
      } else if (!pregnancy_by_) {
        pregnancy_by_ = stated_by(*statement);
      }
    }
  facts_.pregnant = pregnancy_by_.has_value();
  for (const ContextStatement* statement : said_of("menopausal-status"))
    if (!is_postmenopausal(language_, *statement)) {
      if (!language_.is_no_answer(statement->text))
        issue("cycle-text-ambiguous", statement->where, "neither postmenopausal nor not");
    } else if (!menopause_by_) {
      menopause_by_ = stated_by(*statement);
    }
}

/// C18 by the order of C5. Whoever says both is never believed in silence; of one rank, pregnant
/// counts: a cycle day in a pregnancy is the worse mistake.
void CycleDecision::decide_pregnancy_answer() {
  const ContextStatement* by = nullptr;
  PregnancySaid verdict = PregnancySaid::unknown;
  for (const ContextStatement* statement : said_of("pregnancy-status")) {
    const PregnancySaid answer = read_pregnancy(language_, *statement);
    if (answer == PregnancySaid::unreadable)
      issue("cycle-text-ambiguous", statement->where, "neither pregnant nor not pregnant");
    if (answer == PregnancySaid::unreadable || answer == PregnancySaid::unknown) continue;
    if (answer == verdict) continue;
    if (by != nullptr) {
      conflicting_ = true;
      issue("pregnancy-cycle-conflict", statement->where,
            "pregnant and not pregnant are both said");
      if (rank(*statement) != rank(*by) || answer != PregnancySaid::pregnant) continue;
    }
    by = statement;
    verdict = answer;
  }
  if (verdict == PregnancySaid::pregnant) pregnancy_by_ = stated_by(*by);
  reading_.says_not_pregnant = by != nullptr && verdict != PregnancySaid::pregnant;
}

void CycleDecision::read_texts() {
  for (const ContextText& text : input_.texts) {
    texts_.push_back(read_cycle_text(language_, text.text, input_.date_order, input_.collected));
    const bool used =
        !timing_texts_.empty() && input_.texts[timing_texts_.back()].earlier == text.earlier;
    if (!used && texts_.back().has_timing()) timing_texts_.push_back(texts_.size() - 1);
  }
}

/// C18 makes nobody pregnant by a text. But where no answer speaks of it, a text that does leaves
/// no day of a cycle, whichever source it comes from: it would be one of a pregnancy.
void CycleDecision::decide_text_pregnancy() {
  if (facts_.pregnant || reading_.says_not_pregnant) return;
  for (std::size_t i = 0; i < texts_.size(); ++i) {
    if (!texts_[i].pregnant) continue;
    facts_.maybe_pregnant = true;
    text_pregnancy_by_ = parsed_from(input_.texts[i]);
    issue("cycle-text-ambiguous", input_.texts[i].where,
          "a pregnancy that a text alone names: no day of a cycle is read beside it");
    return;
  }
}

void CycleDecision::add_qualifiers(const std::vector<std::string>& said) {
  auto& all = context_.qualifiers;
  for (const std::string& one : said)
    if (std::find(all.begin(), all.end(), one) == all.end()) all.push_back(one);
}

/// C14 of a coded answer: the first rank's counts; of two in one rank neither does.
void CycleDecision::weigh(CodedAnswer& answer, std::string_view value, const ContextStatement& by) {
  if (!answer.by) {
    answer.value = value;
    answer.by = &by;
  } else if (value != answer.value && rank(by) == rank(*answer.by)) {
    answer.contested = true;
    issue("cycle-day-conflict", by.where, "two different answers from sources of one rank");
  } else if (value != answer.value && !answer.contested) {
    conflict(by.where, "two sources give different answers");
  }
}

CycleDecision::CodedAnswer CycleDecision::stated_type() {
  CodedAnswer type;
  int qualifier_rank = 0;
  for (const ContextStatement* statement : said_of("cycle-type")) {
    const std::string_view code = type_code(*statement);
    const CycleText answer = read_cycle_type_text(language_, statement->text);
    if (code.empty() && answer.type.ambiguous)
      issue("cycle-text-ambiguous", statement->where, "two types of cycle in one answer");
    if (code.empty() && answer.type.in_doubt)
      issue("cycle-text-ambiguous", statement->where, "a type of cycle in doubt");
    const std::string said = code.empty() ? answer.type.value.value_or("") : std::string(code);
    if (said == "unknown" && context_.cycle_type.empty())
      context_.cycle_type = said, type_by_ = stated_by(*statement);
    else if (!said.empty() && said != "unknown")
      weigh(type, said, *statement);
    if (!answer.qualifiers.empty() && (!qualifier_by_ || rank(*statement) == qualifier_rank)) {
      add_qualifiers(answer.qualifiers);
      qualifier_rank = rank(*statement);
      if (!qualifier_by_) qualifier_by_ = stated_by(*statement);
    }
    if (answer.postmenopausal && !menopause_by_) menopause_by_ = stated_by(*statement);
  }
  return type;
}

void CycleDecision::decide_type() {
  const CodedAnswer stated = stated_type();
  if (stated.by && !stated.contested) {
    context_.cycle_type = stated.value;
    type_by_ = stated_by(*stated.by);
  }
  // Words: of the text that timing comes from, else of the first that has one (C21).
  std::vector<std::size_t> order = timing_texts_;
  std::vector<bool> ordered(texts_.size());  // an order may have thousands of notes
  for (const std::size_t i : timing_texts_) ordered[i] = true;
  for (std::size_t i = 0; i < texts_.size(); ++i)
    if (!ordered[i]) order.push_back(i);
  bool type_used = stated.by != nullptr;
  for (const std::size_t i : order) {
    const CycleText& text = texts_[i];
    const Origin origin = parsed_from(input_.texts[i]);
    if (!type_used && text.type.spoken()) {
      type_used = true;
      if (text.type.ambiguous)
        issue("cycle-text-ambiguous", input_.texts[i].where, "two types of cycle in one text");
      else
        context_.cycle_type = *text.type.value, type_by_ = origin;
    }
    if (!qualifier_by_ && !text.qualifiers.empty()) {
      context_.qualifiers = text.qualifiers;
      qualifier_by_ = origin;
    }
    if (!menopause_by_ && text.postmenopausal) menopause_by_ = origin;
  }
  facts_.postmenopausal = menopause_by_.has_value();
}

void CycleDecision::decide_phase() {
  CodedAnswer stated;
  for (const ContextStatement* statement : said_of("cycle-phase")) {
    const std::string_view code = phase_code(*statement);
    const TextField<std::string> answer =
        code.empty() ? read_cycle_phase_text(language_, statement->text) : TextField<std::string>{};
    if (answer.ambiguous)
      issue("cycle-text-ambiguous", statement->where, "two phases in one answer");
    const std::string said = code.empty() ? answer.value.value_or("") : std::string(code);
    if (!said.empty()) weigh(stated, said, *statement);
    if (said.empty() && !answer.ambiguous && !language_.is_no_answer(statement->text))
      issue("cycle-text-ambiguous", statement->where, "no phase of cycle can be read");
  }
  if (stated.by && !stated.contested) {
    stated_phase_ = stated.value;
    phase_by_ = stated_by(*stated.by);
  }
  bool used = stated.by != nullptr;
  const auto take = [&](std::size_t i) {
    if (used || !texts_[i].phase.spoken()) return;
    used = true;
    if (texts_[i].phase.ambiguous) {
      issue("cycle-text-ambiguous", input_.texts[i].where, "two phases in one text");
    } else {
      stated_phase_ = *texts_[i].phase.value;
      phase_by_ = parsed_from(input_.texts[i]);
    }
  };
  for (const std::size_t i : timing_texts_) take(i);
  for (std::size_t i = 0; i < texts_.size(); ++i) take(i);
  if (facts_.pregnant)
    phase_by_ = pregnancy_by_;
  else if (!phase_by_ && facts_.postmenopausal)
    phase_by_ = menopause_by_;
}

/// A day or an offset that may be a plan's, a drug's or another event's is none; where nothing else
/// gives one, the reader is told that something was said.
void CycleDecision::say_doubts() {
  if (facts_.pregnant || facts_.maybe_pregnant) return;
  for (std::size_t i = 0; i < texts_.size(); ++i) {
    if (texts_[i].type.in_doubt && context_.cycle_type.empty())
      issue("cycle-text-ambiguous", input_.texts[i].where,
            "a type of cycle that may not be this one's");
    if (texts_[i].phase.in_doubt && context_.phase.empty())
      issue("cycle-text-ambiguous", input_.texts[i].where,
            "a phase of cycle that may not be the sample's");
    if (texts_[i].day.in_doubt && !context_.day)
      issue("cycle-text-ambiguous", input_.texts[i].where,
            "a day of cycle that may not be the sample's");
    if (texts_[i].lmp.in_doubt && !context_.day)
      issue("cycle-text-ambiguous", input_.texts[i].where, "a last menstrual period in doubt");
    if (texts_[i].anchor.in_doubt && !context_.offset)
      issue("cycle-text-ambiguous", input_.texts[i].where,
            "days from an anchor that may not be the sample's");
  }
}

void CycleDecision::decide_source() {
  const Origin* origin = nullptr;
  if (context_.day)
    origin = &*day_by_;
  else if (!context_.gestation_value.empty())
    origin = &*gestation_by_;
  else if (!context_.anchor.empty())
    origin = &*anchor_by_;
  else if (!context_.phase.empty() && phase_by_)
    origin = &*phase_by_;
  else if (!context_.cycle_type.empty() && type_by_)
    origin = &*type_by_;
  else if (!context_.qualifiers.empty())
    origin = qualifier_by_ ? &*qualifier_by_ : menopause_by_ ? &*menopause_by_ : nullptr;
  if (origin) {
    context_.source = code_of(origin->source);
    context_.confidence = conflicting_ ? "conflicting" : std::string(origin->confidence);
  }
  const bool has_lmp = !context_.lmp_date.empty() || context_.anchor == "lmp";
  const std::pair<bool, const std::optional<Origin>*> used[] = {
      {context_.day.has_value(), &day_by_},
      {!context_.gestation_value.empty(), &gestation_by_},
      {context_.status == "pregnant", &pregnancy_by_},
      {facts_.maybe_pregnant, &text_pregnancy_by_},
      {!context_.anchor.empty(), &anchor_by_},
      {has_lmp, &lmp_by_},
      {!context_.phase.empty(), &phase_by_},
      {!context_.cycle_type.empty(), &type_by_},
      {qualifier_by_.has_value(), &qualifier_by_},
      {facts_.postmenopausal, &menopause_by_},
      {facts_.stimulated || facts_.medicated, &treatment_by_}};
  const auto rests_on = [this](const Origin& by) {
    auto& evidence = context_.evidence;
    if (!by.evidence.empty() &&
        std::find(evidence.begin(), evidence.end(), by.evidence) == evidence.end())
      evidence.push_back(by.evidence);
  };
  for (const auto& [is_used, by] : used)
    if (is_used && *by) rests_on(**by);
  for (const Origin& by : further_anchors_) rests_on(by);
}

CycleDecision::Origin CycleDecision::stated_by(const ContextStatement& statement) const {
  const bool is_text = statement.source == Source::text_obr13 ||
                       statement.source == Source::text_obr39 ||
                       statement.source == Source::text_nte;
  return {statement.source, is_text ? "parsed-text" : "stated", statement.evidence,
          statement.where};
}

CycleDecision::Origin CycleDecision::parsed_from(const ContextText& text) const {
  // Of another order's text the place says which: OBR[2]-13.
  const std::string_view field =
      text.source == Source::shared_same_day ? text.where : field_of(text.source);
  return {text.source, "parsed-text", std::string(field) + ": " + excerpt(text.text), text.where};
}

std::vector<const ContextStatement*> CycleDecision::said_of(std::string_view kind) const {
  std::vector<const ContextStatement*> found;
  for (const ContextStatement& statement : input_.statements)
    if (statement.kind == kind) found.push_back(&statement);
  std::stable_sort(found.begin(), found.end(),
                   [this](const auto* a, const auto* b) { return rank(*a) < rank(*b); });
  return found;
}

int CycleDecision::rank(const ContextStatement& statement) const {
  return rank_of(statement.source, input_.several_specimens) + ranks_an_age * statement.age;
}

void CycleDecision::issue(std::string_view code, const std::string& where, std::string_view text) {
  for (const Issue& known : reading_.issues)
    if (known.code == code && known.where == where) return;
  reading_.issues.push_back({std::string(code), severity_of(code), where, "", std::string(text)});
}

/// Two usable coded sources disagree (C14): both are kept, and neither is believed in silence.
void CycleDecision::conflict(const std::string& where, std::string_view text) {
  conflicting_ = true;
  issue("cycle-day-conflict", where, text);
}

}  // namespace gateway::mapping
