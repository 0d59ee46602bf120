#pragma once
#include "tests/contract/own_parameters.hpp"

namespace tests {

// ---- random searches --------------------------------------------------------------------------

struct AskedToken {
  std::optional<std::string> system, code;
};
struct AskedNumber {
  std::string prefix, text;
};
/// One parameter of a search: any of its values.
struct Asked {
  std::string name;
  std::vector<AskedToken> tokens;
  std::vector<AskedNumber> numbers;  // of a composite: one to each token

  /// As a client would write it.
  std::string query() const {
    std::vector<std::string> values;
    for (const auto& token : tokens) {
      std::string value;
      if (token.system) value += escaped(*token.system) + "|";
      values.push_back(value + escaped(token.code.value_or("")));
    }
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      const std::string number = numbers[i].prefix + numbers[i].text;
      if (tokens.empty())
        values.push_back(number);
      else
        values[i] += "$" + number;
    }
    return name + "=" + gateway::fhir::search::form_encoded(joined(values));
  }

 private:
  static std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
      if (c == '|' || c == ',' || c == '$' || c == '\\') out += '\\';
      out += c;
    }
    return out;
  }
};

inline AskedToken ask_token(Chance& chance, const OwnToken& known) {
  const std::string code(chance.one_in(10) ? "nonsense" : chance.of(known.codes));
  switch (chance.between(0, 4)) {
    case 0:
    case 1:
      return {{}, code};
    case 2:
      return {url_of(known.system), code};
    case 3:
      return {chance.one_in(2) ? "" : "urn:elsewhere", code};
    default:
      return known.system.empty() ? AskedToken{{}, code} : AskedToken{url_of(known.system), {}};
  }
}

inline AskedNumber ask_number(Chance& chance) {
  static constexpr auto prefixes =
      std::to_array<std::string_view>({"", "eq", "ne", "gt", "ge", "lt", "le", "sa", "eb", "ap"});
  static constexpr auto odd = std::to_array<std::string_view>(
      {"20.5", "21.0", "2e1", "-2e1", "0.5", "0", "-0.5", "14.9", "1e1", "2.1e1"});
  const auto text =
      chance.one_in(4) ? std::string(chance.of(odd)) : std::to_string(chance.between(-8, 62));
  return {std::string(chance.of(prefixes)), text};
}

inline Asked ask_pairs(Chance& chance) {
  static const OwnToken codes{"code", "http://loinc.org", some_codes};
  const bool is_anchor = chance.one_in(2);
  Asked asked{is_anchor ? "cycle-anchor-offset" : "code-cycle-day", {}, {}};
  for (int i = chance.between(1, 3); i > 0; --i) {
    asked.tokens.push_back(ask_token(chance, is_anchor ? own_tokens[0] : codes));
    asked.numbers.push_back(ask_number(chance));
  }
  return asked;
}

inline Asked ask(Chance& chance) {
  if (chance.one_in(8)) return ask_pairs(chance);
  Asked asked;
  const int which = chance.between(0, static_cast<int>(own_tokens.size()) + 3);
  const int values = chance.one_in(3) ? chance.between(2, 3) : 1;
  if (which >= static_cast<int>(own_tokens.size())) {
    asked.name = chance.one_in(2) ? "cycle-day" : "cycle-offset";
    for (int i = 0; i < values; ++i) asked.numbers.push_back(ask_number(chance));
    return asked;
  }
  const auto& known = own_tokens[static_cast<std::size_t>(which)];
  asked.name = known.name;
  for (int i = 0; i < values; ++i) asked.tokens.push_back(ask_token(chance, known));
  // A system alone beside other values of a parameter that is kept by value is declared 400.
  if (asked.name == "order" && values > 1)
    for (auto& token : asked.tokens)
      if (!token.code) token.code = "F8";
  return asked;
}

// ---- the slow and obvious answer --------------------------------------------------------------

using Json = gateway::fhir::Json;
struct Coded {
  std::string system, code;
};

inline void take_codings(const Json& concept_value, std::vector<Coded>& into) {
  for (const Json& one : concept_value["coding"].items())
    into.push_back({one["system"].text(), one["code"].text()});
}

/// The parts of the cycle context with that name.
inline std::vector<Json> context_parts(const Json& body, std::string_view name) {
  std::vector<Json> found;
  for (const Json& extension : body["extension"].items())
    if (extension["url"].text() == gateway::fhir::canonical::extension("cycle-context"))
      for (const Json& part : extension["extension"].items())
        if (part["url"].text() == name) found.push_back(part);
  return found;
}

inline std::vector<Coded> orders_of(const Json& body) {
  std::vector<Coded> found;
  for (const Json& identifier : body["identifier"].items()) {
    const std::string value = identifier["value"].text();
    if (identifier["system"].text() == gateway::fhir::canonical::identifier_system("result"))
      found.push_back({"", value.substr(0, value.find('|'))});
    for (const Json& one : identifier["type"]["coding"].items())
      if (one["code"].text() == "PLAC" || one["code"].text() == "FILL")
        found.push_back({identifier["system"].text(), value});
  }
  for (const Json& request : body["basedOn"].items())
    if (request.has("identifier"))
      found.push_back(
          {request["identifier"]["system"].text(), request["identifier"]["value"].text()});
  return found;
}

