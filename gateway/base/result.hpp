/// Room base (floor 0): what any program needs. Knows nothing of HL7, FHIR, sockets or SQL.
#pragma once
#include <optional>
#include <source_location>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace gateway::base {

/// What kind of failure: callers branch on it, people read the texts.
enum class ErrorKind {
  malformed,     // input breaks its grammar
  not_found,     // named thing does not exist
  unsupported,   // understood, not offered
  forbidden,     // understood, not allowed
  too_large,     // a limit was reached
  conflict,      // somebody else changed it in between
  unavailable,   // a resource of ours is away; nothing was kept (R2 "refused")
  unknown,       // it may or may not have happened (R2 "unknown"): never an answer
  configuration  // the operator must change something
};

/// An expected failure: what, where, what to do. Texts never carry patient data.
struct Error {
  ErrorKind kind = ErrorKind::malformed;
  std::string what;    // "OBX-2 is empty"
  std::string where;   // "OBX[3]-2", "mappings/units.csv:41", "http.cycle-dai"; may be empty
  std::string remedy;  // "set value_type_when_empty …"; may be empty

  /// "where: what; remedy", parts that are empty left out.
  std::string text() const;
};

/// A value or an Error. Unwrapped by two plain lines: `if (!r) return r.error();`
template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

  explicit operator bool() const noexcept { return state_.index() == 0; }
  T& operator*() & { return std::get<0>(state_); }
  const T& operator*() const& { return std::get<0>(state_); }
  T&& operator*() && { return std::get<0>(std::move(state_)); }
  T* operator->() { return &std::get<0>(state_); }
  const T* operator->() const { return &std::get<0>(state_); }
  const Error& error() const { return std::get<1>(state_); }

 private:
  std::variant<T, Error> state_;
};

/// Success without a value, or an Error.
template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)) {}
  explicit operator bool() const noexcept { return !error_; }
  const Error& error() const { return *error_; }

 private:
  std::optional<Error> error_;
};

/// Thrown by `invariant` alone: the program contradicts itself.
class BrokenInvariant : public std::logic_error {
  using std::logic_error::logic_error;
};

/// Ends what is going on when `holds` is false. For what the code promises itself, never for input.
void invariant(bool holds, std::string_view promise,
               std::source_location place = std::source_location::current());

}  // namespace gateway::base
