#include "gateway/fhir/search/everything.hpp"

#include "gateway/fhir/search/encoding.hpp"
#include "gateway/fhir/search/values.hpp"

namespace gateway::fhir::search {
namespace {

base::Result<void> take(EverythingQuery& asked, const std::string& name, const std::string& value) {
  if (name == "_cursor") {
    asked.cursor = value;
    return {};
  }
  if (name == "_type") {
    for (const auto type : split_escaped(value, ',')) {
      if (!is_searchable(type))
        return bad_value("_type", "names no type that is searched",
                         "GET /fhir/metadata lists them");
      asked.types.emplace_back(type);
    }
  } else if (name == "_since") {
    if (auto since = since_instant(value); !since) return since.error();
    asked.since = "ge" + value;
  } else if (name == "start" || name == "end") {
    asked.dates.push_back((name == "start" ? "ge" : "le") + value);
    if (!match_of(*find_parameter("Observation", "date"), asked.dates.back()))
      return bad_value(name, "is no date", "give 2025-03-22");
  } else if (name == "_count") {
    const auto rows = page_size(value);
    if (!rows) return rows.error();
    asked.count = *rows;
  } else {
    return unknown_control(name, "$everything", "_since, _type, start, end, _count");
  }
  asked.self += (asked.self.empty() ? "" : "&") + name + '=' + form_encoded(value);
  return {};
}

}  // namespace

base::Result<EverythingQuery> parse_everything(std::string_view query) {
  EverythingQuery asked;
  auto read = each_control(query, [&asked](const std::string& name, const std::string& value) {
    return take(asked, name, value);
  });
  if (!read) return read.error();
  return asked;
}

std::vector<std::string_view> compartment_types() {
  return {"Patient",          "RelatedPerson", "Encounter",         "ServiceRequest", "Specimen",
          "DiagnosticReport", "Observation",   "DocumentReference", "Device",         "Provenance"};
}

std::vector<std::string_view> referred_types() {
  return {"Practitioner", "PractitionerRole", "Organization", "Location", "Device"};
}

const Parameter* clinical_date(std::string_view type) {
  return find_parameter(type, type == "Specimen" ? "collected" : "date");
}

}  // namespace gateway::fhir::search
