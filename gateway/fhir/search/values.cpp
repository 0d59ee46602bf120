#include "gateway/fhir/search/values.hpp"

#include <algorithm>
#include <array>

#include "gateway/fhir/bundle.hpp"
#include "gateway/fhir/canonical.hpp"
#include "gateway/fhir/search/encoding.hpp"
#include "gateway/fhir/search/references.hpp"

namespace gateway::fhir::search {
namespace {

using base::DecimalText;
using base::PartialTime;

/// Takes the escapes out. nullopt: a backslash before anything but , $ | and itself.
std::optional<std::string> unescaped(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '\\') {
      ++at;
      if (at == text.size() || std::string_view(",$|\\").find(text[at]) == std::string_view::npos)
        return std::nullopt;
    }
    out += text[at];
  }
  return out;
}

/// The parts between unescaped bars, escapes taken out.
std::optional<std::vector<std::string>> parts_of(std::string_view value) {
  std::vector<std::string> parts;
  for (const std::string_view part : split_escaped(value, '|')) {
    auto plain = unescaped(part);
    if (!plain) return std::nullopt;
    parts.push_back(*std::move(plain));
  }
  return parts;
}

constexpr std::string_view escapes = R"(write , $ | and \ inside a value as \, \$ \| \\)";

/// Takes a prefix off where a number or date follows it.
Prefix take_prefix(std::string_view& value) {
  static constexpr auto prefixes =
      std::to_array<std::pair<std::string_view, Prefix>>({{"eq", Prefix::eq},
                                                          {"ne", Prefix::ne},
                                                          {"gt", Prefix::gt},
                                                          {"lt", Prefix::lt},
                                                          {"ge", Prefix::ge},
                                                          {"le", Prefix::le},
                                                          {"sa", Prefix::sa},
                                                          {"eb", Prefix::eb},
                                                          {"ap", Prefix::ap}});
  for (const auto& [letters, prefix] : prefixes) {
    if (!value.starts_with(letters)) continue;
    value.remove_prefix(2);
    return prefix;
  }
  return Prefix::eq;
}

/// A sender's name, a bar in it and all (`ANY|LAB`, INTERFACE.md §7), or as `meta.source` spells it
/// (`ANY%7CLAB`). Senders are of no system, so a bar in front is FHIR's `|code`.
base::Result<Match> sender_of(const Parameter& parameter, std::string_view value) {
  const bool no_system = value.starts_with('|');
  auto name = unescaped(value.substr(no_system ? 1 : 0));
  if (!name) return bad_value(parameter.name, "has an unknown escape", std::string(escapes));
  if (name->empty()) return bad_value(parameter.name, "is empty", "give the name of a sender");
  const auto encoded = canonical::percent_encoded(*name);
  auto plain = form_decoded(*name);
  const bool is_spelled = plain && canonical::percent_encoded(*plain) == *name;
  return Match(TokenMatch{std::nullopt, is_spelled ? *std::move(name) : encoded});
}

base::Error too_long(const Parameter& parameter) {
  return bad_value(parameter.name, "is longer than what is indexed",
                   "give its first 200 letters, or the whole without a modifier");
}

/// `system|code|value` of an identifier's type and its value.
base::Result<Match> typed_identifier(const Parameter& parameter, std::string_view value) {
  auto parts = parts_of(value);
  if (!parts || parts->size() != 3 || (*parts)[1].empty() || (*parts)[2].empty())
    return bad_value(parameter.name, "is no type with a value", "give system|code|value");
  TokenMatch match;
  match.type_system = std::move((*parts)[0]);
  match.type_code = std::move((*parts)[1]);
  match.code = std::move((*parts)[2]);
  if (match.code->size() > indexed_code_bytes) return too_long(parameter);  // bodies say it whole
  return Match(std::move(match));
}

base::Result<Match> string_of(const Parameter& parameter, std::string_view value,
                              Modifier::Kind modifier);

