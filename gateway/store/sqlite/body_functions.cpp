#include "gateway/store/sqlite/body_functions.hpp"

#include "gateway/fhir/json_view.hpp"
#include "gateway/fhir/search/references.hpp"
#include "gateway/store/sqlite/keys.hpp"
#include "gateway/store/sqlite/reading.hpp"

namespace gateway::store::sqlite {
namespace {

/// False: it cannot be read.
bool look_at(Bodies& bodies, std::int64_t arrival, std::int64_t slot) {
  if (bodies.arrival == arrival && bodies.slot == slot) return true;
  const auto version = bodies.packs->version(arrival, slot, 0);
  const auto body = version ? fhir::JsonView::read(version->body) : std::nullopt;
  if (!body) return false;
  bodies.arrival = arrival;
  bodies.slot = slot;
  bodies.listed.clear();
  const auto& type = version->key.type;
  if (const auto* results = fhir::search::find_reference(type, "result"))
    for (const auto& key : fhir::search::follow(type, *body, results))
      bodies.listed.insert(locator_key(key));
  return true;
}

void lists(sqlite3_context* context, int, sqlite3_value** values) {
  auto& bodies = *static_cast<Bodies*>(sqlite3_user_data(context));
  const auto arrival = sqlite3_value_int64(values[0]);
  const auto slot = sqlite3_value_int64(values[1]);
  if (bodies.packs == nullptr || !look_at(bodies, arrival, slot))
    return sqlite3_result_null(context);
  const auto* bytes = static_cast<const char*>(sqlite3_value_blob(values[2]));
  const auto size = static_cast<std::size_t>(sqlite3_value_bytes(values[2]));
  const bool is_listed = bytes != nullptr && bodies.listed.contains(std::string_view(bytes, size));
  sqlite3_result_int(context, is_listed ? 1 : 0);
}

}  // namespace

void add_body_functions(Connection& connection, Bodies& bodies) {
  const int code =
      sqlite3_create_function_v2(connection.handle(), "lists", 3, SQLITE_UTF8 | SQLITE_DIRECTONLY,
                                 &bodies, lists, nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) connection.fail(code);
}

}  // namespace gateway::store::sqlite
