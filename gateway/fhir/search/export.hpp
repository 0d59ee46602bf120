#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/base/result.hpp"
#include "gateway/fhir/excerpt.hpp"

namespace gateway::fhir::search {

/// What an export is of (Bulk Data Access 2.0, endpoints): all there is, what is about patients, or
/// about the members of a Group.
enum class ExportOf { everything, patients, group };

/// What an export is asked with (Bulk Data Access 2.0, kick-off, query parameters).
struct ExportQuery {
  std::vector<std::string> types;  // of the resources, in order; never none
  bool names_types = false;        // they were asked for; else they are all that there are
  std::string since, until;        // instants as they were said; "": open
  /// Of a type, a search that its resources must meet; of several any.
  std::vector<std::pair<std::string, std::string>> filters;
  /// Of a type ("": any), an element that is wanted; none: whole resources.
  std::vector<std::pair<std::string, std::string>> elements;
  std::vector<std::string> patients;  // ids; none: all
  std::vector<std::string> ignored;   // names left out under `handling=lenient`
};

/// The most patients that an export names.
inline constexpr std::size_t most_export_patients = 1000;

/// Reads it. Errors as those of parse(); `lenient`: what is not served is skipped and named in
/// `ignored`. That the filters can be searched by is for the caller to try.
base::Result<ExportQuery> parse_export(std::string_view query, ExportOf of, bool lenient);

/// How much of a resource of that type is wanted.
Excerpt excerpt_for(const ExportQuery& query, std::string_view type);

}  // namespace gateway::fhir::search
