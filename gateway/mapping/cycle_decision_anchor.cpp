// Which anchor times a sample (C5, C13, C14), and what contradicts it.
#include <algorithm>
#include <cstdlib>
#include <utility>

#include "gateway/mapping/cycle_decision.hpp"
#include "gateway/mapping/cycle_statement.hpp"

namespace gateway::mapping {
namespace {

constexpr long longest_offset = 400;  // from an anchor, either way: beyond it is a typing error
constexpr long ovulation_span = 3;    // days that surge, trigger and ovulation of a cycle share
constexpr std::size_t most_further_evidence = 8;

/// Says when the egg of this cycle left. A retrieval may have been in an earlier one.
bool tells_ovulation(std::string_view anchor) {
  return anchor == "lh-surge" || anchor == "hcg-trigger" || anchor == "ovulation";
}

}  // namespace

std::optional<CycleDecision::SaidAnchor> CycleDecision::said_anchor(
    const ContextStatement& statement, std::string_view anchor) {
  SaidAnchor said{rank(statement), std::string(anchor), {}, {}, "", &statement};
  std::optional<long> days;
  if (language_.is_no_answer(statement.text)) return std::nullopt;
  const CycleDate date = read_answer_date(writings_of(statement), input_.date_order);
  if (date.kind == CycleDate::Kind::imprecise) {
    issue("lmp-imprecise", statement.where, "the date of an anchor without its day");
    return std::nullopt;
  }
  if (date.kind == CycleDate::Kind::day) {
    said.date = date.date.to_fhir();
    said.on = date.date.local_day();
    if (!collected_day_) return said;
    days = static_cast<long>(*collected_day_ - *said.on);
    if (counts_days_from_date(anchor)) said.offset = days;
  } else {
    const StatedNumber number =
        read_stated_offset(language_, statement.text, anchor, input_.collected);
    if (!number.value) {
      issue("cycle-text-ambiguous", statement.where, no_whole_number);
      return std::nullopt;
    }
    said.offset = days = number.value;
  }
  if (std::labs(*days) <= longest_offset && (*days >= 0 || may_be_ahead(anchor))) return said;
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
    return std::pair(anchor_preference(a.anchor), a.rank) <
           std::pair(anchor_preference(b.anchor), b.rank);
  });
  return all;
}

/// Two statements about one anchor, at most `slack` days apart. A first day may be counted as 0 or
/// as 1, so days and date of one start may differ by that one.
bool CycleDecision::agree(const SaidAnchor& a, const SaidAnchor& b, long slack) const {
  if (a.offset && b.offset && std::labs(*a.offset - *b.offset) > slack) return false;
  if (a.on && b.on) return std::abs(*a.on - *b.on) <= slack;
  const auto fits = [&](const SaidAnchor& counted, const SaidAnchor& dated) {
    if (!counted.offset || dated.offset || !dated.on || !collected_day_) return true;
    const std::int64_t ahead = *counted.offset - (*collected_day_ - *dated.on);
    return ahead >= -slack && ahead <= 1 + slack;
  };
  return fits(a, b) && fits(b, a);
}

/// The value of each anchor: what its first rank says, days and date joined; none where that rank
/// says two things (C14). What a lower rank says may fill what is missing.
std::vector<CycleDecision::SaidAnchor> CycleDecision::settled_anchors() {
  const std::vector<SaidAnchor> all = said_anchors();
  std::vector<SaidAnchor> settled;
  for (std::size_t i = 0; i < all.size();) {
    SaidAnchor one = all[i];
    bool contested = false;
    for (; i < all.size() && all[i].anchor == one.anchor; ++i) {
      const SaidAnchor& other = all[i];
      if (other.rank != one.rank && !agree(one, other, agreeing_days)) {
        if (!contested) conflict(other.by->where, "two sources differ by more than one day");
      } else if (agree(one, other, 0)) {
        if (!one.offset) one.offset = other.offset;
        if (!one.on) one.on = other.on, one.date = other.date;
      } else if (other.rank == one.rank) {
        contested = true;
        issue("cycle-day-conflict", other.by->where, "two values for one anchor");
      }
    }
    if (contested)
      anchor_contested_ = true;
    else
      settled.push_back(std::move(one));
  }
  // Each anchor is a fact of its own: which was told last says nothing of which is nearest.
  const auto place = [this](const SaidAnchor& one) {
    return rank_of(one.by->source, input_.several_specimens);
  };
  std::stable_sort(settled.begin(), settled.end(),
                   [&](const SaidAnchor& a, const SaidAnchor& b) { return place(a) < place(b); });
  return settled;
}

