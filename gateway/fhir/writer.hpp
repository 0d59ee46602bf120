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
    separate();
    put_quoted(name);
    put(':');
    return *this;
  }
  JsonWriter& string(std::string_view text) {
    separate();
    if (find_escape(text, 0) == text.size()) {
      put_quoted(text);
    } else {
      std::string escaped;
      append_escaped(escaped, text);
      put(escaped);
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
    separate();
    put(json);
    return *this;
  }

  JsonWriter& member(std::string_view name, std::string_view text) {
    return key(name).string(text);
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
  void separate() {
    if (size_ == 0) return;
    const char last = out_[size_ - 1];
    if (last != '{' && last != '[' && last != ':') put(',');
  }
  JsonWriter& open(char bracket) {
    separate();
    put(bracket);
    return *this;
  }
  JsonWriter& close(char bracket) {
    put(bracket);
    return *this;
  }

  char* room(std::size_t bytes) {
    if (out_.size() - size_ < bytes) out_.resize(2 * out_.size() + bytes);
    return out_.data() + size_;
  }
  void put(char byte) {
    *room(1) = byte;
    ++size_;
  }
  void put(std::string_view bytes) {
    std::copy(bytes.begin(), bytes.end(), room(bytes.size()));
    size_ += bytes.size();
  }

  void put_quoted(std::string_view text) {
    char* at = room(text.size() + 2);
    *at = '"';
    std::copy(text.begin(), text.end(), at + 1);
    at[text.size() + 1] = '"';
    size_ += text.size() + 2;
  }

  std::string out_;
  std::size_t size_ = 0;
};

}  // namespace gateway::fhir
