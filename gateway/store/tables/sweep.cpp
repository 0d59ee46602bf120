#include "gateway/store/tables/index_writer.hpp"
#include "gateway/store/tables/keys.hpp"
#include "gateway/store/tables/reading.hpp"
#include "gateway/store/tables/writer.hpp"

namespace gateway::store::tables {
namespace {

// One transaction stays short; the next sweep takes the rest.
constexpr int most_rows = 5'000;

struct Ended {
  std::int64_t row;
  std::string key;
};

/// What the version behind an ended row gave to the index.
fhir::search::IndexRows rows_of(Connection& db, Packs& packs, const Ended& ended,
                                const fhir::ResourceKey& key) {
  Query query(db, "SELECT arrival, slot, updated FROM history WHERE key = ? AND row = ?",
              Blob{ended.key}, ended.row);
  if (!query.row()) return {};
  const auto version = packs.version(query.integer(0), query.integer(1), query.integer(2));
  if (!version) return {};
  const auto json = fhir::JsonView::read(version->body);
  return json ? fhir::search::index_rows(key, *json, {}) : fhir::search::IndexRows{};
}

void sweep_table(Writer& writer, std::string_view find, std::int64_t before) {
  std::vector<Ended> rows;
  {
    // The highest row stays, so that its number is not given out again after a restart.
    Query query(writer.connection, find, before, writer.numbers.row, most_rows);
    while (query.row()) rows.push_back({query.integer(0), query.text(1)});
  }
  Packs packs(writer.connection, *writer.codec);
  for (const auto& ended : rows) {
    const auto key = resource_key(ended.key);
    if (!key) continue;  // `store verify` names it
    erase_index(writer.connection, writer.interned, *key, ended.row,
                rows_of(writer.connection, packs, ended, *key));
    run(writer.connection, "UPDATE history SET row = 0 WHERE key = ? AND row = ?", Blob{ended.key},
        ended.row);
  }
}

}  // namespace

void sweep_index(Writer& writer, std::int64_t before) {
  sweep_table(writer,
              "SELECT row, key FROM result WHERE ended > 0 AND ended < ? AND row < ? LIMIT ?",
              before);
  sweep_table(writer,
              "SELECT row, key FROM entry WHERE ended > 0 AND ended < ? AND row < ? LIMIT ?",
              before);
}

}  // namespace gateway::store::tables
