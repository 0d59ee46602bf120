#include "gateway/fhir/search/unit_reading.hpp"

#include <charconv>
#include <vector>

#include "gateway/fhir/search/embedded.hpp"

namespace gateway::fhir::search {
namespace {

using boost::multiprecision::cpp_int;

constexpr std::size_t longest_code = 100;
constexpr int deepest = 8;
constexpr int largest_exponent = 40;
constexpr std::size_t most_bits = 2048;  // of a factor; the mass of the universe has some 180

bool is_in_bounds(const Ratio& factor) {
  const auto bits = [](const cpp_int& whole) { return whole == 0 ? 0 : msb(abs(whole)); };
  return factor != 0 && bits(numerator(factor)) < most_bits &&
         bits(denominator(factor)) < most_bits;
}

/// Takes `by` to the power into `product`. False: out of bounds.
bool multiply(UnitProduct& product, const UnitProduct& by, int power) {
  for (int i = 0; i < std::abs(power); ++i) {
    if (power > 0)
      product.factor *= by.factor;
    else
      product.factor /= by.factor;
    if (!is_in_bounds(product.factor)) return false;
  }
  for (const auto& [base, exponent] : by.bases)
    if ((product.bases[base] += exponent * power) == 0) product.bases.erase(base);
  return true;
}

/// A row of definitions.csv.
struct Definition {
  bool is_base = false, is_metric = false;
  std::string_view factor, unit;
};
struct Definitions {
  std::map<std::string_view, Definition> units;
  std::map<std::string_view, Ratio> prefixes;
};

const Definitions& definitions() {
  static const Definitions all = [] {
    Definitions made;
    for (std::string_view text = embedded::unit_definitions(); !text.empty();) {
      const std::size_t end = std::min(text.find('\n'), text.size());
      std::vector<std::string_view> cells(1);
      std::string_view line = text.substr(0, end);
      text.remove_prefix(std::min(end + 1, text.size()));
      for (std::size_t comma; (comma = line.find(',')) != line.npos;
           line.remove_prefix(comma + 1), cells.emplace_back())
        cells.back() = line.substr(0, comma);
      cells.back() = line;
      if (cells.size() != 5) continue;
      if (cells[0] == "prefix") made.prefixes.emplace(cells[1], ratio_of(cells[3]));
      if (cells[0] == "base" || cells[0] == "unit")
        made.units.emplace(cells[1],
                           Definition{cells[0] == "base", !cells[2].empty(), cells[3], cells[4]});
    }
    return made;
  }();
  return all;
}

/// One walk over a code. Definitions are read by walks of their own.
class Reader {
 public:
  Reader(std::string_view code, int depth) : rest_(code), depth_(depth) {}

  std::optional<UnitProduct> whole() {
    auto product = term();
    if (!product || !rest_.empty()) return std::nullopt;
    return product;
  }

 private:
  bool take(char c) {
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }

  /// component, then more of them behind `.` and `/`.
  std::optional<UnitProduct> term() {
    if (++depth_ > deepest) return std::nullopt;
    UnitProduct product;
    int power = take('/') ? -1 : 1;
    do {
      const auto one = component();
      if (!one || !multiply(product, *one, power)) return std::nullopt;
      power = take('.') ? 1 : take('/') ? -1 : 0;
    } while (power != 0);
    --depth_;
    return product;
  }

  std::optional<UnitProduct> component() {
    std::optional<UnitProduct> one = UnitProduct();
    if (take('(')) {
      one = term();
      if (!one || !take(')')) return std::nullopt;
      return one;
    }
    if (rest_.empty()) return std::nullopt;
    if (rest_.front() != '{') {
      const bool is_number = rest_.front() >= '0' && rest_.front() <= '9' &&
                             !rest_.starts_with("10*") && !rest_.starts_with("10^");
      one = is_number ? factor() : powered();
      if (!one) return std::nullopt;
    }
    if (!rest_.empty() && rest_.front() == '{') {
      const std::size_t end = rest_.find('}');
      if (end == rest_.npos) return std::nullopt;
      const auto annotation = rest_.substr(0, end + 1);
      if (annotation.substr(1).find('{') != annotation.npos) return std::nullopt;
      UnitProduct its;
      its.bases.emplace(annotation, 1);
      rest_.remove_prefix(end + 1);
      if (!multiply(*one, its, 1)) return std::nullopt;
    }
    return one;
  }

