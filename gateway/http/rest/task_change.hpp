#pragma once
#include <string>

#include "gateway/base/result.hpp"
#include "gateway/fhir/json.hpp"

namespace gateway::http::rest {

/// May a reviewer make of the entry that stands the one that was sent (FHIR.md §1.1)? Of an entry
/// on a list of this gateway only `status`, `owner`, `output` and `note` are a person's to change,
/// and the status goes on, never back. Errors: "invalid-resource …" for what is not theirs,
/// "task-transition …" that lists the legal ones. `root`: where the resource stands.
base::Result<void> check_task_change(const fhir::Json& before, const fhir::Json& after,
                                     const std::string& root);

}  // namespace gateway::http::rest
