#pragma once
#include "gateway/fhir/search/index.hpp"
#include "gateway/fhir/search/query.hpp"

namespace gateway::fhir::search {

/// Does a resource with these index rows meet the criterion, as a search would find it? Of one
/// resource and its values alone: a criterion of tokens, strings, references and numbers, without
/// `:not`, `:missing` and links, or alternatives of such. Any other match is met by nothing.
bool meets(const Criterion& criterion, const IndexRows& rows);

/// Is it one that `meets` can tell, of tokens, references and numbers? Where what somebody may see
/// hangs on it, no other will do.
bool can_be_told(const Criterion& criterion);

}  // namespace gateway::fhir::search