base::Result<Match> token_of(const Parameter& parameter, std::string_view value,
                             Modifier::Kind modifier) {
  if (modifier == Modifier::Kind::words) return string_of(parameter, value, modifier);
  if (modifier == Modifier::Kind::code_begins) return string_of(parameter, value, modifier);
  if (modifier == Modifier::Kind::identifier_type) return typed_identifier(parameter, value);
  if (parameter.name == "sender") return sender_of(parameter, value);
  auto parts = parts_of(value);
  if (!parts) return bad_value(parameter.name, "has an unknown escape", std::string(escapes));
  if (parts->size() > 2)
    return bad_value(parameter.name, "has more than one |", std::string(escapes));
  std::string& code = parts->back();
  if (parameter.name == "_id" && (parts->size() > 1 || !is_id(code)))
    return bad_value(parameter.name, "is no id", "ids are 1-64 of A-Z a-z 0-9 - .");
  // FHIR's own status codes are all small letters, and those of AuditEvent.action capital ones.
  if (!parameter.system.empty() && !parameter.system.starts_with("cycle-") &&
      parameter.name != "action")
    for (char& c : code)
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  TokenMatch match;
  if (parts->size() == 2) match.system = as_indexed(parts->front());
  if (!code.empty()) match.code = as_indexed(code);
  if (!match.code && (!match.system || match.system->empty()))
    return bad_value(parameter.name, "is empty", "give code, system|code, |code or system|");
  return Match(std::move(match));
}

base::Result<Match> string_of(const Parameter& parameter, std::string_view value,
                              Modifier::Kind modifier) {
  auto text = unescaped(value);
  if (!text) return bad_value(parameter.name, "has an unknown escape", std::string(escapes));
  StringMatch match{StringMatch::How::prefix, folded(*text), {}};
  if (modifier == Modifier::Kind::words) match.how = StringMatch::How::contains;
  if (modifier == Modifier::Kind::contains) match.how = StringMatch::How::contains;
  if (modifier == Modifier::Kind::exact) {
    match.how = StringMatch::How::exact;
    match.exact = *std::move(text);
  }
  if (match.folded.empty()) return bad_value(parameter.name, "holds no letter to look for");
  if (match.folded.size() > indexed_text_bytes || match.exact.size() > indexed_text_bytes)
    return too_long(parameter);
  return Match(std::move(match));
}

base::Result<Match> reference_of(const Parameter& parameter, std::string_view value,
                                 std::string_view of_type) {
  constexpr std::string_view form = "give ID or Type/ID";
  std::string_view type;
  std::string_view id = value;
  if (const auto version = id.find("/_history/"); version != id.npos) id = id.substr(0, version);
  if (const auto slash = id.find('/'); slash != id.npos) {
    type = id.substr(0, slash);
    id = id.substr(slash + 1);
    if (!is_served(type))
      return bad_value(parameter.name, "names no type kept here", std::string(form));
  }
  if (!is_id(id)) return bad_value(parameter.name, "is no reference", std::string(form));
  if (type.empty()) type = of_type;
  if (!of_type.empty() && type != of_type)
    return bad_value(parameter.name, "names another type than its modifier", std::string(form));
  if (!type.empty() && !may_lead_to(parameter, type))
    return bad_value(parameter.name, "names a type that it never leads to", std::string(form));
  if (type.empty() && parameter.targets.size() == 1) type = parameter.targets.front();
  return Match(ReferenceMatch{std::string(type), std::string(id)});
}

base::Result<Match> number_of(const Parameter& parameter, std::string_view value) {
  const Prefix prefix = take_prefix(value);
  auto number = DecimalText::parse(value);
  if (!number)
    return bad_value(parameter.name, "is no number",
                     "give digits, with a prefix such as ge or not");
  return Match(NumberMatch{prefix, *std::move(number)});
}

base::Result<Match> quantity_of(const Parameter& parameter, std::string_view value) {
  constexpr std::string_view form = "give number, number|system|code or number||code";
  auto parts = parts_of(value);
  if (!parts) return bad_value(parameter.name, "has an unknown escape", std::string(escapes));
  std::string_view digits = parts->front();
  const Prefix prefix = take_prefix(digits);
  auto number = DecimalText::parse(digits);
  if (!number) return bad_value(parameter.name, "begins with no number", std::string(form));
  QuantityMatch match{prefix, *std::move(number), {}, {}, {}};
  if (parts->size() == 1) return Match(std::move(match));
  if (parts->size() != 3 || (*parts)[2].empty())
    return bad_value(parameter.name, "is no number with a unit", std::string(form));
  match.system = as_indexed((*parts)[1]);
  match.code = as_indexed((*parts)[2]);
  if (match.system == canonical::ucum) {
    match.unit = Unit::read((*parts)[2]);
    if (!match.unit)
      return base::Error{
          base::ErrorKind::unsupported,
          "search-unit-unknown the unit of " + std::string(parameter.name) + " is no code of UCUM",
          "http." + std::string(parameter.name),
          "units are case-sensitive, in a URL % is %25; or leave the unit out"};
  }
  return Match(std::move(match));
}

