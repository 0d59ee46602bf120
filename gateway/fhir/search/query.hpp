#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "gateway/base/decimal.hpp"
#include "gateway/base/result.hpp"
#include "gateway/base/time.hpp"
#include "gateway/fhir/excerpt.hpp"
#include "gateway/fhir/search/parameters.hpp"
#include "gateway/fhir/search/unit.hpp"

namespace gateway::fhir::search {

enum class Prefix { eq, ne, gt, lt, ge, le, sa, eb, ap };

/// `code` · `system|code` · `|code` (system = "") · `system|` (no code).
struct TokenMatch {
  std::optional<std::string> system;             // nullopt: any system; "": none
  std::optional<std::string> code;               // nullopt: any code
  std::string type_system = {}, type_code = {};  // of `:of-type`: what kind of identifier
};
struct StringMatch {
  enum class How { prefix, exact, contains } how = How::prefix;
  std::string folded;  // prefix or part of the folded text
  std::string exact;   // of `:exact`: the text as it is written, all of it
};
struct ReferenceMatch {
  std::string type, id;
};  // type "" = any the parameter allows
struct NumberMatch {
  Prefix prefix;
  base::DecimalText value;
};
struct QuantityMatch {
  Prefix prefix;
  base::DecimalText value;
  std::optional<std::string> system;  // nullopt: any; "" : `v||code` (code or unit text)
  std::optional<std::string> code;
  std::optional<Unit> unit = {};  // of a UCUM code: numbers of any unit like it are compared
};
struct DateMatch {
  Prefix prefix;
  base::PartialTime value;
};
struct UriMatch {
  enum class How { is, below, above } how = How::is;
  std::string text;  // of `below`: what the value begins with; of `above`: what begins with it
};

using Single = std::variant<TokenMatch, StringMatch, ReferenceMatch, NumberMatch, QuantityMatch,
                            DateMatch, UriMatch>;
/// `left$right` of a composite.
struct PairMatch {
  Single left, right;
};

using Match = std::variant<TokenMatch, StringMatch, ReferenceMatch, NumberMatch, QuantityMatch,
                           DateMatch, UriMatch, PairMatch>;

inline Match as_match(const Single& single) {
  return std::visit([](const auto& one) { return Match(one); }, single);
}

struct Linked;

/// One parameter of a search: any of its values. Several criteria are all to hold.
struct Criterion {
  const Parameter* parameter = nullptr;
  std::vector<Match> any_of;
  bool negated = false;         // `:not`: none of the values; what has no value at all is found
  std::optional<bool> missing;  // `:missing`: whether there is no value; then `any_of` is empty
  /// A chain (`patient.family=oz`) or `_has`: instead of values, what any of these resources must
  /// be. `parameter` is the reference that leads there; of `_has` it leads here (`backwards`) and
  /// is the other type's.
  std::vector<Linked> linked;
  bool backwards = false;
  /// Instead of values: what the resource itself must be, any of these; `parameter` is that of the
  /// first. No search can ask it: it is how several restricted scopes are told as one.
  std::vector<Linked> alternatives;
};
/// A resource of that type that meets all of the criteria.
struct Linked {
  std::string type;
  std::vector<Criterion> criteria;
};

struct SortKey {
  const Parameter* parameter = nullptr;  // `_lastUpdated`, `_id`, `date`, …
  bool descending = false;
};

/// `_include` and `_revinclude` (FHIR R4, search, including other resources).
struct Include {
  bool reverse = false;                  // what refers to a match, not what it refers to
  bool iterate = false;                  // from what was included as well
  std::string type;                      // that has the reference; "" (`*`): any
  const Parameter* reference = nullptr;  // one of references_of(type); nullptr: all of them
  std::string target;                    // only this type of what is referred to; "": any
};

enum class Total { none, estimate, accurate };

struct Query {
  std::string type;
  std::vector<Criterion> criteria;
  std::vector<Include> includes;
  Excerpt excerpt;  // `_summary` and `_elements`; of the latter of matches alone
  std::vector<SortKey> sort;
  std::size_t count = 50;  // rows a page, 0 = only the total; at most 1,000
  Total total = Total::none;
  bool count_only = false;  // _summary=count or _count=0
  bool explain = false;     // say how the index was used
  std::string cursor;       // opaque; empty: first page
  /// What was understood, normalised and percent-encoded, in the order asked, without the cursor:
  /// `code=…&cycle-day=ge19`. For `self`, and to bind a cursor to its query.
  std::string self;
  std::vector<std::string> ignored;  // names left out under `handling=lenient`
};

/// Reads the query part of a URL or a form body ("a=b&c=d", percent-encoded). `lenient`: unknown
/// parameters are skipped and named in `ignored`. `_cursor` carries the cursor; `subject` becomes a
/// criterion on `patient`; a count alone sets `total` to accurate. Errors (FHIR.md §2.2):
/// `malformed` or `unsupported`; `where` is "http.<parameter>", `what` begins with the
/// gateway-error code and a blank: "search-unknown-parameter cycle-dai is not …"; `remedy` names
/// the nearest or the allowed. Modifiers and chains that are not served are `search-bad-modifier`,
/// and the remedy names those that are; chains and
/// `_has` are at most 3 deep; more than 100 parameters or 1,000 values
/// `search-too-costly`; a code of UCUM that is none `search-unit-unknown`; a control said twice
/// `duplicate-control`. A composite gives a criterion for each of its parts, and, where it has
/// several values, one of pairs beside them. No text repeats a value. `parse(type, query.self)`
/// gives the same query. A reference may be an absolute URL below `base_url` ("https://host/fhir");
/// "": only ID or Type/ID.
base::Result<Query> parse(std::string_view type, std::string_view query, bool lenient = false,
                          std::string_view base_url = "");

/// How much of a text string search sees: the first bytes of its folded form. A longer search is
/// `search-bad-value`.
inline constexpr std::size_t indexed_text_bytes = 256;

/// A code, system or unit that is longer is told in the index by its beginning, of at most
/// `least_cut_bytes`, and a hash of all of it: no engine's index holds texts of any length.
inline constexpr std::size_t indexed_code_bytes = 800, least_cut_bytes = 700;
std::string as_indexed(std::string_view code);

/// Case- and accent-folded text for string search (FHIR.md §2.2; a fixed table, no locale).
std::string folded(std::string_view utf8);

}  // namespace gateway::fhir::search
