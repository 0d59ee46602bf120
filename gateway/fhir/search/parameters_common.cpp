#include "gateway/fhir/search/parameter_tables.hpp"

namespace gateway::fhir::search::tables {
namespace {

constexpr auto of_common = std::to_array<Parameter>({
    {"*", "_id", Kind::token, "", "Logical id"},
    {"*", "_lastUpdated", Kind::date, "", "When the version was committed"},
    {"*", "_tag", Kind::token, "meta.tag",
     "Tags, among them cycle-day, sample-type, gateway-issue"},
    {"*", "_profile", Kind::uri, "meta.profile",
     "A profile it claims; with :below any version that begins so"},
    {"*", "_security", Kind::token, "meta.security", "A security label"},
    {"*", "_source", Kind::uri, "meta.source", "The sender it came by, as a URL"},
});

}  // namespace

std::span<const Parameter> common() {
  return of_common;
}

}  // namespace gateway::fhir::search::tables
