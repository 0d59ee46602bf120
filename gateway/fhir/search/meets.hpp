#pragma once
#include "gateway/fhir/search/index.hpp"
#include "gateway/fhir/search/query.hpp"

namespace gateway::fhir::search {

/// Does a resource with these index rows meet the criterion, as a search would find it? Of one
/// resource and its values alone: a criterion of tokens, strings, references and numbers, without
/// `:not`, `:missing` and links. Any other match is met by nothing.
bool meets(const Criterion& criterion, const IndexRows& rows);

}  // namespace gateway::fhir::search
