#pragma once
#include <memory>
#include <string>
#include <string_view>

#include "gateway/base/decimal.hpp"

namespace gateway::fhir {

/// Writes JSON straight into one growing buffer. Members whose value is empty are left out by the
/// `…_if` forms; empty objects and arrays are the caller's to avoid (FHIR has none).
/// Strings must be UTF-8. One writer, one thread; `clear()` keeps the memory.
class JsonWriter {
 public:
  JsonWriter();
  ~JsonWriter();
  JsonWriter(JsonWriter&&) noexcept;
  JsonWriter& operator=(JsonWriter&&) noexcept;

  JsonWriter& begin_object();
  JsonWriter& end_object();
  JsonWriter& begin_array();
  JsonWriter& end_array();
  JsonWriter& key(std::string_view name);
  JsonWriter& string(std::string_view text);
  JsonWriter& number(const base::DecimalText& digits);  // digits as they are
  JsonWriter& integer(long long value);
  JsonWriter& boolean(bool value);
  JsonWriter& raw(std::string_view json);  // one complete, valid JSON value

  JsonWriter& member(std::string_view name, std::string_view text) {
    return key(name).string(text);
  }
  JsonWriter& member_if(std::string_view name, std::string_view text) {
    return text.empty() ? *this : member(name, text);
  }

  std::string take();  // the text so far; the writer is then empty
  std::string_view view() const;
  void clear();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace gateway::fhir