/// Anchors that cannot both be true in one cycle: of an ovulation more than three days apart, or
/// before the bleeding that the day is counted from.
void CycleDecision::compare_anchors(const std::vector<SaidAnchor>& settled) {
  if (facts_.pregnant || facts_.maybe_pregnant) return;
  std::optional<long> bleeding;
  if (day_by_ && day_by_->confidence != "parsed-text") bleeding = *context_.day - 1;
  const SaidAnchor* ovulation = nullptr;
  for (const SaidAnchor& one : settled) {
    if (!one.offset || !tells_ovulation(one.anchor)) continue;
    if (bleeding && *one.offset > *bleeding)
      conflict(one.by->where, "the anchor lies before the first day of the cycle");
    if (ovulation && std::labs(*ovulation->offset - *one.offset) > ovulation_span)
      conflict(one.by->where, "two anchors tell different ovulations");
    if (!ovulation) ovulation = &one;
  }
}

/// The start of a drug as a date leaves its days open (C13); a text that counts them fills the
/// field (C5), if they fit the date.
void CycleDecision::adopt_text_offset(const SaidAnchor& dated) {
  for (const std::size_t i : timing_texts_) {
    const auto& said = texts_[i].anchor;
    const ContextText& from = input_.texts[i];
    if (said.ambiguous) issue("cycle-text-ambiguous", from.where, "a range, or two anchors");
    if (!said.spoken()) continue;
    if (!said.value || said.value->anchor != dated.anchor) return;
    SaidAnchor counted = dated;
    counted.offset = said.value->offset;
    counted.on.reset();
    if (!agree(dated, counted, 0))
      return conflict(from.where, "days in a text that do not fit the date of their anchor");
    context_.offset = said.value->offset;
    further_anchors_.push_back(parsed_from(from));
    return;
  }
}

void CycleDecision::decide_anchor() {
  const std::vector<SaidAnchor> settled = settled_anchors();
  compare_anchors(settled);
  if (!settled.empty()) {
    const SaidAnchor& first = settled.front();
    context_.anchor = first.anchor;
    if (first.offset) context_.offset = static_cast<int>(*first.offset);
    context_.anchor_date = first.date;
    anchor_by_ = stated_by(*first.by);
    for (const SaidAnchor& one : settled) {
      if (one.anchor == "stimulation-start") facts_.stimulated = true;
      if (is_treatment_start(one.anchor)) facts_.medicated = true;
      if (&one != &first && further_anchors_.size() < most_further_evidence)
        further_anchors_.push_back(stated_by(*one.by));
    }
    if (!first.offset) adopt_text_offset(first);
    return;
  }
  if (anchor_contested_) return;
  for (const std::size_t i : timing_texts_) {
    const CycleText& text = texts_[i];
    if (!text.anchor.spoken()) continue;
    const ContextText& from = input_.texts[i];
    facts_.stimulated = facts_.stimulated || text.stimulation;
    facts_.medicated = facts_.medicated || text.treatment;
    if (text.stimulation || text.treatment) treatment_by_ = parsed_from(from);
    if (text.anchor.ambiguous) issue("cycle-text-ambiguous", from.where, "a range, or two anchors");
    if (!text.anchor.value) return;
    context_.anchor = text.anchor.value->anchor;
    context_.offset = text.anchor.value->offset;
    anchor_by_ = parsed_from(from);
    return;
  }
}

}  // namespace gateway::mapping