inline std::vector<Coded> tokens_of(const Json& body, std::string_view name) {
  std::vector<Coded> found;
  if (name == "code") {
    take_codings(body["code"], found);
  } else if (name == "_tag") {
    for (const Json& one : body["meta"]["tag"].items())
      found.push_back({one["system"].text(), one["code"].text()});
  } else if (name == "sample-type") {
    for (const Json& extension : body["extension"].items())
      if (extension["url"].text() == gateway::fhir::canonical::extension("sample-type"))
        take_codings(extension["valueCodeableConcept"], found);
  } else if (name == "compartment") {
    for (const Json& component : body["component"].items())
      for (const Json& one : component["code"]["coding"].items())
        if (one["code"].text() == "endometrial-compartment" &&
            one["system"].text() == url_of("repro-immuno-observation"))
          take_codings(component["valueCodeableConcept"], found);
  } else if (name == "interpretation") {
    for (const Json& one : body["interpretation"].items()) take_codings(one, found);
  } else if (name == "sender") {
    const std::string before = gateway::fhir::canonical::sender("");
    const std::string source = body["meta"]["source"].text();
    if (!source.starts_with(before)) return found;
    std::string sender = source.substr(before.size());
    if (const auto bar = sender.find("%7C"); bar != sender.npos) sender.replace(bar, 3, "|");
    found.push_back({"", sender});
  } else if (name == "order") {
    return orders_of(body);
  } else {
    const auto part =
        name == "cycle-type" ? "cycleType" : name.substr(std::string("cycle-").size());
    for (const Json& one : context_parts(body, part))
      found.push_back({url_of(name), one["valueCode"].text()});
  }
  return found;
}

/// A short decimal in millionths, and half of the unit its last digit stands for.
struct Millionths {
  std::int64_t value = 0, half_unit = 0;
};
inline Millionths millionths(std::string_view text) {
  const bool negative = text.starts_with('-');
  std::int64_t digits = 0, unit = 1'000'000;
  bool behind_point = false;
  std::size_t at = negative ? 1 : 0;
  for (; at < text.size() && text[at] != 'e'; ++at) {
    if (text[at] == '.') {
      behind_point = true;
      continue;
    }
    digits = digits * 10 + (text[at] - '0');
    if (behind_point) unit /= 10;
  }
  if (at == text.size()) return {negative ? -digits * unit : digits * unit, unit / 2};
  for (int power = text[at + 1] - '0'; power > 0; --power) unit *= 10;
  return {negative ? -digits * unit : digits * unit, unit / 20};  // R4: 1e2 is [95, 105)
}

/// R4 search, number: eq and ne by the precision written, the others by the number.
inline bool is_met(const AskedNumber& asked, std::int64_t stored) {
  const auto [value, half] = millionths(asked.text);
  const bool equal = value - half <= stored && stored < value + half;
  if (asked.prefix.empty() || asked.prefix == "eq") return equal;
  if (asked.prefix == "ne") return !equal;
  if (asked.prefix == "gt" || asked.prefix == "sa") return stored > value;
  if (asked.prefix == "ge") return stored >= value;
  if (asked.prefix == "lt" || asked.prefix == "eb") return stored < value;
  if (asked.prefix == "le") return stored <= value;
  return 10 * std::abs(stored - value) <= std::abs(value);  // ap
}

inline bool holds(const Json& body, const Asked& asked) {
  if (!asked.tokens.empty() && !asked.numbers.empty()) {  // pairs: both of this body
    const bool is_anchor = asked.name == "cycle-anchor-offset";
    for (std::size_t i = 0; i < asked.tokens.size(); ++i)
      if (holds(body, {is_anchor ? "cycle-anchor" : "code", {asked.tokens[i]}, {}}) &&
          holds(body, {is_anchor ? "cycle-offset" : "cycle-day", {}, {asked.numbers[i]}}))
        return true;
    return false;
  }
  for (const AskedToken& wanted : asked.tokens)
    for (const Coded& there : tokens_of(body, asked.name))
      if ((!wanted.system || *wanted.system == there.system) &&
          (!wanted.code || *wanted.code == there.code))
        return true;
  const bool is_day = asked.name == "cycle-day";
  if (!is_day)  // there cycle-day is the number (FHIR.md §2.2)
    for (const Json& anchor : context_parts(body, "anchor"))
      if (anchor["valueCode"].text() == "lmp") return false;
  for (const AskedNumber& wanted : asked.numbers)
    for (const Json& part : context_parts(body, is_day ? "day" : "offset"))
      if (is_met(wanted, millionths(part["valueInteger"].text()).value)) return true;
  return false;
}

}  // namespace tests
