#include "gateway/mapping/ucum.hpp"

#include <algorithm>
#include <cstdlib>

#include "gateway/mapping/catalogue.hpp"

namespace gateway::mapping {
namespace {

constexpr std::size_t longest_code = 64;
constexpr int deepest_group = 8;
constexpr int largest_power = 99;

struct Atom {
  std::string_view name;
  Dimension dimension;
  int power;    // 3 for a volume: of length
  bool metric;  // may take a prefix
};
constexpr Dimension nothing = Dimension::other;  // with power 0
/// Electrical and temperature letters (F, C, H, T …) and the mass of an atom (u, which µ alone
/// reads as) are left out on purpose: a sender that writes one of them alone means something else,
/// and the unit map has to say what.
constexpr Atom atoms[] = {
    {"g", Dimension::mass, 1, true},
    {"[lb_av]", Dimension::mass, 1, false},
    {"[oz_av]", Dimension::mass, 1, false},
    {"mol", Dimension::amount, 1, true},
    {"eq", Dimension::amount, 1, true},
    {"osm", Dimension::amount, 1, true},
    {"m", Dimension::length, 1, true},
    {"[in_i]", Dimension::length, 1, false},
    {"[ft_i]", Dimension::length, 1, false},
    {"[in_us]", Dimension::length, 1, false},
    {"[ft_us]", Dimension::length, 1, false},
    {"[foz_us]", Dimension::length, 3, false},
    {"[drp]", Dimension::length, 3, false},
    {"L", Dimension::length, 3, true},
    {"l", Dimension::length, 3, true},
    {"s", Dimension::time, 1, true},
    {"min", Dimension::time, 1, false},
    {"h", Dimension::time, 1, false},
    {"d", Dimension::time, 1, false},
    {"wk", Dimension::time, 1, false},
    {"mo", Dimension::time, 1, false},
    {"a", Dimension::time, 1, false},
    {"[IU]", Dimension::arbitrary, 1, true},
    {"[iU]", Dimension::arbitrary, 1, true},
    {"[arb'U]", Dimension::arbitrary, 1, false},
    {"[USP'U]", Dimension::arbitrary, 1, false},
    {"[GPL'U]", Dimension::arbitrary, 1, false},
    {"[MPL'U]", Dimension::arbitrary, 1, false},
    {"[APL'U]", Dimension::arbitrary, 1, false},
    {"[beth'U]", Dimension::arbitrary, 1, false},
    {"[anti'Xa'U]", Dimension::arbitrary, 1, false},
    {"[AU]", Dimension::arbitrary, 1, false},
    {"[BAU]", Dimension::arbitrary, 1, false},
    {"[todd'U]", Dimension::arbitrary, 1, false},
    {"U", Dimension::catalytic, 1, true},
    {"kat", Dimension::catalytic, 1, true},
    {"Pa", Dimension::pressure, 1, true},
    {"bar", Dimension::pressure, 1, true},
    {"m[Hg]", Dimension::pressure, 1, true},
    {"[psi]", Dimension::pressure, 1, false},
    {"m[H2O]", Dimension::pressure, 1, true},
    {"atm", Dimension::pressure, 1, false},
    {"[HPF]", Dimension::field, 1, false},
    {"[LPF]", Dimension::field, 1, false},
    {"Cel", Dimension::other, 1, true},
    {"[degF]", Dimension::other, 1, false},
    {"K", Dimension::other, 1, true},
    {"kcal", Dimension::other, 1, false},
    {"cal", Dimension::other, 1, true},
    {"J", Dimension::other, 1, true},
    {"W", Dimension::other, 1, true},
    {"Hz", Dimension::other, 1, true},
    {"[pH]", Dimension::other, 1, false},
    {"deg", Dimension::other, 1, false},
    {"[CFU]", nothing, 0, true},
    {"[PFU]", nothing, 0, true},
    {"[FFU]", nothing, 0, true},
    {"%", nothing, 0, false},
    {"[ppth]", nothing, 0, false},
    {"[ppm]", nothing, 0, false},
    {"[ppb]", nothing, 0, false},
    {"10*", nothing, 0, false},
    {"10^", nothing, 0, false},
};
constexpr std::string_view prefixes[] = {"da", "Y", "Z", "E", "P", "T", "G", "M", "k", "h",
                                         "d",  "c", "m", "u", "n", "p", "f", "a", "z", "y"};

const Atom* atom_named(std::string_view name) {
  const auto* found = std::find_if(std::begin(atoms), std::end(atoms),
                                   [&](const Atom& atom) { return atom.name == name; });
  return found == std::end(atoms) ? nullptr : found;
}

const Atom* prefixed_atom(std::string_view word) {
  if (const Atom* plain = atom_named(word)) return plain;
  for (const std::string_view prefix : prefixes) {
    if (!word.starts_with(prefix)) continue;
    const Atom* atom = atom_named(word.substr(prefix.size()));
    if (atom != nullptr && atom->metric) return atom;
  }
  return nullptr;
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// One pass, no recursion: a group's sign is kept on a small stack.
class UcumReader {
 public:
  explicit UcumReader(std::string_view code) : code_(code) {}

  std::optional<UnitShape> read() {
    if (code_.empty() || code_.size() > longest_code) return std::nullopt;
    if (peek() == '/') {
      ++at_;
      sign_ = -1;
    }
    while (true) {
      if (peek() == '(') {
        if (!open()) return std::nullopt;
        continue;
      }
      if (!term()) return std::nullopt;
      while (peek() == ')') {
        if (!close()) return std::nullopt;
      }
      if (at_ == code_.size()) break;
      if (peek() != '.' && peek() != '/') return std::nullopt;
      sign_ = peek() == '/' ? -1 : 1;
      ++at_;
    }
    if (depth_ != 0) return std::nullopt;
    return shape_;
  }

 private:
  char peek() const { return at_ < code_.size() ? code_[at_] : '\0'; }

  bool open() {
    if (depth_ == deepest_group) return false;
    outer_[depth_ + 1] = outer_[depth_] * sign_;
    ++depth_;
    ++at_;
    sign_ = 1;
    if (peek() == '/') {
      sign_ = -1;
      ++at_;
    }
    return true;
  }

  bool close() {
    if (depth_ == 0) return false;
    --depth_;
    ++at_;
    return true;
  }

  bool annotation() {
    if (peek() != '{') return false;
    const std::size_t end = code_.find('}', at_);
    if (end == std::string_view::npos) return false;
    for (std::size_t i = at_ + 1; i < end; ++i) {
      if (code_[i] == '{' || code_[i] <= ' ' || code_[i] > '~') return false;
    }
    at_ = end + 1;
    shape_.annotated = true;
    return true;
  }

  /// An annotation, a whole number, or an atom with exponent and annotation.
  bool term() {
    if (annotation()) return true;
    if (is_digit(peek()) && !starts_power_of_ten()) {
      while (is_digit(peek())) ++at_;
      if (peek() == '{') return annotation();  // /100{WBC}
      return true;
    }
    const Atom* atom = prefixed_atom(word());
    if (atom == nullptr) return false;
    const auto power = exponent();
    if (!power) return false;
    const auto index = static_cast<std::size_t>(atom->dimension);
    shape_.power[index] += atom->power * *power * sign_ * outer_[depth_];
    if (atom->power != 0) ++shape_.uses[index];
    if (peek() == '{') return annotation();
    return true;
  }

  bool starts_power_of_ten() const {
    const std::string_view rest = code_.substr(at_);
    return rest.starts_with("10*") || rest.starts_with("10^");
  }

  /// Letters, % and bracketed parts; brackets may hold digits.
  std::string_view word() {
    const std::size_t from = at_;
    if (starts_power_of_ten()) {
      at_ += 3;
      return code_.substr(from, 3);
    }
    while (at_ < code_.size()) {
      const char c = code_[at_];
      if (c == '[') {
        const std::size_t end = code_.find(']', at_);
        if (end == std::string_view::npos) return {};
        at_ = end + 1;
      } else if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '%') {
        ++at_;
      } else {
        break;
      }
    }
    return code_.substr(from, at_ - from);
  }

  std::optional<int> exponent() {
    int sign = 1;
    const bool signed_power = peek() == '-' || peek() == '+';
    if (signed_power) {
      if (peek() == '-') sign = -1;
      ++at_;
    }
    if (!is_digit(peek())) return signed_power ? std::nullopt : std::optional<int>(1);
    int value = 0;
    while (is_digit(peek())) {
      value = value * 10 + (peek() - '0');
      if (value > largest_power) return std::nullopt;
      ++at_;
    }
    return sign * value;
  }

  std::string_view code_;
  std::size_t at_ = 0;
  int sign_ = 1;
  std::array<int, deepest_group + 1> outer_{1, 1, 1, 1, 1, 1, 1, 1, 1};
  std::size_t depth_ = 0;
  UnitShape shape_;
};

}  // namespace

std::optional<UnitShape> read_ucum(std::string_view code) {
  return UcumReader(code).read();
}

bool is_ucum(std::string_view code) {
  return read_ucum(code).has_value();
}

}  // namespace gateway::mapping
