#include <algorithm>
#include <cstdlib>
#include <utility>

#include "gateway/mapping/cycle_decision.hpp"
#include "gateway/mapping/cycle_statement.hpp"

namespace gateway::mapping {
namespace {

constexpr long longest_gestation_days = 308, days_of_gestation = 280;
constexpr long gestation_tolerance_days = 7, day_tolerance = 1;
constexpr long longest_offset = 400;  // from an anchor, either way: beyond it is a typing error

}  // namespace

CycleDecision::Choice CycleDecision::choose(const std::vector<SaidDay>& said) {
  Choice choice;
  for (const SaidDay& one : said) {  // by rank
    if (!choice.winner) {
      choice.winner = &one;
    } else if (one.rank == choice.winner->rank) {
      if (one.days != choice.winner->days) choice.contested = &one;
    } else if (!choice.disagrees && std::labs(one.days - choice.winner->days) > day_tolerance) {
      choice.disagrees = &one;
    }
  }
  if (choice.contested) choice.winner = nullptr;
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
  if (!facts_.pregnant && !is_plausible_day(days + 1, where)) return std::nullopt;
  return days;
}

bool CycleDecision::is_plausible_day(long day, const std::string& where) {
  if (day >= 1 && day <= input_.max_cycle_day) return true;
  issue("cycle-day-implausible", where, "day of cycle outside the plausible range");
  return false;
}

void CycleDecision::decide_lmp() {
  for (const ContextStatement* statement : said("lmp")) {
    const CycleDate date = read_context_date(statement->text, input_.date_order);
    if (const auto days = days_since(date, statement->where))
      said_lmps_.push_back({rank(*statement), *days, date.date, statement});
  }
  const Choice choice = choose(said_lmps_);
  if (choice.contested) {
    lmp_contested_ = true;
    if (!facts_.pregnant)
      issue("cycle-day-conflict", choice.contested->by->where,
            "two last menstrual periods from sources of one rank");
    return;
  }
  if (choice.winner) {
    coded_lmp_ = choice.winner;
    lmp_days_ = choice.winner->days;
    adopt_lmp(choice.winner->date, stated_by(*choice.winner->by));
    return;
  }
  if (!timing_text_) return;
  const CycleText& text = texts_[*timing_text_];
  const ContextText& from = input_.texts[*timing_text_];
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
  for (const ContextStatement* statement : said("cycle-day")) {
    const StatedNumber number = read_stated_day(statement->text);
    if (number.ambiguous)
      issue("cycle-text-ambiguous", statement->where, "a range, or two days of cycle");
    if (!number.value) continue;
    if (facts_.pregnant) {
      conflicting_ = true;
      issue("pregnancy-cycle-conflict", statement->where, "a day of cycle in a pregnancy");
    } else if (is_plausible_day(*number.value, statement->where)) {
      said_days_.push_back({rank(*statement), *number.value, {}, statement});
    }
  }
}

void CycleDecision::decide_day() {
  if (facts_.pregnant) return;
  const Choice stated = choose(said_days_);
  if (stated.contested) {
    day_contested_ = true;
    issue("cycle-day-conflict", stated.contested->by->where,
          "two days of cycle from sources of one rank");
  }
  if (day_contested_ || (said_days_.empty() && lmp_contested_)) return;
  const auto conflict = [this](const std::string& where) {
    conflicting_ = true;
    issue("cycle-day-conflict", where, "two sources give days more than one apart");
  };
  if (stated.winner) {
    context_.day = static_cast<int>(stated.winner->days);
    day_by_ = stated_by(*stated.winner->by);
    if (facts_.postmenopausal)
      issue("cycle-day-conflict", stated.winner->by->where, "a day of cycle after menopause");
    if (stated.disagrees) conflict(stated.disagrees->by->where);
    if (const Choice lmps = choose(said_lmps_); lmps.disagrees) conflict(lmps.disagrees->by->where);
    if (coded_lmp_ && std::labs(coded_lmp_->days + 1 - stated.winner->days) > day_tolerance) {
      conflict(stated.winner->by->where);
      context_.derived_day = static_cast<int>(coded_lmp_->days + 1);
    }
  } else if (coded_lmp_) {
    const ContextStatement& by = *coded_lmp_->by;
    context_.day = static_cast<int>(coded_lmp_->days + 1);
    const bool shared = by.source == Source::shared_same_day;
    day_by_ = Origin{shared ? by.source : Source::derived_lmp, "derived", by.evidence};
    const Choice lmps = choose(said_lmps_);
    if (lmps.disagrees) conflict(lmps.disagrees->by->where);
  } else if (timing_text_) {
    decide_text_day(texts_[*timing_text_], input_.texts[*timing_text_]);
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

std::optional<CycleDecision::SaidAnchor> CycleDecision::said_anchor(
    const ContextStatement& statement, std::string_view anchor) {
  SaidAnchor said{rank(statement), std::string(anchor), std::nullopt, "", &statement};
  const CycleDate date = read_context_date(statement.text, input_.date_order);
  if (date.kind == CycleDate::Kind::day) {
    said.date = date.date.to_fhir();
    if (!counts_days_from_date(anchor) || !collected_day_) return said;
    said.offset = static_cast<long>(*collected_day_ - *date.date.local_day());
  } else {
    const StatedNumber number = read_stated_offset(statement.text, anchor);
    if (number.ambiguous || date.kind == CycleDate::Kind::ambiguous)
      issue("cycle-text-ambiguous", statement.where, "a range, or two readings");
    if (!number.value) return std::nullopt;
    said.offset = *number.value;
  }
  if (std::labs(*said.offset) <= longest_offset) return said;
  issue("cycle-day-implausible", statement.where,
        "days from the anchor outside the plausible range");
  return std::nullopt;
}

std::vector<CycleDecision::SaidAnchor> CycleDecision::said_anchors() {
  std::vector<SaidAnchor> all;
  for (const ContextStatement& statement : input_.statements) {
    const std::string_view anchor = anchor_of_kind(statement.kind);
    if (anchor.empty()) continue;
    if (auto said = said_anchor(statement, anchor)) all.push_back(std::move(*said));
  }
  std::stable_sort(all.begin(), all.end(), [](const SaidAnchor& a, const SaidAnchor& b) {
    return std::pair(a.rank, anchor_preference(a.anchor)) <
           std::pair(b.rank, anchor_preference(b.anchor));
  });
  return all;
}

/// One rank may say the days and the date of an anchor in two rows: they join unless they differ.
bool CycleDecision::joins(SaidAnchor& one, const SaidAnchor& other) {
  if (one.offset && other.offset && *one.offset != *other.offset) return false;
  if (!one.date.empty() && !other.date.empty() && one.date != other.date) return false;
  if (!one.offset) one.offset = other.offset;
  if (one.date.empty()) one.date = other.date;
  return true;
}

void CycleDecision::decide_anchor() {
  const std::vector<SaidAnchor> all = said_anchors();
  for (std::size_t i = 0; i < all.size();) {
    std::size_t end = i + 1;  // statements of one rank about one anchor
    SaidAnchor one = all[i];
    bool contested = false;
    for (; end < all.size() && all[end].rank == one.rank && all[end].anchor == one.anchor; ++end)
      contested = contested || !joins(one, all[end]);
    if (!contested) {
      context_.anchor = one.anchor;
      if (one.offset) context_.offset = static_cast<int>(*one.offset);
      context_.anchor_date = one.date;
      anchor_by_ = stated_by(*one.by);
      return;
    }
    issue("cycle-day-conflict", all[end - 1].by->where, "two values for one anchor");
    i = end;
  }
  if (!timing_text_) return;
  const CycleText& text = texts_[*timing_text_];
  const ContextText& from = input_.texts[*timing_text_];
  if (text.anchor.ambiguous) issue("cycle-text-ambiguous", from.where, "a range, or two anchors");
  if (!text.anchor.value) return;
  context_.anchor = text.anchor.value->anchor;
  context_.offset = text.anchor.value->offset;
  anchor_by_ = parsed_from(from);
}

void CycleDecision::decide_gestation() {
  if (!facts_.pregnant) return;
  std::optional<StatedGestation> stated;
  const ContextStatement* by = nullptr;
  const ContextStatement* contests = nullptr;  // C14: another answer, more than a week apart
  for (const ContextStatement* statement : said("gestational-age")) {
    const auto read = read_stated_gestation(*statement);
    if (read && stated &&
        (read->least_days() > stated->most_days() + gestation_tolerance_days ||
         read->most_days() < stated->least_days() - gestation_tolerance_days))
      contests = statement;
    if (read && !stated) stated = read, by = statement;
  }
  std::optional<long> from_edd;
  const ContextStatement* edd = nullptr;
  for (const ContextStatement* statement : said("edd")) {
    const CycleDate date = read_context_date(statement->text, input_.date_order);
    if (date.kind != CycleDate::Kind::day || !collected_day_) continue;
    const long days =
        days_of_gestation - static_cast<long>(*date.date.local_day() - *collected_day_);
    if (from_edd && std::abs(days - *from_edd) > gestation_tolerance_days) contests = statement;
    if (!from_edd) from_edd = days, edd = statement;
  }
  if (contests != nullptr) {
    conflicting_ = true;
    issue("gestation-conflict", contests->where, "two answers are over a week apart");
  }
  const auto adopt = [this](long days, const std::string& where, bool weeks, long value) {
    if (days < 0 || days > longest_gestation_days) {
      issue("gestation-implausible", where, "gestation outside the plausible range");
      return false;
    }
    context_.gestation_value = std::to_string(value);
    context_.gestation_unit = weeks ? "wk" : "d";
    return true;
  };
  if (stated) {
    if (!adopt(stated->least_days(), by->where, stated->weeks, stated->value)) return;
    gestation_by_ = stated_by(*by);
    const auto differs = [&](const std::optional<long>& derived) {
      return derived && (*derived < stated->least_days() - gestation_tolerance_days ||
                         *derived > stated->most_days() + gestation_tolerance_days);
    };
    if (differs(from_edd) || (coded_lmp_ && differs(lmp_days_))) {
      conflicting_ = true;
      issue("gestation-conflict", by->where, "stated and derived gestation are over a week apart");
    }
  } else if (from_edd) {
    if (adopt(*from_edd, edd->where, false, *from_edd))
      gestation_by_ = Origin{Source::derived_edd, "derived", edd->evidence};
  } else if (lmp_days_) {
    if (!adopt(*lmp_days_, coded_lmp_ ? coded_lmp_->by->where : "", false, *lmp_days_)) return;
    gestation_by_ = *lmp_by_;
    if (coded_lmp_) gestation_by_ = Origin{Source::derived_lmp, "derived", lmp_by_->evidence};
  }
}

}  // namespace gateway::mapping
