#include "gateway/store/sqlite/index_writer.hpp"
#include "gateway/store/sqlite/writer.hpp"

namespace gateway::store::sqlite {
namespace {

// One transaction stays short; the next sweep takes the rest.
constexpr int most_rows = 20'000;

void sweep_table(Writer& writer, std::string_view type, std::string_view find,
                 std::int64_t before) {
  std::vector<std::pair<std::int64_t, std::string>> rows;
  {
    Query query(writer.connection, find, before, most_rows);
    while (query.row()) rows.emplace_back(query.integer(0), query.text(1));
  }
  for (const auto& [row, key] : rows) {
    erase_index(writer.connection, type, row);
    run(writer.connection, "UPDATE history SET row = 0 WHERE key = ? AND row = ?", Blob{key}, row);
  }
}

}  // namespace

void sweep_index(Writer& writer, std::int64_t before) {
  sweep_table(writer, "Observation",
              "SELECT row, key FROM result WHERE ended > 0 AND ended < ? LIMIT ?", before);
  sweep_table(writer, "", "SELECT row, key FROM entry WHERE ended > 0 AND ended < ? LIMIT ?",
              before);
}

}  // namespace gateway::store::sqlite
