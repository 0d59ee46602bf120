#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/result.hpp"
#include "gateway/fhir/search/query.hpp"

namespace gateway::fhir::search {

/// A search of several types at once, by what all of them can be asked for (FHIR R4, search,
/// whole-system interactions): of all that are searched, or of a patient's compartment
/// (`Patient/{id}/*`).
struct SeveralQuery {
  std::vector<Query> queries;  // one a type, in the order in which they are given
  std::size_t count = 50;      // rows a page
  bool count_only = false;
  Excerpt excerpt;
  std::string cursor;
  std::string self;  // as Query::self
};

/// `patient`: id of whose compartment; "": none. Errors as those of parse().
base::Result<SeveralQuery> parse_several(std::string_view query, std::string_view patient,
                                         std::string_view base_url);

}  // namespace gateway::fhir::search
