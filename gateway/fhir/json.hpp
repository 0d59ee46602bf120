#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/base/result.hpp"

namespace gateway::fhir {

/// A JSON value that keeps member order and the digits of numbers. Values, no sharing.
class Json {
 public:
  enum class Kind { null, boolean, number, string, array, object };
  using Member = std::pair<std::string, Json>;

  Json() = default;
  static Json boolean(bool value);
  static Json number(std::string digits);  // a JSON number's text, unchecked
  static Json string(std::string text);
  static Json array(std::vector<Json> items = {});
  static Json object(std::vector<Member> members = {});

  Kind kind() const { return kind_; }
  bool is_object() const { return kind_ == Kind::object; }
  bool is_array() const { return kind_ == Kind::array; }
  bool is_string() const { return kind_ == Kind::string; }
  bool is_true() const { return kind_ == Kind::boolean && text_ == "true"; }

  /// Text of a string (unescaped), digits of a number, "true"/"false"; "" for others.
  const std::string& text() const { return text_; }
  const std::vector<Json>& items() const { return items_; }
  std::vector<Json>& items() { return items_; }
  const std::vector<Member>& members() const { return members_; }
  std::vector<Member>& members() { return members_; }

  /// Member of an object; a null value of its own where there is none (or this is no object), so
  /// that lookups chain: `json["meta"]["tag"]`.
  const Json& operator[](std::string_view name) const;
  const Json* find(std::string_view name) const;
  Json* find(std::string_view name);
  bool has(std::string_view name) const { return find(name) != nullptr; }
  /// Sets or replaces a member (this becomes an object if it was null).
  Json& set(std::string_view name, Json value);
  void erase(std::string_view name);

  /// Line of the input where the value began, counted from 1; 0 if it was made here.
  std::uint32_t line() const { return line_; }

  std::string write() const;   // compact
  std::string pretty() const;  // indented by two blanks

  friend bool operator==(const Json& a, const Json& b);  // numbers by text

 private:
  friend class JsonReader;
  Kind kind_ = Kind::null;
  std::uint32_t line_ = 0;
  std::string text_;
  std::vector<Json> items_;
  std::vector<Member> members_;
};

/// The same document with a line for each value, indented by two blanks; every other byte stays.
/// What is no JSON comes back spaced somehow.
std::string indented(std::string_view json);

/// What hostile input may cost (TRUST T5).
struct JsonLimits {
  std::size_t depth = 64;
  std::size_t values = 1'000'000;
  bool comments = false;  // configuration files
};

/// Reads one JSON document: strict UTF-8, no duplicate keys, nothing behind it. Iterative; numbers
/// keep their text. Errors: `malformed` with `where` "line 3, column 14" and a `what` that quotes
/// nothing of the input; `too_large` for depth and count.
base::Result<Json> parse_json(std::string_view text, const JsonLimits& limits = {});

}  // namespace gateway::fhir
