#include "gateway/store/sqlite/body_functions.hpp"

#include <optional>

#include "gateway/fhir/json_view.hpp"
#include "gateway/fhir/search/index.hpp"
#include "gateway/fhir/search/words.hpp"
#include "gateway/store/tables/reading.hpp"

namespace gateway::store::sqlite {

using tables::Bodies;
namespace {

/// False: it cannot be read.
bool look_at(Bodies& bodies, std::int64_t arrival, std::int64_t slot) {
  if (bodies.arrival == arrival && bodies.slot == slot) return true;
  const auto version = bodies.packs->version(arrival, slot, 0);
  const auto body = version ? fhir::JsonView::read(version->body) : std::nullopt;
  if (!body) return false;
  bodies.arrival = arrival;
  bodies.slot = slot;
  bodies.listed = tables::listed_in(version->key.type, *body);
  return true;
}

void lists(sqlite3_context* context, int, sqlite3_value** values) {
  auto& bodies = *static_cast<Bodies*>(sqlite3_user_data(context));
  const auto arrival = sqlite3_value_int64(values[0]);
  const auto slot = sqlite3_value_int64(values[1]);
  if (bodies.packs == nullptr || !look_at(bodies, arrival, slot))
    return sqlite3_result_error_code(context, SQLITE_CORRUPT);
  const auto* bytes = static_cast<const char*>(sqlite3_value_blob(values[2]));
  const auto size = static_cast<std::size_t>(sqlite3_value_bytes(values[2]));
  const bool is_listed = bytes != nullptr && bodies.listed.contains(std::string_view(bytes, size));
  sqlite3_result_int(context, is_listed ? 1 : 0);
}

std::string_view text(sqlite3_value* value) {
  const auto* bytes = reinterpret_cast<const char*>(sqlite3_value_text(value));
  return bytes == nullptr
             ? std::string_view()
             : std::string_view(bytes, static_cast<std::size_t>(sqlite3_value_bytes(value)));
}

struct Body {
  fhir::ResourceKey key;
  fhir::JsonView view;
};
std::optional<Body> body_in(sqlite3_context* context, sqlite3_value** values) {
  auto& bodies = *static_cast<Bodies*>(sqlite3_user_data(context));
  if (bodies.packs == nullptr) return std::nullopt;
  auto version =
      bodies.packs->version(sqlite3_value_int64(values[0]), sqlite3_value_int64(values[1]), 0);
  auto view = version ? fhir::JsonView::read(version->body) : std::nullopt;
  if (!view) return std::nullopt;
  return Body{std::move(version->key), *std::move(view)};
}

void is_typed(sqlite3_context* context, int, sqlite3_value** values) {
  const auto body = body_in(context, values);
  if (!body) return sqlite3_result_error_code(context, SQLITE_CORRUPT);
  const auto system = text(values[2]), code = text(values[3]), value = text(values[4]);
  bool found = false;
  tables::for_each_typed(body->view, [&](auto of_system, auto of_code, auto of_value) {
    found =
        found || (of_value == value && of_code == code && (system.empty() || of_system == system));
  });
  sqlite3_result_int(context, found ? 1 : 0);
}

void says(sqlite3_context* context, int, sqlite3_value** values) {
  const auto body = body_in(context, values);
  if (!body) return sqlite3_result_error_code(context, SQLITE_CORRUPT);
  const auto* parameter = fhir::search::find_parameter(body->key.type, text(values[2]));
  const auto look =
      sqlite3_value_int(values[4]) != 0 ? fhir::search::has_code_like : fhir::search::says;
  const bool found = parameter != nullptr && look(body->view, *parameter, text(values[3]));
  sqlite3_result_int(context, found ? 1 : 0);
}

template <bool last>
void outermost_of(sqlite3_context* context, int, sqlite3_value** values) {
  const auto body = body_in(context, values);
  if (!body) return sqlite3_result_error_code(context, SQLITE_CORRUPT);
  const auto parameter = text(values[2]);
  const auto rows = fhir::search::index_rows(body->key, body->view, {});
  std::optional<std::string_view> best;
  const auto weigh = [&](std::string_view of, std::string_view said) {
    if (of == parameter && (!best || (last ? said > *best : said < *best))) best = said;
  };
  for (const auto& token : rows.tokens) weigh(token.parameter, token.code);
  for (const auto& reference : rows.references) weigh(reference.parameter, reference.id);
  if (!best) return sqlite3_result_null(context);
  sqlite3_result_text(context, best->data(), static_cast<int>(best->size()), SQLITE_TRANSIENT);
}

}  // namespace

void add_body_functions(Connection& connection, Bodies& bodies) {
  using Function = void (*)(sqlite3_context*, int, sqlite3_value**);
  const auto add = [&](const char* name, int values, Function function) {
    const int code = sqlite3_create_function_v2(connection.handle(), name, values,
                                                SQLITE_UTF8 | SQLITE_DIRECTONLY, &bodies, function,
                                                nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) connection.fail(code);
  };
  add("lists", 3, lists);
  add("is_typed", 5, is_typed);
  add("says", 5, says);
  add("first_of", 3, outermost_of<false>);
  add("last_of", 3, outermost_of<true>);
}

}  // namespace gateway::store::sqlite
