#include "gateway/fhir/search/modifiers.hpp"

#include <algorithm>
#include <array>

namespace gateway::fhir::search {
namespace {

struct Row {
  std::string_view word;
  Modifier::Kind modifier;
  Kind of;  // the kind of parameter that has it
};
constexpr auto table = std::to_array<Row>({{"missing", Modifier::Kind::missing, Kind::token},
                                           {"not", Modifier::Kind::none_of, Kind::token},
                                           {"in", Modifier::Kind::in, Kind::token},
                                           {"not-in", Modifier::Kind::not_in, Kind::token},
                                           {"missing", Modifier::Kind::missing, Kind::string},
                                           {"exact", Modifier::Kind::exact, Kind::string},
                                           {"contains", Modifier::Kind::contains, Kind::string},
                                           {"missing", Modifier::Kind::missing, Kind::reference},
                                           {"missing", Modifier::Kind::missing, Kind::number},
                                           {"missing", Modifier::Kind::missing, Kind::quantity},
                                           {"missing", Modifier::Kind::missing, Kind::date},
                                           {"missing", Modifier::Kind::missing, Kind::uri},
                                           {"below", Modifier::Kind::below, Kind::uri},
                                           {"above", Modifier::Kind::above, Kind::uri}});

/// Identifiers have a type beside their system.
bool has_types(const Parameter& parameter) {
  return parameter.name == "identifier" && parameter.kind == Kind::token;
}

/// Of what is asked in words: what its elements say beside their codes, or beside where they lead.
bool has_words(const Parameter& parameter) {
  const bool has_display = parameter.kind == Kind::token || parameter.kind == Kind::reference;
  return has_display && !parameter.elements.empty() && parameter.either.empty();
}
bool has_code_words(const Parameter& parameter) {
  return has_words(parameter) && parameter.kind == Kind::token;
}

/// The chain that the identifier of what is referred to is asked by; nullptr: none.
const Parameter* identifier_of(const Parameter& reference) {
  if (reference.kind != Kind::reference) return nullptr;
  return find_parameter(reference.type, std::string(reference.name) + ".identifier");
}

}  // namespace

std::optional<Modifier> read_modifier(const Parameter*& parameter, std::string_view word) {
  if (word == "of-type" && has_types(*parameter)) return Modifier{Modifier::Kind::identifier_type};
  if (word == "text" && has_words(*parameter)) return Modifier{Modifier::Kind::words};
  if (word == "code-text" && has_code_words(*parameter))
    return Modifier{Modifier::Kind::code_begins};
  const auto at = std::ranges::find_if(
      table, [&](const Row& row) { return row.word == word && row.of == parameter->kind; });
  if (at != table.end()) return Modifier{at->modifier};
  if (parameter->kind != Kind::reference) return std::nullopt;
  if (const auto* chain = identifier_of(*parameter); chain != nullptr && word == "identifier") {
    parameter = chain;
    return Modifier{};
  }
  const auto types = served_types();
  const auto type = std::ranges::find(types, word);
  if (type == types.end()) return std::nullopt;
  return Modifier{Modifier::Kind::of_type, *type};
}

std::string modifiers_of(const Parameter& parameter) {
  std::string words;
  const auto name = [&words](std::string_view word) {
    words.append(words.empty() ? ":" : ", :").append(word);
  };
  for (const Row& row : table)
    if (row.of == parameter.kind) name(row.word);
  if (has_words(parameter)) name("text");
  if (has_code_words(parameter)) name("code-text");
  if (has_types(parameter)) name("of-type");
  if (identifier_of(parameter) != nullptr) name("identifier");
  if (parameter.kind == Kind::reference) name("[type]");
  return words;
}

base::Error bad_modifier(const Parameter& parameter, std::string name) {
  const auto words = modifiers_of(parameter);
  return {base::ErrorKind::unsupported, "search-bad-modifier this modifier is not offered",
          "http." + std::move(name),
          words.empty() ? "ask without a modifier" : "these are: " + words};
}

}  // namespace gateway::fhir::search
