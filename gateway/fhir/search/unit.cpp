#include "gateway/fhir/search/unit.hpp"

#include <algorithm>

#include "gateway/base/result.hpp"
#include "gateway/fhir/search/unit_reading.hpp"

namespace gateway::fhir::search {

using boost::multiprecision::cpp_int;

struct Unit::Reduced {
  UnitProduct product;
};

std::optional<Unit> Unit::read(std::string_view code) {
  auto product = read_unit(code);
  if (!product) return std::nullopt;
  return Unit(std::make_shared<const Reduced>(Reduced{*std::move(product)}));
}

bool Unit::is_like(const Unit& other) const {
  return reduced_->product.bases == other.reduced_->product.bases;
}

bool Unit::is_as_large(const Unit& other) const {
  return reduced_->product.factor == other.reduced_->product.factor;
}

base::DecimalText Unit::in(const Unit& other, const base::DecimalText& number) const {
  constexpr int digits = 60;
  const Ratio exact =
      ratio_of(number.text()) * reduced_->product.factor / other.reduced_->product.factor;
  const bool is_negative = exact < 0;
  cpp_int above = abs(numerator(exact));
  cpp_int below = denominator(exact);
  // So many digits are whole that 60 of them are kept; what is left over stands for all that
  // follows.
  const auto size = [](const cpp_int& whole) { return static_cast<int>(whole.str().size()); };
  const int shift = digits - (size(above) - size(below));
  const cpp_int scale =
      boost::multiprecision::pow(cpp_int(10), static_cast<unsigned>(std::abs(shift)));
  (shift >= 0 ? above : below) *= scale;
  cpp_int whole, rest;
  divide_qr(above, below, whole, rest);
  std::string text = whole.str();
  int exponent = -shift;
  if (rest != 0) {
    text += '5';
    --exponent;
  }
  // Beyond what a stored number may be it is no longer told how far.
  constexpr int largest = 900;
  text += "e" + std::to_string(std::clamp(exponent, -largest, largest));
  auto read = base::DecimalText::parse((is_negative ? "-" : "") + text);
  base::invariant(read.has_value(), "a converted number is a number");
  return *std::move(read);
}

}  // namespace gateway::fhir::search