  std::optional<UnitProduct> factor() {
    const std::size_t end = std::min(rest_.find_first_not_of("0123456789"), rest_.size());
    UnitProduct number;
    number.factor = ratio_of(rest_.substr(0, end));
    rest_.remove_prefix(end);
    if (!is_in_bounds(number.factor)) return std::nullopt;
    return number;
  }

  /// A unit with its prefix and exponent: "km2", "10*-3".
  std::optional<UnitProduct> powered() {
    std::size_t end = rest_.starts_with("10") ? 3 : 0;  // 10*, 10^
    for (bool inside = false; end < rest_.size(); ++end) {
      const char c = rest_[end];
      if (!inside && std::string_view("./(){}+-0123456789").find(c) != std::string_view::npos)
        break;
      if (c == '[' || c == ']') inside = c == '[';
    }
    const auto one = prefixed(rest_.substr(0, end));
    rest_.remove_prefix(end);
    if (!one) return std::nullopt;
    int exponent = 1;
    if (!rest_.empty() &&
        std::string_view("+-0123456789").find(rest_.front()) != std::string_view::npos) {
      if (take('+') && (rest_.empty() || rest_.front() == '-')) return std::nullopt;
      const auto read = std::from_chars(rest_.data(), rest_.data() + rest_.size(), exponent);
      if (read.ec != std::errc() || exponent == 0 || std::abs(exponent) > largest_exponent)
        return std::nullopt;
      rest_.remove_prefix(static_cast<std::size_t>(read.ptr - rest_.data()));
    }
    UnitProduct product;
    if (!multiply(product, *one, exponent)) return std::nullopt;
    return product;
  }

  std::optional<UnitProduct> prefixed(std::string_view symbol) const {
    const auto& all = definitions();
    if (const auto at = all.units.find(symbol); at != all.units.end())
      return defined(at->first, at->second);
    for (std::size_t size = 1; size <= 2 && size < symbol.size(); ++size) {
      const auto prefix = all.prefixes.find(symbol.substr(0, size));
      const auto at = all.units.find(symbol.substr(size));
      if (prefix == all.prefixes.end() || at == all.units.end() || !at->second.is_metric) continue;
      auto one = defined(at->first, at->second);
      if (one) one->factor *= prefix->second;
      return one;
    }
    return std::nullopt;
  }

  std::optional<UnitProduct> defined(std::string_view code, const Definition& as) const {
    UnitProduct one;
    if (as.is_base) {
      one.bases.emplace(code, 1);
      return one;
    }
    const auto of =
        Reader(as.unit, 0).whole();  // definitions lead to bases: the test reads them all
    if (!of || !multiply(one, *of, 1)) return std::nullopt;
    one.factor *= ratio_of(as.factor);
    return one;
  }

  std::string_view rest_;
  int depth_;
};

}  // namespace

Ratio power_of_ten(int power) {
  const cpp_int whole =
      boost::multiprecision::pow(cpp_int(10), static_cast<unsigned>(std::abs(power)));
  return power >= 0 ? Ratio(whole) : Ratio(cpp_int(1), whole);
}

Ratio ratio_of(std::string_view decimal) {
  const std::size_t mantissa = std::min(decimal.find_first_of("eE"), decimal.size());
  cpp_int digits = 0;
  int power = 0;
  bool behind_point = false;
  for (const char c : decimal.substr(0, mantissa)) {
    if (c == '.') behind_point = true;
    if (c < '0' || c > '9') continue;
    digits = digits * 10 + (c - '0');
    if (behind_point) --power;
  }
  if (mantissa < decimal.size()) {
    std::string_view exponent = decimal.substr(mantissa + 1);
    if (exponent.starts_with('+')) exponent.remove_prefix(1);
    int by = 0;
    std::from_chars(exponent.data(), exponent.data() + exponent.size(), by);
    power += by;
  }
  if (decimal.starts_with('-')) digits = -digits;
  return Ratio(digits) * power_of_ten(power);
}

std::optional<UnitProduct> read_unit(std::string_view code) {
  if (code.empty() || code.size() > longest_code) return std::nullopt;
  for (const char c : code)
    if (c < '!' || c > '~') return std::nullopt;
  return Reader(code, 0).whole();
}

}  // namespace gateway::fhir::search
