#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/result.hpp"
#include "gateway/fhir/search/query.hpp"

namespace gateway::fhir::search {

/// What `Patient/{id}/$everything` is asked with (FHIR R4, Patient, everything).
struct EverythingQuery {
  std::vector<std::string> types;  // none: all
  std::string since;               // a value of `_lastUpdated`, "" or "ge…"
  std::vector<std::string> dates;  // values of `date`: "ge…" for start, "le…" for end
  std::size_t count = 50;          // rows a page; 1 to 1,000
  std::string cursor;
  std::string self;  // as Query::self
};

/// Errors as those of parse().
base::Result<EverythingQuery> parse_everything(std::string_view query);

/// The types of a patient's compartment, in the order in which they are given; then those that its
/// resources refer to: who ordered, where it was done.
std::vector<std::string_view> compartment_types();
std::vector<std::string_view> referred_types();

/// The parameter of a type that says when, for `start`, `end` and the order; nullptr: none.
const Parameter* clinical_date(std::string_view type);

}  // namespace gateway::fhir::search
