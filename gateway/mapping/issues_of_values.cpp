#include <algorithm>
#include <array>

#include "gateway/mapping/revise_elements.hpp"
#include "gateway/mapping/revise_resource.hpp"

namespace gateway::mapping {
namespace {

/// What was found in OBX-5 and OBX-6, and stays as long as they do.
constexpr std::array issues_of_values{
    std::string_view("nm-invalid"),       std::string_view("nm-ambiguous-comma"),
    std::string_view("nm-decimal-comma"), std::string_view("nm-thousands-separator"),
    std::string_view("value-repeated"),   std::string_view("value-truncated"),
    std::string_view("unit-unmapped"),    std::string_view("unit-missing"),
    std::string_view("date-invalid"),     std::string_view("unit-property-mismatch")};

}  // namespace

bool is_issue_of_value(std::string_view code) {
  return std::find(issues_of_values.begin(), issues_of_values.end(), code) !=
         issues_of_values.end();
}

void tag_issues_of_value(fhir::Json& to, const fhir::Json& from) {
  for (const auto code : issues_of_values)
    if (has_issue(from, code)) tag_issue(to, code);
}

}  // namespace gateway::mapping
