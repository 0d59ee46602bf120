#pragma once
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "gateway/base/result.hpp"
#include "gateway/fhir/json.hpp"
#include "gateway/fhir/resource.hpp"

namespace gateway::fhir {

/// What the entries of a transaction are called in it, and what they are then: `Type/id`.
class EntryReferences {
 public:
  /// `full_url`: `urn:uuid:…`, or a whole URL; `ours`: it is the one this gateway serves it at.
  void name(const std::string& full_url, const ResourceKey& key, bool ours);
  /// Is everybody called what they are? Then no resource need be looked through for it.
  bool is_plain() const { return is_plain_; }
  /// `Type/id`; nullptr: no entry is called so.
  const std::string* find(const std::string& url) const;
  /// Is `Type/id` what another server calls an entry that is called otherwise here?
  bool is_claimed(const std::string& relative) const { return claimed_.contains(relative); }

 private:
  std::unordered_map<std::string, std::string> by_url_;
  std::unordered_set<std::string> claimed_;
  bool is_plain_ = true;
};

/// A conditional reference (`Patient?identifier=…`) → `Type/id`.
using FindReferred = std::function<base::Result<std::string>(std::string_view)>;

/// Has a reference a query for its end (FHIR R4, RESTful API, conditional references)?
bool is_conditional_reference(std::string_view reference);

/// Replaces in one resource what refers to other entries of its transaction (FHIR R4, RESTful API,
/// transaction): references, elements of type uri, url, oid and uuid, links in the narrative. A
/// relative reference is one of the server that `full_url`, of the entry it stands in, names (R4,
/// Bundle, references); where that server has no such entry but another has, it is refused. A
/// reference with a query is asked of `find`. Errors: "unresolved-reference", those of `find`;
/// `where` is the place.
base::Result<void> resolve_references(Json& resource, const EntryReferences& entries,
                                      const std::string& full_url, const FindReferred& find,
                                      const std::string& path);

}  // namespace gateway::fhir
