// Gestation (C18, C19).
#include <algorithm>
#include <cstdlib>

#include "gateway/mapping/cycle_decision.hpp"
#include "gateway/mapping/cycle_statement.hpp"

namespace gateway::mapping {
namespace {

constexpr long longest_gestation_days = 308, days_of_gestation = 280, tolerance_days = 7;

bool is_within_tolerance(const StatedGestation& stated, long least, long most) {
  return least <= stated.most_days() + tolerance_days &&
         most >= stated.least_days() - tolerance_days;
}

/// "9w3d" says more than "9 wk", and the same.
bool refines(const StatedGestation& finer, const StatedGestation& stated) {
  return stated.weeks && !finer.weeks && finer.value >= stated.least_days() &&
         finer.value <= stated.most_days();
}

}  // namespace

CycleDecision::SaidGestation CycleDecision::stated_gestation() {
  SaidGestation said;
  for (const ContextStatement* statement : said_of("gestational-age")) {
    if (language_.is_no_answer(statement->text)) continue;
    const auto read = read_stated_gestation(*statement);
    if (!read) {
      issue("cycle-text-ambiguous", statement->where, "no weeks and days can be told");
    } else if (!said.by) {
      said.stated = *read, said.by = statement;
    } else if (!is_within_tolerance(said.stated, read->least_days(), read->most_days())) {
      conflicting_ = true;
      issue("gestation-conflict", statement->where, "two answers are over a week apart");
    } else if (refines(*read, said.stated)) {
      said.stated = *read, said.by = statement;
    }
  }
  return said;
}

std::optional<long> CycleDecision::days_until_due(const ContextStatement& statement) {
  if (language_.is_no_answer(statement.text)) return std::nullopt;
  const CycleDate date = read_answer_date(writings_of(statement), input_.date_order);
  if (date.kind == CycleDate::Kind::none)
    issue("date-invalid", statement.where, "no day of the calendar can be read");
  if (date.kind == CycleDate::Kind::ambiguous)
    issue("cycle-text-ambiguous", statement.where,
          "day and month of the date cannot be told apart");
  const bool vague = date.kind == CycleDate::Kind::day && input_.collected && !collected_day_;
  if (date.kind == CycleDate::Kind::imprecise || vague)
    issue("lmp-imprecise", statement.where, "the due date or the collection without its day");
  if (date.kind != CycleDate::Kind::day || !collected_day_) return std::nullopt;
  return static_cast<long>(*date.date.local_day() - *collected_day_);
}

bool CycleDecision::adopt_gestation(long days, const StatedGestation& value,
                                    const std::string& where) {
  if (days < 0 || days > longest_gestation_days) {
    issue("gestation-implausible", where, "gestation outside the plausible range");
    return false;
  }
  context_.gestation_value = std::to_string(value.value);
  context_.gestation_unit = value.weeks ? "wk" : "d";
  return true;
}

void CycleDecision::decide_gestation() {
  if (!facts_.pregnant) return;
  const auto conflicts = [this](const std::string& where, std::string_view text) {
    conflicting_ = true;
    issue("gestation-conflict", where, text);
  };
  const SaidGestation said = stated_gestation();
  std::optional<long> from_edd;
  const ContextStatement* edd = nullptr;
  for (const ContextStatement* statement : said_of("edd")) {
    const auto until = days_until_due(*statement);
    if (!until) continue;
    const long days = days_of_gestation - *until;
    if (from_edd && std::labs(days - *from_edd) > tolerance_days)
      conflicts(statement->where, "two answers are over a week apart");
    if (!from_edd) from_edd = days, edd = statement;
  }
  if (const Choice lmps = choose(said_lmps_);
      lmps.disagrees && std::labs(lmps.disagrees->days - lmps.winner->days) > tolerance_days)
    conflicts(lmps.disagrees->by->where, "two last menstrual periods are over a week apart");
  if (said.by) {
    const StatedGestation& stated = said.stated;
    if (!adopt_gestation(stated.least_days(), stated, said.by->where)) return;
    gestation_by_ = stated_by(*said.by);
    const auto differs = [&](const std::optional<long>& derived) {
      return derived && !is_within_tolerance(stated, *derived, *derived);
    };
    if (differs(from_edd) || (coded_lmp_ && differs(lmp_days_)))
      conflicts(said.by->where, "stated and derived gestation are over a week apart");
  } else if (from_edd) {
    if (adopt_gestation(*from_edd, {static_cast<int>(*from_edd), false}, edd->where))
      gestation_by_ = Origin{Source::derived_edd, "derived", edd->evidence, edd->where};
  } else if (lmp_days_) {
    if (!adopt_gestation(*lmp_days_, {static_cast<int>(*lmp_days_), false}, lmp_by_->where)) return;
    gestation_by_ = *lmp_by_;
    if (coded_lmp_) {
      gestation_by_->source = Source::derived_lmp;
      gestation_by_->confidence = "derived";
    }
  }
}

}  // namespace gateway::mapping
