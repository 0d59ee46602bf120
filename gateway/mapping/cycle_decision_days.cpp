#include <algorithm>
#include <cstdlib>

#include "gateway/mapping/cycle_decision.hpp"
#include "gateway/mapping/cycle_statement.hpp"

namespace gateway::mapping {

CycleDecision::Choice CycleDecision::choose(const std::vector<SaidDay>& said) {
  Choice choice;
  for (const SaidDay& one : said) {  // by rank
    if (!choice.winner) {
      choice.winner = &one;
    } else if (one.rank == choice.winner->rank) {
      if (one.days != choice.winner->days) choice.contested = &one;
    } else if (!choice.disagrees && std::labs(one.days - choice.winner->days) > agreeing_days) {
      choice.disagrees = &one;
    }
  }
  if (choice.contested) choice.winner = choice.disagrees = nullptr;
  return choice;
}

std::optional<long> CycleDecision::days_since(const CycleDate& lmp, const std::string& where) {
  if (lmp.kind == CycleDate::Kind::ambiguous)
    issue("cycle-text-ambiguous", where, "day and month of the date cannot be told apart");
  if (lmp.kind == CycleDate::Kind::imprecise)
    issue("lmp-imprecise", where, "last menstrual period without its day");
  if (lmp.kind != CycleDate::Kind::day || !input_.collected) return std::nullopt;
  if (!collected_day_) {
    issue("lmp-imprecise", where, "collection time without its day");
    return std::nullopt;
  }
  const long days = static_cast<long>(*collected_day_ - *lmp.date.local_day());
  if (days < 0) {
    issue("lmp-after-collection", where, "last menstrual period after the collection");
    return std::nullopt;
  }
  const bool cycle = !facts_.pregnant && !facts_.maybe_pregnant;
  if (cycle && !is_plausible_day(days + 1, where)) return std::nullopt;
  return days;
}

bool CycleDecision::is_plausible_day(long day, const std::string& where) {
  if (day >= 1 && day <= input_.max_cycle_day) return true;
  issue("cycle-day-implausible", where, "day of cycle outside the plausible range");
  return false;
}

void CycleDecision::decide_lmp() {
  for (const ContextStatement* statement : said_of("lmp")) {
    if (language_.is_no_answer(statement->text)) continue;
    const CycleDate date = read_answer_date(writings_of(*statement), input_.date_order);
    if (date.kind == CycleDate::Kind::none)
      issue("date-invalid", statement->where, "no day of the calendar can be read");
    if (const auto days = days_since(date, statement->where))
      said_lmps_.push_back({rank(*statement), *days, date.date, statement});
  }
  const Choice choice = choose(said_lmps_);
  if (choice.contested) {
    lmp_contested_ = true;
    issue(facts_.pregnant ? "gestation-conflict" : "cycle-day-conflict",
          choice.contested->by->where, "two last menstrual periods from sources of one rank");
    return;
  }
  if (choice.winner) {
    coded_lmp_ = choice.winner;
    lmp_days_ = choice.winner->days;
    adopt_lmp(choice.winner->date, stated_by(*choice.winner->by));
    return;
  }
  const bool dated = std::any_of(timing_texts_.begin(), timing_texts_.end(),
                                 [this](std::size_t i) { return texts_[i].lmp.spoken(); });
  for (std::size_t i = 0; i < texts_.size() && said_of("lmp").empty() && !dated; ++i)
    if (texts_[i].lmp_invalid)
      issue("date-invalid", input_.texts[i].where, "no day of the calendar can be read");
  for (const std::size_t i : timing_texts_) {
    if (!texts_[i].lmp.spoken() && !texts_[i].lmp_imprecise) continue;
    return adopt_text_lmp(texts_[i], input_.texts[i]);
  }
}

void CycleDecision::adopt_text_lmp(const CycleText& text, const ContextText& from) {
  if (text.lmp.ambiguous)
    issue("cycle-text-ambiguous", from.where, "two dates of a last menstrual period, or unclear");
  if (text.lmp_imprecise && !text.lmp.spoken())
    issue("lmp-imprecise", from.where, "last menstrual period without its day");
  if (!text.lmp.value) return;
  const auto days = days_since({CycleDate::Kind::day, *text.lmp.value}, from.where);
  if (!days) return;
  lmp_days_ = days;
  adopt_lmp(*text.lmp.value, parsed_from(from));
}

void CycleDecision::adopt_lmp(const base::PartialTime& date, const Origin& origin) {
  lmp_ = date.to_fhir();
  lmp_by_ = origin;
}

void CycleDecision::decide_explicit_day() {
  for (const ContextStatement* statement : said_of("cycle-day")) {
    const StatedNumber number = read_stated_day(language_, statement->text, input_.collected);
    if (!number.value) {
      if (!language_.is_no_answer(statement->text))
        issue("cycle-text-ambiguous", statement->where, no_whole_number);
      continue;
    }
    if (facts_.pregnant || facts_.maybe_pregnant) {
      conflicting_ = true;
      issue("pregnancy-cycle-conflict", statement->where, "a day of cycle in a pregnancy");
    } else if (is_plausible_day(*number.value, statement->where)) {
      said_days_.push_back({rank(*statement), *number.value, {}, statement});
    }
  }
}

void CycleDecision::decide_day() {
  if (facts_.pregnant || facts_.maybe_pregnant) return;
  const Choice stated = choose(said_days_);
  if (stated.contested) {
    day_contested_ = true;
    issue("cycle-day-conflict", stated.contested->by->where,
          "two days of cycle from sources of one rank");
  }
  if (day_contested_ || (said_days_.empty() && lmp_contested_)) return;
  constexpr std::string_view apart = "two sources give days more than one apart";
  if (stated.winner) {
    context_.day = static_cast<int>(stated.winner->days);
    day_by_ = stated_by(*stated.winner->by);
    if (stated.disagrees) conflict(stated.disagrees->by->where, apart);
    if (const Choice lmps = choose(said_lmps_); lmps.disagrees)
      conflict(lmps.disagrees->by->where, apart);
    if (coded_lmp_ && std::labs(coded_lmp_->days + 1 - stated.winner->days) > agreeing_days) {
      conflict(stated.winner->by->where, apart);
      context_.derived_day = static_cast<int>(coded_lmp_->days + 1);
    }
  } else if (coded_lmp_) {
    const ContextStatement& by = *coded_lmp_->by;
    context_.day = static_cast<int>(coded_lmp_->days + 1);
    const bool shared = by.source == Source::shared_same_day;
    day_by_ = Origin{shared ? by.source : Source::derived_lmp, "derived", by.evidence, by.where};
    const Choice lmps = choose(said_lmps_);
    if (lmps.disagrees) conflict(lmps.disagrees->by->where, apart);
  } else {
    for (const std::size_t i : timing_texts_) {
      const CycleText& text = texts_[i];
      if (!text.day.spoken() && !text.lmp.spoken() && !text.lmp_imprecise) continue;
      return decide_text_day(text, input_.texts[i]);
    }
  }
}

void CycleDecision::decide_text_day(const CycleText& text, const ContextText& from) {
  if (text.day.ambiguous)
    issue("cycle-text-ambiguous", from.where, "a range, or two days of cycle");
  if (text.day.value && is_plausible_day(*text.day.value, from.where))
    context_.day = *text.day.value;
  else if (lmp_days_ && !text.day.ambiguous)  // two days are no day, whatever its LMP says (C25)
    context_.day = static_cast<int>(*lmp_days_ + 1);
  if (context_.day) day_by_ = parsed_from(from);
}

}  // namespace gateway::mapping
