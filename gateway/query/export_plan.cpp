#include <algorithm>

#include "gateway/fhir/search/encoding.hpp"
#include "gateway/fhir/search/values.hpp"
#include "gateway/query/export_writer.hpp"
#include "gateway/query/restrict.hpp"
#include "gateway/query/whole.hpp"

namespace gateway::query {
namespace {

using fhir::search::ExportOf;
using fhir::search::ExportQuery;
using security::Interaction;

/// What every search of this export asks beside a filter.
std::string common(const ExportJob& job, const ExportQuery& asked, std::string_view type) {
  std::string text;
  const auto add = [&text](std::string_view name, const std::string& value) {
    text.append(text.empty() ? "" : "&").append(name).append("=") +=
        fhir::search::form_encoded(value);
  };
  // Instants are points here: "later than" is later than the point, whatever its precision.
  const auto bound = [&add](const std::string& prefix, const std::string& said) {
    if (const auto instant = fhir::search::since_instant(said))
      add("_lastUpdated", prefix + precise_text(*instant));
  };
  bound("gt", asked.since);
  bound("lt", asked.until);
  if (job.of == ExportOf::everything) return text;
  const bool is_patient = type == "Patient";
  if (asked.patients.empty()) {
    if (!is_patient) add("patient:missing", "false");
    return text;
  }
  std::string ids;
  for (const std::string& id : asked.patients) ids += (ids.empty() ? "" : ",") + id;
  add(is_patient ? "_id" : "patient", ids);
  return text;
}

base::Result<fhir::search::Query> search_for(const security::Principal& who, std::string_view type,
                                             const std::string& filter) {
  auto query = fhir::search::parse(type, filter);
  if (!query) return query.error();
  if (auto plain = no_controls(*query); !plain) return plain.error();
  if (auto linked = restrict_links(who, query->criteria); !linked) return linked.error();
  return query;
}

base::Result<void> add_stages(std::vector<ExportStage>& plan, const ExportJob& job,
                              const ExportQuery& asked, const std::string& type,
                              std::vector<fhir::search::Criterion> scope) {
  const auto who = job.principal();
  auto all = fhir::search::parse(type, common(job, asked, type));
  if (!all) return all.error();
  ExportStage stage{.type = type,
                    .query = *std::move(all),
                    .scope = std::move(scope),
                    .excerpt = excerpt_for(asked, type)};
  std::vector<fhir::search::Query> filters;
  for (const auto& [of, filter] : asked.filters) {
    if (of != type) continue;
    auto query = search_for(who, type, filter);
    if (!query) return query.error();
    filters.push_back(*std::move(query));
  }
  if (filters.empty()) plan.push_back(stage);
  for (std::size_t i = 0; i < filters.size(); ++i) {
    ExportStage filtered = stage;
    for (const auto& criterion : filters[i].criteria) filtered.query.criteria.push_back(criterion);
    filtered.earlier.assign(filters.begin(), filters.begin() + static_cast<std::ptrdiff_t>(i));
    plan.push_back(std::move(filtered));
  }
  return {};
}

}  // namespace

base::Result<std::vector<ExportStage>> plan_of(const ExportJob& job) {
  const auto asked = job.asked();
  if (!asked) return asked.error();
  const auto who = job.principal();
  std::vector<ExportStage> plan;
  if (job.of == ExportOf::group && job.members.empty()) return plan;
  ExportStage deletions{.is_of_deletions = true};
  std::optional<base::Error> refusal;
  for (const std::string& type : asked->types) {
    auto scope = restricted(who, Interaction::search, type);
    if (!scope) {
      if (asked->names_types) return scope.error();
      refusal = scope.error();
      continue;
    }
    // What is gone has no rows that a restriction could be asked of.
    if (scope->empty()) deletions.types.push_back(type);
    if (auto added = add_stages(plan, job, *asked, type, *std::move(scope)); !added)
      return added.error();
  }
  if (plan.empty()) return refusal.value_or(base::Error{});
  if (!asked->since.empty() && !deletions.types.empty()) plan.push_back(std::move(deletions));
  return plan;
}

}  // namespace gateway::query
