#pragma once
#include <cstddef>
#include <string_view>

#include "gateway/fhir/search/index.hpp"
#include "gateway/fhir/search/plan.hpp"

/// The steps of index_rows(), for whoever takes a body apart (index_memory.hpp).
namespace gateway::fhir::search {

/// What the members of a resource, or one of them alone, give to the index, in any order, but for
/// `patient`.
IndexRows gather_rows(const IndexPlan& plan, const JsonView& body);
/// What only a Patient as a whole gives.
void add_patient_itself(const JsonView& patient, IndexRows& gathered);
/// Adds the identifiers, decides what the rows as a whole decide, and sorts.
void settle_rows(const IndexPlan& plan, const PatientIdentifiers& patient_identifiers,
                 IndexRows& gathered);
/// Which of several members counts for `patient`: the least. Of any other name: more than all.
std::size_t patient_rank(std::string_view member);

/// A PDF in a body of 16 MB is not kept for the sake of its few tokens.
inline constexpr std::size_t most_kept_text = 64 * 1024;

}  // namespace gateway::fhir::search
