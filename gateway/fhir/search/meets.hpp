#pragma once
#include "gateway/fhir/search/index.hpp"
#include "gateway/fhir/search/query.hpp"

namespace gateway::fhir::search {

/// Can it be told of one resource and its own values alone? A criterion of tokens, whole uris,
/// beginnings of strings, references and numbers, without `:not`, `:missing` and links, of a
/// parameter that has rows of its own; or alternatives of such. Who keeps a criterion to ask
/// `meets` asks this when it is read.
bool can_meet(const Criterion& criterion);

/// Does a resource with these index rows meet the criterion, as a search would find it? One that
/// cannot be told so is met by nothing.
bool meets(const Criterion& criterion, const IndexRows& rows);

}  // namespace gateway::fhir::search
