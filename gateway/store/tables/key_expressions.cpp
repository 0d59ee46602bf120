#include "gateway/store/tables/key_expressions.hpp"

#include "gateway/store/tables/columns.hpp"
#include "gateway/store/tables/keys.hpp"

namespace gateway::store::tables {
namespace {

/// The type's byte: locator keys of an id of one letter hold it first.
OwnedBlob mark_of_type(const std::string& type) {
  return {locator_key({type, "x"}).substr(0, 1)};
}

}  // namespace

// An engine may come by rows of other types first, which have no such mark: there it must not fail
// (abs: for want of a negative length), and what it says is not asked.

Sql id_expression(const Connection& db, const std::string& type, std::string_view row) {
  const auto mark = mark_of_type(type);
  const std::string key = std::string(row) + ".key";
  Sql sql(db.as_text("(substr(" + key + ", instr(" + key + ", ?) + 1, 1) || substr(" + key +
                     ", 1, abs(instr(" + key + ", ?) - 1)) || substr(" + key + ", instr(" + key +
                     ", ?) + 2))"));
  return sql.add("", mark, mark, mark);
}

Sql turned_expression(const Connection& db, const std::string& type, std::string_view row) {
  const auto mark = mark_of_type(type);
  const std::string key = std::string(row) + ".key";
  Sql sql(db.as_text("(substr(" + key + ", 1, abs(instr(" + key + ", ?) - 1)) || substr(" + key +
                     ", instr(" + key + ", ?) + 1))"));
  return sql.add("", mark, mark);
}

Sql in_order(const std::string& type, const Sql& head, std::string_view column) {
  OwnedBlob first = mark_of_type(type), behind = first;
  ++behind.bytes.front();
  return Sql(" ")
      .add(column)
      .add(" >= CAST(")
      .add(head)
      .add(" || ? AS BLOB) AND ", first)
      .add(column)
      .add(" < CAST(")
      .add(head)
      .add(" || ? AS BLOB)", behind);
}

Sql in_run(const std::string& type, const Sql& head) {
  return Sql("resource AS m CROSS JOIN ")
      .add(table_of(type))
      .add(" AS x WHERE m.key = CAST(")
      .add(head)
      .add(" AS BLOB) AND x.row BETWEEN m.row AND m.last_row AND")
      .add(in_order(type, head, "x.key"));
}

}  // namespace gateway::store::tables
