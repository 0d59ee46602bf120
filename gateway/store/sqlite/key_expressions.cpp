#include "gateway/store/sqlite/key_expressions.hpp"

#include "gateway/store/sqlite/keys.hpp"

namespace gateway::store::sqlite {
namespace {

/// The type's byte: locator keys of an id of one letter hold it first.
OwnedBlob mark_of_type(const std::string& type) {
  return {locator_key({type, "x"}).substr(0, 1)};
}

}  // namespace

Sql id_expression(const std::string& type) {
  const auto mark = mark_of_type(type);
  return Sql()
      .add("(substr(r.key, instr(r.key, ?) + 1, 1)", mark)
      .add(" || substr(r.key, 1, instr(r.key, ?) - 1)", mark)
      .add(" || substr(r.key, instr(r.key, ?) + 2))", mark);
}

Sql turned_expression(const std::string& type) {
  const auto mark = mark_of_type(type);
  return Sql()
      .add("(substr(r.key, 1, instr(r.key, ?) - 1)", mark)
      .add(" || substr(r.key, instr(r.key, ?) + 1))", mark);
}

}  // namespace gateway::store::sqlite
