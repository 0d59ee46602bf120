#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "gateway/base/result.hpp"
#include "gateway/fhir/search/parameters.hpp"

namespace gateway::fhir::search {

/// What stands behind the colon of a parameter's name (FHIR R4, search, modifiers).
struct Modifier {
  enum class Kind {
    none,
    missing,
    none_of,
    exact,
    contains,
    of_type,
    below,
    above,
    in,
    not_in,
    identifier_type,
    words,        // `:text` of a token or reference: a StringMatch of `contains`
    code_begins,  // `:code-text`: a StringMatch of `prefix`
  } kind = Kind::none;
  std::string_view type = {};  // of a reference: `subject:Patient`
};

/// nullopt: the parameter has no such modifier. `patient:identifier` is `patient.identifier`: the
/// parameter changes.
std::optional<Modifier> read_modifier(const Parameter*& parameter, std::string_view word);

/// Which modifiers a parameter has: ":missing, :not".
std::string modifiers_of(const Parameter& parameter);

/// "search-bad-modifier …" at "http.NAME"; the remedy names those that there are.
base::Error bad_modifier(const Parameter& parameter, std::string name);

}  // namespace gateway::fhir::search
