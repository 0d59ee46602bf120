#pragma once
#include <string_view>

#include "gateway/fhir/writer.hpp"
#include "gateway/store/journal.hpp"

namespace gateway::http::admin {

/// "AA", "AE", "AR": how the sender was answered.
std::string_view code_of(const store::ArrivalLine& line);
/// The members that lists show of an arrival; nothing of what stands in it.
void write_line(fhir::JsonWriter& out, const store::ArrivalLine& line);

}  // namespace gateway::http::admin