base::Result<Match> uri_of(const Parameter& parameter, std::string_view value,
                           Modifier::Kind modifier) {
  auto text = unescaped(value);
  if (!text) return bad_value(parameter.name, "has an unknown escape", std::string(escapes));
  if (modifier != Modifier::Kind::none && text->size() > least_cut_bytes)
    return too_long(parameter);
  UriMatch match{UriMatch::How::is, as_indexed(*text)};
  if (modifier == Modifier::Kind::below) match.how = UriMatch::How::below;
  if (modifier == Modifier::Kind::above) match.how = UriMatch::How::above;
  return Match(std::move(match));
}

/// A match of anything but a pair.
Single single_of(Match match) {
  return std::visit(
      [](auto&& one) -> Single {
        if constexpr (std::is_same_v<std::decay_t<decltype(one)>, PairMatch>)
          base::invariant(false, "no composite joins composites");
        else
          return std::forward<decltype(one)>(one);
        return TokenMatch{};
      },
      std::move(match));
}

base::Result<Match> pair_of(const Parameter& parameter, std::string_view value) {
  const auto parts = split_escaped(value, '$');
  if (parts.size() != 2)
    return bad_value(parameter.name, "is not two values joined by $",
                     "give " + std::string(parameter.left) + '$' + std::string(parameter.right));
  auto left = match_of(*find_parameter(parameter.type, parameter.left), parts[0]);
  if (!left) return left.error();
  auto right = match_of(*find_parameter(parameter.type, parameter.right), parts[1]);
  if (!right) return right.error();
  return Match(PairMatch{single_of(*std::move(left)), single_of(*std::move(right))});
}

base::Result<Match> date_of(const Parameter& parameter, std::string_view value) {
  const Prefix prefix = take_prefix(value);
  const auto time = base::parse_fhir_time(value);
  if (!time) {
    std::string with_plus(value);  // `+05:00` comes in as ` 05:00`
    std::ranges::replace(with_plus, ' ', '+');
    if (with_plus != value && base::parse_fhir_time(with_plus))
      return bad_value(parameter.name, "has a blank where a + was meant",
                       "write + as %2B: in a URL a plain + is a blank");
    return bad_value(parameter.name, "is no date of the calendar",
                     "give 2025, 2025-03, 2025-03-22 or 2025-03-22T09:30:00-05:00");
  }
  if (time->precision > PartialTime::Precision::day && !time->offset_minutes)
    return bad_value(parameter.name, "has a time without offset",
                     "end it with Z, -05:00 or %2B05:00, or leave the time out");
  return Match(DateMatch{prefix, *time});
}

}  // namespace

base::Error bad_value(std::string_view parameter, std::string_view what, std::string remedy) {
  return {base::ErrorKind::malformed,
          "search-bad-value " + std::string(parameter) + ' ' + std::string(what),
          "http." + std::string(parameter), std::move(remedy)};
}

std::vector<std::string_view> split_escaped(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  std::size_t from = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '\\') {
      ++at;
    } else if (text[at] == separator) {
      parts.push_back(text.substr(from, at - from));
      from = at + 1;
    }
  }
  parts.push_back(text.substr(from));
  return parts;
}

base::Result<Match> match_of(const Parameter& parameter, std::string_view value,
                             const Modifier& modifier) {
  if (value.empty()) return bad_value(parameter.name, "has an empty value");
  switch (parameter.kind) {
    case Kind::token:
      return token_of(parameter, value, modifier.kind);
    case Kind::string:
      return string_of(parameter, value, modifier.kind);
    case Kind::reference:
      if (modifier.kind == Modifier::Kind::words) return string_of(parameter, value, modifier.kind);
      return reference_of(parameter, value, modifier.type);
    case Kind::number:
      return number_of(parameter, value);
    case Kind::quantity:
      return quantity_of(parameter, value);
    case Kind::date:
      return date_of(parameter, value);
    case Kind::composite:
      return pair_of(parameter, value);
    case Kind::uri:
      return uri_of(parameter, value, modifier.kind);
    case Kind::special:
      break;
  }
  base::invariant(false, "every served parameter has a kind that can be read");
  return bad_value(parameter.name, "cannot be read");
}

}  // namespace gateway::fhir::search
