#include "gateway/store/tables/changes.hpp"

#include <algorithm>
#include <limits>
#include <string>

#include "gateway/store/tables/pack.hpp"

namespace gateway::store::tables {
namespace {

constexpr int most_arrivals = 2000;  // that one page looks at

/// Where a page ends: how much of an arrival is behind it (oldest first), or still before it.
struct ChangePlace {
  std::int64_t arrival = 0;
  std::int64_t slots = 0;
};

base::Result<ChangePlace> place_of(const Changes& asked) {
  std::string_view text = asked.after;
  if (text.empty())
    return ChangePlace{asked.oldest_first ? 0 : std::numeric_limits<std::int64_t>::max(), 0};
  const auto arrival = take_number(text), slots = take_number(text);
  if (!arrival || !slots || !text.empty())
    return base::Error{
        base::ErrorKind::malformed, "cursor-forged this page never was", "http._cursor", {}};
  return ChangePlace{static_cast<std::int64_t>(*arrival), static_cast<std::int64_t>(*slots)};
}

std::string text_of(const ChangePlace& place) {
  std::string text;
  put_number(text, static_cast<std::uint64_t>(place.arrival));
  put_number(text, static_cast<std::uint64_t>(place.slots));
  return text;
}

std::string arrivals(bool oldest_first) {
  return std::string("SELECT number, committed FROM arrival WHERE number ") +
         (oldest_first ? ">=" : "<=") + " ? AND committed <= ? AND committed >= ? ORDER BY number" +
         (oldest_first ? "" : " DESC") + " LIMIT ?";
}

}  // namespace

base::Result<SearchPage> read_changes(Connection& db, Packs& packs, const Changes& asked,
                                      std::int64_t until) {
  const bool onwards = asked.oldest_first;
  const auto from = place_of(asked);
  if (!from) return from.error();
  SearchPage page;
  if (onwards) page.after = asked.after;  // where nothing came since
  const std::string sql = arrivals(onwards);
  Query query(db, sql, from->arrival, asked.as_of == 0 ? until : asked.as_of, asked.since,
              most_arrivals);
  for (int looked = 0; !page.more && query.row();) {
    const auto number = query.integer(0);
    const Pack* pack = packs.find(number);
    if (pack == nullptr) {
      db.fail(damaged);
      break;
    }
    const auto slots = static_cast<std::int64_t>(pack->slots.size());
    std::int64_t done = 0;
    if (number == from->arrival)
      done = onwards ? from->slots : std::max<std::int64_t>(0, slots - from->slots);
    for (; done < slots && page.rows.size() < asked.count; ++done) {
      const auto at = onwards ? done : slots - 1 - done;
      const auto& one = pack->slots[static_cast<std::size_t>(at)];
      if (asked.deleted_only && !one.body.empty()) continue;
      if (asked.type.empty() || one.key.type == asked.type)
        page.rows.push_back({*packs.version(number, at, query.integer(1))});
    }
    page.more = done < slots || ++looked == most_arrivals;
    page.after = text_of({number, onwards ? done : slots - done});
  }
  if (!page.more && !onwards) page.after.clear();
  return page;
}

}  // namespace gateway::store::tables
