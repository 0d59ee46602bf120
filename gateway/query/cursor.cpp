#include "gateway/query/cursor.hpp"

#include <array>
#include <charconv>

#include "gateway/security/seal.hpp"

namespace gateway::query {
namespace {

constexpr std::int64_t life_microseconds = 3'600'000'000;
constexpr char separator = ' ';

base::Error forged() {
  return {base::ErrorKind::malformed, "cursor-forged the cursor is not one of this search",
          "http._cursor", "follow the `next` link as it was given, or start the search again"};
}

std::optional<std::int64_t> number(std::string_view& text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end == text.data() + text.size() || *end != separator)
    return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()) + 1);
  return value;
}

}  // namespace

std::string binding(const security::Principal& who, std::string_view type, std::string_view self) {
  std::string bound = who.name + '\x1F' + security::to_text(who.scopes);
  return ((((bound += '\x1F') += type) += '\x1F') += self);
}

std::string write_cursor(const Cursor& cursor, base::Instant now, std::string_view key,
                         std::string_view bound_to) {
  const std::string text = std::to_string(now.microseconds) + separator +
                           std::to_string(cursor.as_of) + separator +
                           std::to_string(cursor.total.value_or(-1)) + separator +
                           (cursor.included == 0 ? "" : std::to_string(cursor.included)) +
                           (cursor.backwards ? '<' : '>') + cursor.after;
  return security::seal(key, text, bound_to);
}

base::Result<Cursor> read_cursor(std::string_view sealed, base::Instant now, std::string_view key,
                                 std::string_view bound_to) {
  const auto text = security::unseal(key, sealed, bound_to);
  if (!text) return forged();
  std::string_view rest = *text;
  const auto made = number(rest);
  const auto as_of = number(rest);
  const auto total = number(rest);
  if (!made || !as_of || !total || rest.empty()) return forged();
  std::size_t included = 0;
  const auto digits = std::from_chars(rest.data(), rest.data() + rest.size(), included);
  rest.remove_prefix(static_cast<std::size_t>(digits.ptr - rest.data()));
  if (rest.empty()) return forged();
  const bool backwards = rest.front() == '<';
  rest.remove_prefix(1);
  if (now.microseconds - *made > life_microseconds)
    return base::Error{base::ErrorKind::not_found,
                       "cursor-expired the cursor has not been used for an hour", "http._cursor",
                       "start the search again"};
  return Cursor{*as_of, std::string(rest),
                *total < 0 ? std::nullopt : std::optional<std::int64_t>(*total), backwards,
                included};
}

}  // namespace gateway::query
