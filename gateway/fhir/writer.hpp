#pragma once
#include <charconv>
#include <string>
#include <string_view>
#include <utility>

#include "gateway/base/decimal.hpp"
#include "gateway/fhir/escape.hpp"

namespace gateway::fhir {

/// Writes JSON straight into one growing buffer. Members whose value is empty are left out by the
/// `…_if` forms; empty objects and arrays are the caller's to avoid (FHIR has none).
/// Strings must be UTF-8. One writer, one thread; `clear()` keeps the memory.
///
/// It keeps no stack: whether a comma is due shows in the last byte written.
class JsonWriter {
 public:
  JsonWriter& begin_object() { return open('{'); }
  JsonWriter& end_object() { return close('}'); }
  JsonWriter& begin_array() { return open('['); }
  JsonWriter& end_array() { return close(']'); }
  JsonWriter& key(std::string_view name) {
    separate();
    append_escaped(out_, name);
    out_ += ':';
    return *this;
  }
  JsonWriter& string(std::string_view text) {
    separate();
    append_escaped(out_, text);
    return *this;
  }
  JsonWriter& number(const base::DecimalText& digits) { return raw(digits.text()); }  // as they are
  JsonWriter& integer(long long value) {
    char digits[24];
    const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
    return raw({digits, static_cast<std::size_t>(end - digits)});
  }
  JsonWriter& boolean(bool value) { return raw(value ? "true" : "false"); }
  JsonWriter& raw(std::string_view json) {  // one complete, valid JSON value
    separate();
    out_ += json;
    return *this;
  }

  JsonWriter& member(std::string_view name, std::string_view text) {
    return key(name).string(text);
  }
  JsonWriter& member_if(std::string_view name, std::string_view text) {
    return text.empty() ? *this : member(name, text);
  }

  std::string take() { return std::exchange(out_, {}); }  // the text so far; then empty
  std::string_view view() const { return out_; }
  void clear() { out_.clear(); }
  void reserve(std::size_t bytes) { out_.reserve(bytes); }

 private:
  // Nothing goes before the first value, a value in an array or object that just opened, or the
  // value of a key. A string that ends in one of these bytes still ends in its quote.
  void separate() {
    if (out_.empty()) return;
    const char last = out_.back();
    if (last != '{' && last != '[' && last != ':') out_ += ',';
  }
  JsonWriter& open(char bracket) {
    separate();
    out_ += bracket;
    return *this;
  }
  JsonWriter& close(char bracket) {
    out_ += bracket;
    return *this;
  }

  std::string out_;
};

}  // namespace gateway::fhir
