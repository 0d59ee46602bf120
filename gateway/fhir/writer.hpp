#pragma once
#include <algorithm>
#include <charconv>
#include <cstddef>
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
/// It keeps no stack: whether a comma is due shows in the last byte written. The string it writes
/// into is longer than what is written, so that a piece is one check and one copy.
class JsonWriter {
 public:
  JsonWriter& begin_object() { return open('{'); }
  JsonWriter& end_object() { return close('}'); }
  JsonWriter& begin_array() { return open('['); }
  JsonWriter& end_array() { return close(']'); }
  JsonWriter& key(std::string_view name) {
    string(name);
    put(':');
    return *this;
  }
  /// A name that needs no escape: a literal of ours.
  JsonWriter& plain_key(std::string_view name) {
    char* const at = piece(name.size() + 3);
    write_quoted(at, name);
    at[name.size() + 2] = ':';
    return *this;
  }
  JsonWriter& string(std::string_view text) {
    if (!needs_escape(text)) {
      write_quoted(piece(text.size() + 2), text);
    } else {
      std::string escaped;
      append_escaped(escaped, text);
      raw(escaped);
    }
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
    std::copy(json.begin(), json.end(), piece(json.size()));
    return *this;
  }
  JsonWriter& more(std::string_view json) {  // of the value that `raw` began
    std::copy(json.begin(), json.end(), room(json.size()));
    size_ += json.size();
    return *this;
  }

  JsonWriter& member(std::string_view name, std::string_view text) {
    return key(name).string(text);
  }
  JsonWriter& plain_member(std::string_view name, std::string_view text) {
    return plain_key(name).string(text);
  }
  JsonWriter& member_if(std::string_view name, std::string_view text) {
    return text.empty() ? *this : member(name, text);
  }

  std::string take() {  // the text so far; then empty
    out_.resize(std::exchange(size_, 0));
    return std::exchange(out_, {});
  }
  std::string_view view() const { return {out_.data(), size_}; }
  void clear() { size_ = 0; }
  void reserve(std::size_t bytes) { out_.resize(std::max(bytes, size_)); }

 private:
  // Nothing goes before the first value, a value in an array or object that just opened, or the
  // value of a key. A string that ends in one of these bytes still ends in its quote.
  bool is_comma_due() const {
    if (size_ == 0) return false;
    const char last = out_.data()[size_ - 1];
    return last != '{' && last != '[' && last != ':';
  }
  JsonWriter& open(char bracket) {
    *piece(1) = bracket;
    return *this;
  }
  JsonWriter& close(char bracket) {
    put(bracket);
    return *this;
  }

  /// Where a piece of so many bytes goes, behind the comma that is due.
  char* piece(std::size_t bytes) {
    char* at = room(bytes + 1);
    if (is_comma_due()) {
      *at++ = ',';
      ++size_;
    }
    size_ += bytes;
    return at;
  }
  char* room(std::size_t bytes) {
    if (out_.size() - size_ < bytes) out_.resize(2 * out_.size() + bytes);
    return out_.data() + size_;
  }
  void put(char byte) {
    *room(1) = byte;
    ++size_;
  }
  static void write_quoted(char* at, std::string_view text) {
    *at = '"';
    std::copy(text.begin(), text.end(), at + 1);
    at[text.size() + 1] = '"';
  }

  std::string out_;
  std::size_t size_ = 0;
};

}  // namespace gateway::fhir
