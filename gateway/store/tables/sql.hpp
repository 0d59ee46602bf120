#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "gateway/store/tables/database.hpp"

namespace gateway::store::tables {

/// SQL under assembly: constant text and the values bound to its question marks, in order. Nothing
/// that came from outside ever becomes text.
struct Sql {
  std::string text;
  std::vector<Value> values;

  Sql() = default;
  explicit Sql(std::string_view constant) : text(constant) {}

  template <class... Values>
  Sql& add(std::string_view constant, const Values&... bound) {
    text += constant;
    (values.push_back(as_value(bound)), ...);
    return *this;
  }
  Sql& add(const Sql& other) {
    text += other.text;
    values.insert(values.end(), other.values.begin(), other.values.end());
    return *this;
  }
  bool empty() const { return text.empty(); }

  static Value as_value(std::integral auto number) { return static_cast<std::int64_t>(number); }
  static Value as_value(const std::string& text) { return text; }
  static Value as_value(std::string_view text) { return std::string(text); }
  static Value as_value(const char* text) { return std::string(text); }
  static Value as_value(OwnedBlob blob) { return blob; }
  static Value as_value(const Value& value) { return value; }
};

}  // namespace gateway::store::tables
