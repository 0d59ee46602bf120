#include "gateway/store/tables/verify_schema.hpp"

#include <algorithm>
#include <cctype>
#include <optional>

namespace gateway::store::tables {
namespace {

/// The next word from the front.
std::string_view take_word(std::string_view& sql) {
  const auto begin = std::min(sql.find_first_not_of(" \n"), sql.size());
  sql.remove_prefix(begin);
  const auto word = sql.substr(0, sql.find_first_of(" \n("));
  sql.remove_prefix(word.size());
  return word;
}

bool take_words(std::string_view& sql, std::string_view words) {
  if (!sql.starts_with(words)) return false;
  sql.remove_prefix(words.size());
  return true;
}

std::string plain(std::string_view text) {
  std::string out;
  for (const char c : text)
    if (std::string_view(" \n()\"").find(c) == std::string_view::npos)
      out += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

/// What stands behind CREATE INDEX.
std::optional<IndexForm> index_form(std::string_view sql) {
  take_words(sql, "IF NOT EXISTS ");
  IndexForm out;
  out.name = take_word(sql);
  if (take_word(sql) != "ON") return std::nullopt;
  auto table = take_word(sql);
  table.remove_prefix(table.rfind('.') + 1);  // npos + 1 is 0: it names no schema
  out.table = plain(table);
  take_words(sql, " USING btree");
  out.form = out.table + "|" + plain(sql);
  return out;
}

}  // namespace

std::vector<IndexForm> index_forms(std::string_view sql) {
  constexpr std::string_view made = "CREATE INDEX ";
  std::vector<IndexForm> out;
  for (auto at = sql.find(made); at != sql.npos; at = sql.find(made, at)) {
    at += made.size();
    if (auto form = index_form(sql.substr(at, sql.find(';', at) - at))) out.push_back(*form);
  }
  return out;
}

void verify_schema(Connection& connection, Findings& findings) {
  const auto schema = connection.schema();
  const auto there = index_forms(schema.indexes);
  for (const auto& wanted : index_forms(schema.made_by)) {
    const auto found = std::ranges::find(there, wanted.name, &IndexForm::name);
    if (found != there.end() && found->form != wanted.form)
      findings.add("index " + wanted.name, "it is of other columns or rows");
    else if (found == there.end() && connection.has_table(wanted.table))
      findings.add("index " + wanted.name, "it is missing");
  }
  if (schema.triggers != 0)
    findings.add("schema",
                 "it has " + std::to_string(schema.triggers) + " triggers, of which none is ours");
  if (schema.without_key != 0)
    findings.add("schema",
                 std::to_string(schema.without_key) + " tables have lost their primary key");
}

}  // namespace gateway::store::tables
