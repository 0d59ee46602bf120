#pragma once
#include <memory>
#include <optional>
#include <string_view>

#include "gateway/base/decimal.hpp"

namespace gateway::fhir::search {

/// A unit of UCUM (case-sensitive), reduced to a number times base units, exactly: ratios of whole
/// numbers, never a double. Definitions: mappings/ucum. What is no multiple of another unit
/// (special and arbitrary units, amounts of substance, fields of view) and each annotation in
/// braces is a base of its own, so that it compares with itself alone. Pure; any thread.
class Unit {
 public:
  /// nullopt: this is no UCUM code, or one beyond all measure.
  static std::optional<Unit> read(std::string_view code);

  /// Is it of the same kind, so that numbers of one can be told in the other?
  bool is_like(const Unit& other) const;
  /// Is one of it as much as one of the other? Of the same kind.
  bool is_as_large(const Unit& other) const;
  /// A number of this unit in another of its kind. Where that has no end as a decimal, it is one
  /// that compares with every decimal of up to 60 digits as the exact one does.
  base::DecimalText in(const Unit& other, const base::DecimalText& number) const;

  struct Reduced;

 private:
  explicit Unit(std::shared_ptr<const Reduced> reduced) : reduced_(std::move(reduced)) {}
  std::shared_ptr<const Reduced> reduced_;
};

}  // namespace gateway::fhir::search
