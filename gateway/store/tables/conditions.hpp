#pragma once
#include <string_view>

#include "gateway/base/time.hpp"
#include "gateway/fhir/search/query.hpp"
#include "gateway/store/tables/sql.hpp"
#include "gateway/store/tables/units_in_use.hpp"

namespace gateway::store::tables {

/// What one value of a search asks of the columns that hold it (FHIR.md §2.2). Each is an SQL
/// expression that is true where the stored value matches.

/// Columns `code` and `system`, both text.
Sql token_condition(const fhir::search::TokenMatch& match);

/// Column `code`, which holds a URI.
Sql uri_condition(const fhir::search::UriMatch& match);

/// Columns `folded` and `exact`.
Sql string_condition(const fhir::search::StringMatch& match);

/// A column that holds DecimalText::sort_key. Stored values are exact points: no prefix, `eq` and
/// `ne` go by the precision of what is asked, the others do not.
Sql number_condition(std::string_view column, const fhir::search::NumberMatch& match);

/// Columns `value`, `comparator`, `unit`. Of a stored `<0.5` only what is certain matches: `lt1`,
/// never `gt0.2`, `eq` or `ap`.
Sql quantity_condition(const fhir::search::QuantityMatch& match);
/// The same where the unit is one of these, what is asked being told in each.
Sql quantity_condition(const fhir::search::QuantityMatch& match,
                       const std::vector<UnitsInUse::Group>& units);

/// Columns `local_begin` … `instant_end`. What is asked without time of day is compared with the
/// local calendar of the laboratory, else with the instant; prefixes by R4's rules for periods.
Sql date_condition(const fhir::search::DateMatch& match, base::Instant now);

/// A column of microseconds, one point. `gt` with a fraction of a second compares with its first
/// microsecond: a poller that asks for what came after the value it saw last, which is cut to
/// milliseconds, sees one twice rather than miss one.
Sql instant_condition(std::string_view column, const fhir::search::DateMatch& match,
                      base::Instant now);

}  // namespace gateway::store::tables
