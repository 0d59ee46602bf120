#pragma once
#include "gateway/base/result.hpp"
#include "gateway/fhir/json.hpp"

namespace gateway::fhir {

/// A document with a JSON Patch carried out on it (RFC 6902): all operations in order, or none.
/// Values keep their digits. At most `most` operations, which copy no more than `most_bytes` of
/// JSON. Errors: `malformed` "invalid-resource …" with `where` "[2].path", of the operation that is
/// none or finds nothing, and of a `test` that fails; `too_large`.
struct PatchLimits {
  std::size_t most = 200;
  std::size_t most_bytes = 1 << 20;
  std::size_t depth = JsonLimits{}.depth;  // as of what is read
};
base::Result<Json> patched(Json document, const Json& patch, const PatchLimits& limits = {});

}  // namespace gateway::fhir
