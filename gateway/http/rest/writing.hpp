#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/base/result.hpp"
#include "gateway/fhir/bundle.hpp"
#include "gateway/query/reader.hpp"
#include "gateway/security/scope.hpp"
#include "gateway/topics/interest.hpp"

namespace gateway::http::rest {

/// May these scopes carry out the interaction on the type, wholly or in part?
bool may(const security::Principal& who, security::Interaction interaction,
         const std::string& type);
/// The error of who may not.
base::Error no_scope(const std::string& type);

/// One write as a client asks for it: by HTTP, or as an entry of a Bundle.
struct AskedWrite {
  enum class Kind { remove, create, update } kind = Kind::update;  // in the order they are done
  std::string type;
  std::string id;                        // "": of a create, or where the condition tells it
  std::optional<std::string> condition;  // If-None-Exist, or the query of an update or delete
  fhir::Json* resource = nullptr;        // somebody else's; nullptr: a delete, or a patch
  const fhir::Json* patch = nullptr;     // of an update: what to change, likewise
  std::string if_match;
  bool creates_only = false;  // If-None-Match: *
  std::optional<std::int64_t> unmodified_since_seconds;
  std::size_t entry = 0;
  std::string where;                                      // "Bundle.entry[3]", "" outside a Bundle
  std::shared_ptr<const topics::Interest> interest = {};  // of a Subscription; null: none

  security::Interaction interaction() const;
};

/// A condition as a header or an entry says it ("": not at all), and where.
struct SaidCondition {
  std::string_view text;
  std::string where;
};
struct SaidConditions {
  SaidCondition if_match, if_none_match, if_none_exist, if_modified_since;
};
/// What they mean for the write. Error `malformed` "invalid-resource …": one that is none of its
/// method; it would not be looked at.
base::Result<void> take_conditions(AskedWrite& asked, const SaidConditions& said);

/// Where its resource stands, for places: "Patient", or "Bundle.entry[3].resource".
std::string root_of(const AskedWrite& asked);

/// What an asked write is about.
struct Aim {
  fhir::ResourceKey key;
  /// What stood when this was decided and must stand when it is written; 0: nothing.
  std::optional<std::int64_t> decided_on;
  /// Nothing is to be written, since this stands already (conditional create) …
  std::optional<fhir::Version> standing;
  bool writes = true;  // … or nothing is there (conditional delete)
  std::string about;   // of a deletion: the Patient
  /// What stands, where a change is judged by it: of a patch, and of what is reviewed.
  std::optional<fhir::Version> before;
};

/// What writes come to, as somebody (FHIR.md §1, §1.1): the table, scope and role, then conditions.
class Decider {
 public:
  /// `attempt`: how often the same was decided before, and somebody else was first.
  Decider(query::Reader& reader, const security::Principal& who, const std::string& base_url,
          int attempt)
      : reader_(reader), who_(who), base_url_(base_url), attempt_(attempt) {}

  /// Errors: "unknown-type", "method-not-offered", "scope-missing", "owned-by-sender",
  /// "multiple-matches", those of a search; `where` is the entry's.
  base::Result<Aim> aim(const AskedWrite& asked) const;
  /// The body has the id it is written to; the resource is not touched. Errors: those of
  /// `fhir::normalised`; "scope-missing" where it lies outside a scope that reaches only a part of
  /// its type.
  base::Result<fhir::RequestedWrite> write_of(const AskedWrite& asked, const Aim& aim) const;
  /// A reference with a query: the one resource that meets it. "unresolved-reference": none.
  base::Result<std::string> referred(std::string_view reference) const;

 private:
  base::Result<Aim> aim_at(const AskedWrite& asked) const;
  base::Result<void> permitted(const AskedWrite& asked) const;
  base::Result<Aim> created(const AskedWrite& asked) const;
  base::Result<Aim> changed(const AskedWrite& asked) const;
  base::Result<Aim> unmatched(const AskedWrite& asked, const std::string& condition) const;
  base::Result<Aim> at_id(const AskedWrite& asked, const std::string& id) const;
  base::Result<Aim> changing(Aim aim) const;
  std::optional<security::Interaction> reach_of(const std::string& type) const;
  base::Result<fhir::search::Query> condition_of(const AskedWrite& asked) const;
  base::Result<void> within_scope(const AskedWrite& asked, const fhir::RequestedWrite& write) const;

  query::Reader& reader_;
  const security::Principal& who_;
  const std::string& base_url_;
  const int attempt_;
};

}  // namespace gateway::http::rest
