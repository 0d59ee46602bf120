#pragma once
#include <optional>

#include "gateway/fhir/json.hpp"
#include "gateway/fhir/writer.hpp"
#include "gateway/mapping/cycle_context.hpp"

namespace gateway::mapping {

/// Writes the `cycle-context` extension as one JSON object, its parts in the order of DOMAIN.md §7
/// (F1). Every context can be written; an unknown one has `status` and `source` alone.
void write_context(fhir::JsonWriter& writer, const CycleContext& context);
std::string written_context(const CycleContext& context);

/// Writes the mirror tags of F4 as `{"system":…,"code":…}` objects, into an array that is open.
void write_context_tags(fhir::JsonWriter& writer, const CycleContext& context);

/// The context that a stored Observation carries; nullopt if it has no such extension. Parts that
/// are not ours, or not of their type, are passed over: the body may have come over FHIR.
std::optional<CycleContext> read_context(const fhir::Json& observation);

/// Puts `context` in place of the extension and the mirror tags an Observation has, where they
/// stood; in front if it had none.
void replace_context(fhir::Json& observation, const CycleContext& context);

}  // namespace gateway::mapping
