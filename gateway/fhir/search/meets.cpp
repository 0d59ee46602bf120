#include "gateway/fhir/search/meets.hpp"

#include <algorithm>
#include <variant>

namespace gateway::fhir::search {
namespace {

bool matches(const TokenMatch& match, std::string_view parameter, const IndexRows& rows) {
  return std::any_of(rows.tokens.begin(), rows.tokens.end(), [&](const TokenValue& value) {
    return value.parameter == parameter && (!match.system || *match.system == value.system) &&
           (!match.code || *match.code == value.code);
  });
}

bool matches(const StringMatch& match, std::string_view parameter, const IndexRows& rows) {
  return std::any_of(rows.strings.begin(), rows.strings.end(), [&](const StringValue& value) {
    return value.parameter == parameter && value.folded.starts_with(match.folded);
  });
}

bool matches(const ReferenceMatch& match, std::string_view parameter, const IndexRows& rows) {
  return std::any_of(rows.references.begin(), rows.references.end(),
                     [&](const ReferenceValue& value) {
                       return value.parameter == parameter && value.id == match.id &&
                              (match.type.empty() || value.type == match.type);
                     });
}

/// FHIR R4, search, number: the precision of what is asked counts for `eq` and `ne` alone.
bool lies(const base::DecimalText& value, const NumberMatch& match) {
  switch (match.prefix) {
    case Prefix::eq:
    case Prefix::ne: {
      const auto [low, high] = match.value.precision_range();
      return (value >= low && value < high) == (match.prefix == Prefix::eq);
    }
    case Prefix::ap: {
      const auto [least, most] = match.value.approximate_range();
      return value >= least && value <= most;
    }
    case Prefix::gt:
    case Prefix::sa:
      return value > match.value;
    case Prefix::ge:
      return value >= match.value;
    case Prefix::lt:
    case Prefix::eb:
      return value < match.value;
    case Prefix::le:
      return value <= match.value;
  }
  return false;
}

bool matches(const NumberMatch& match, std::string_view parameter, const IndexRows& rows) {
  return std::any_of(rows.numbers.begin(), rows.numbers.end(), [&](const NumberValue& value) {
    return value.parameter == parameter && lies(value.value, match);
  });
}

bool matches(const UriMatch& match, std::string_view parameter, const IndexRows& rows) {
  return std::any_of(rows.tokens.begin(), rows.tokens.end(), [&](const TokenValue& value) {
    return value.parameter == parameter && value.code == match.text;
  });
}

template <class Other>
bool matches(const Other&, std::string_view, const IndexRows&) {
  return false;
}

/// The store answers these without rows, unions are asked of what they unite.
bool has_rows(const Parameter& parameter) {
  return parameter.name != "_id" && parameter.name != "_lastUpdated" && parameter.either.empty() &&
         parameter.short_for.empty();
}

bool can_match(const Parameter& parameter, const Match& match) {
  if (const auto* token = std::get_if<TokenMatch>(&match))
    return token->type_system.empty() && token->type_code.empty();
  if (const auto* string = std::get_if<StringMatch>(&match))
    return string->how == StringMatch::How::prefix && parameter.kind == Kind::string;
  if (const auto* uri = std::get_if<UriMatch>(&match)) return uri->how == UriMatch::How::is;
  return std::holds_alternative<ReferenceMatch>(match) ||
         std::holds_alternative<NumberMatch>(match);
}

}  // namespace

bool can_meet(const Criterion& criterion) {
  if (!criterion.alternatives.empty())
    return std::ranges::all_of(criterion.alternatives, [](const Linked& one) {
      return std::ranges::all_of(one.criteria, can_meet);
    });
  return !criterion.negated && !criterion.missing && criterion.linked.empty() &&
         has_rows(*criterion.parameter) &&
         std::ranges::all_of(criterion.any_of, [&](const Match& match) {
           return can_match(*criterion.parameter, match);
         });
}

bool meets(const Criterion& criterion, const IndexRows& rows) {
  if (!criterion.alternatives.empty())
    return std::ranges::any_of(criterion.alternatives, [&](const Linked& one) {
      return std::ranges::all_of(one.criteria,
                                 [&](const Criterion& inner) { return meets(inner, rows); });
    });
  return can_meet(criterion) &&
         std::any_of(criterion.any_of.begin(), criterion.any_of.end(), [&](const Match& match) {
           return std::visit(
               [&](const auto& m) { return matches(m, criterion.parameter->name, rows); }, match);
         });
}

}  // namespace gateway::fhir::search
