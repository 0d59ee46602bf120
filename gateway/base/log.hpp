#pragma once
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>

#include "gateway/base/time.hpp"

namespace gateway::base {

enum class Level { info, warning, error };

/// A word that our configuration or our own tables chose (a listener, a target, a sender profile's
/// name, a code of our error catalogue). Made explicitly, so that text from outside does not
/// become one by accident.
class ConfiguredName {
 public:
  explicit ConfiguredName(std::string name) : name_(std::move(name)) {}
  const std::string& text() const { return name_; }

 private:
  std::string name_;
};

/// A network address or a fingerprint. Whatever it is made from, only hexadecimal digits and the
/// signs of an address are left, so that no name can pass for one.
class NumericText {
 public:
  explicit NumericText(std::string_view text);
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

/// A field of a log line. There is no way to make one from text that came from outside
/// (HOUSE 21): numbers, booleans, instants, literals, configured names and addresses only.
class LogField {
 public:
  template <std::size_t N>
  consteval LogField(const char (&name)[N], const char* literal) : name_(name), value_(literal) {}
  template <std::size_t N, std::integral T>
  LogField(const char (&name)[N], T number)
      : name_(name), value_(static_cast<std::int64_t>(number)) {}
  template <std::size_t N>
  LogField(const char (&name)[N], Instant instant) : name_(name), value_(instant) {}
  template <std::size_t N>
  LogField(const char (&name)[N], const ConfiguredName& word) : name_(name), value_(word) {}

  template <std::size_t N>
  LogField(const char (&name)[N], const NumericText& text) : name_(name), value_(text) {}

  const char* name() const { return name_; }
  using Value = std::variant<std::int64_t, const char*, Instant, ConfiguredName, NumericText>;
  const Value& value() const { return value_; }

 private:
  const char* name_;
  Value value_;
};

/// One JSON line on standard output: ts, level, event, instance, then the fields. `event` is a
/// stable dotted name ("mllp.accepted"). Safe from any thread; never throws.
void log(Level level, const char* event, std::initializer_list<LogField> fields = {});

/// The `instance` of every line; set once at start.
void set_log_instance(const ConfiguredName& instance);

/// The JSON string literal of a text, quotes included: control characters, quotes and U+2028/9
/// escaped. What a log line is made of.
std::string json_quoted(std::string_view text);

}  // namespace gateway::base
