#pragma once
#include <string>

#include "gateway/fhir/bundle.hpp"
#include "gateway/http/message.hpp"
#include "gateway/http/rest/writing.hpp"

namespace gateway::http::rest {

/// What one write came to.
struct Written {
  fhir::WriteResult result;
  bool writes = true;             // false: nothing had to be written
  bool is_known = true;           // false: there is no such resource (conditional delete)
  fhir::Body body;                // "": it was deleted, or the client may not read it
  std::string_view verb() const;  // "created", "updated", "unchanged", "deleted"
};

/// What a write came to that had nothing to write, with the body as far as the client may read it.
Written nothing_to_write(const AskedWrite& asked, const Aim& aim, query::Reader& reader,
                         const security::Principal& who);

/// 201, 200 or 204.
int status_of(const Written& written);

/// The answer with `ETag`, `Location`, `Last-Modified`, and a body as Prefer wants it (FHIR R4,
/// RESTful API, return preferences).
Response answer_of(const Written& written, const Request& request, const std::string& base_url,
                   std::string_view route);
/// The same as the answer of an entry; the resource only where Prefer asks for it.
fhir::EntryAnswer entry_answer(const Written& written, const Request& request,
                               const std::string& base_url);

}  // namespace gateway::http::rest
