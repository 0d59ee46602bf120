#include "gateway/store/tables/verify_states.hpp"

#include <charconv>

#include "gateway/store/tables/audit.hpp"
#include "gateway/store/tables/outbox.hpp"

namespace gateway::store::tables {
namespace {

constexpr auto first_settled = state_of(Letter::State::delivered);
constexpr auto last_state = state_of(Letter::State::discarded);
constexpr std::string_view not_told = "the audit does not tell of its state";

/// "arrival 17" → 17; 0: it says something else.
std::int64_t arrival_in(std::string_view detail) {
  constexpr std::string_view before = "arrival ";
  std::int64_t number = 0;
  if (detail.starts_with(before))
    std::from_chars(detail.data() + before.size(), detail.data() + detail.size(), number);
  return number;
}

}  // namespace

void StateCheck::note(Told& told, std::int64_t number, std::int64_t state) {
  if (number < 0 || state < 0 || state > last_state) return;  // of no program that we know
  const auto at = static_cast<std::size_t>(number) % page;
  told[number / static_cast<std::int64_t>(page)].at(at) = static_cast<std::uint8_t>(state + 1);
}

std::int64_t StateCheck::last(const Told& told, std::int64_t number) {
  if (number < 0) return -1;
  const auto found = told.find(number / static_cast<std::int64_t>(page));
  if (found == told.end()) return -1;
  return std::int64_t{found->second.at(static_cast<std::size_t>(number) % page)} - 1;
}

void StateCheck::told(std::string_view record) {
  const auto changes = changes_of(record);
  for (const StateChange& change : changes)
    note(change.of == StateChange::Of::review ? reviews_ : deliveries_, change.number,
         change.state);
  if (!changes.empty()) return;
  const auto row = row_of(record);
  if (!row || row->event != "forward") return;
  if (const auto arrival = arrival_in(row->detail)) sent_.emplace(arrival, row->agent);
}

void StateCheck::compare() {
  deliveries();
  reviews();
  if (db_.has_table("owed")) owed();
}

void StateCheck::deliveries() {
  Query row(db_,
            "SELECT d.sequence, d.state, d.arrival, n.text FROM delivery d"
            " LEFT JOIN name n ON n.number = d.target ORDER BY d.sequence");
  while (row.row()) {
    const auto sequence = row.integer(0), state = row.integer(1);
    const auto told = last(deliveries_, sequence);
    const bool is_of_ours = state >= 0 && state <= last_state;
    const bool is_unnamed = told < 0 && sent_.contains({row.integer(2), row.text(3)});
    const bool is_told = state < first_settled ? told < first_settled : told == state || is_unnamed;
    if (!is_of_ours || !is_told) findings_.add("delivery", sequence, not_told);
  }
}

void StateCheck::reviews() {
  Query row(db_, "SELECT number, state FROM review ORDER BY number");
  while (row.row()) {
    const auto told = last(reviews_, row.integer(0));
    if (row.integer(1) != (told < 0 ? 0 : told)) findings_.add("review", row.integer(0), not_told);
  }
}

/// Only a dead letter owes, also while it is sent once more.
void StateCheck::owed() {
  Query row(db_,
            "SELECT DISTINCT o.sequence FROM owed o LEFT JOIN delivery d ON d.sequence = o.sequence"
            " AND d.target = o.target AND d.patient = o.patient"
            " LEFT JOIN trouble t ON t.sequence = o.sequence AND t.retried = 1"
            " WHERE d.sequence IS NULL OR (d.state <> ?1 AND (d.state >= ?2 OR t.sequence IS NULL))"
            " ORDER BY o.sequence",
            state_of(Letter::State::dead), first_settled);
  while (row.row()) findings_.add("owed", row.integer(0), "it is of no dead letter");
}

}  // namespace gateway::store::tables
