#include "gateway/fhir/search/export.hpp"

#include <algorithm>
#include <array>

#include "gateway/fhir/bundle.hpp"
#include "gateway/fhir/search/encoding.hpp"
#include "gateway/fhir/search/everything.hpp"
#include "gateway/fhir/search/parameters.hpp"
#include "gateway/fhir/search/values.hpp"

namespace gateway::fhir::search {
namespace {

constexpr std::string_view known =
    "_type, _since, _until, _typeFilter, _elements, _outputFormat, patient";
constexpr auto formats =
    std::to_array<std::string_view>({"application/fhir+ndjson", "application/ndjson", "ndjson"});

std::vector<std::string> all_types(ExportOf of) {
  std::vector<std::string> types;
  if (of != ExportOf::everything) {
    for (const auto type : compartment_types()) types.emplace_back(type);
    return types;
  }
  for (const auto type : served_types())
    if (is_searchable(type)) types.emplace_back(type);
  return types;
}

class Reading {
 public:
  Reading(ExportOf of, bool lenient) : all_(all_types(of)), of_(of), lenient_(lenient) {}
  base::Result<void> take(const std::string& name, const std::string& value);
  base::Result<ExportQuery> read();

 private:
  base::Result<void> types(const std::string& value);
  base::Result<void> filters(std::string_view value);
  base::Result<void> elements(const std::string& value);
  base::Result<void> patients(const std::string& value);
  base::Result<void> moment(const std::string& name, const std::string& value, std::string& into);
  bool is_exported(std::string_view type) const {
    return std::ranges::find(all_, type) != all_.end();
  }

  const std::vector<std::string> all_;
  const ExportOf of_;
  const bool lenient_;
  ExportQuery out_;
};

base::Result<void> Reading::types(const std::string& value) {
  for (const auto part : split_escaped(value, ',')) {
    const std::string type(part);
    if (!is_exported(type)) {
      if (!lenient_)
        return bad_value("_type", "names a type that is not exported here",
                         of_ != ExportOf::everything
                             ? "Patient/$export gives what is about patients; $export gives all"
                             : "GET /fhir/metadata lists what is searched");
      out_.ignored.emplace_back("_type");
      continue;
    }
    if (std::ranges::find(out_.types, type) == out_.types.end()) out_.types.push_back(type);
  }
  return {};
}

/// Filters stand behind one another, with a comma between; one belongs to a filter where no
/// `Type?` follows it.
base::Result<void> Reading::filters(std::string_view value) {
  while (!value.empty()) {
    std::size_t end = value.find(',');
    const auto begins_another = [&value](std::size_t comma) {
      const auto rest = value.substr(comma + 1);
      const auto question = rest.find('?');
      return question != rest.npos && is_served(rest.substr(0, question));
    };
    while (end != value.npos && !begins_another(end)) end = value.find(',', end + 1);
    const auto one = value.substr(0, end);
    value.remove_prefix(end == value.npos ? value.size() : end + 1);
    const auto question = std::min(one.find('?'), one.size());
    const std::string type(one.substr(0, question));
    if (question == one.size() || !is_exported(type))
      return bad_value("_typeFilter", "is no search of a type that is exported",
                       "write it as Observation?code=8112-5, percent-encoded");
    out_.filters.emplace_back(type, one.substr(question + 1));
  }
  return {};
}

base::Result<void> Reading::elements(const std::string& value) {
  for (const auto part : split_escaped(value, ',')) {
    const auto dot = part.find('.');
    const bool names_type = dot != part.npos && !part.empty() && part[0] >= 'A' && part[0] <= 'Z';
    const auto type = names_type ? part.substr(0, dot) : std::string_view();
    const auto element = names_type ? part.substr(dot + 1) : part;
    if (element.empty() || element.find('.') != element.npos)
      return bad_value("_elements", "names no element of the first level",
                       "write status or Observation.status");
    out_.elements.emplace_back(type, element);
  }
  return {};
}

base::Result<void> Reading::patients(const std::string& value) {
  constexpr std::string_view stem = "Patient/";
  for (auto part : split_escaped(value, ',')) {
    if (part.starts_with(stem)) part.remove_prefix(stem.size());
    if (!is_id(part))
      return bad_value("patient", "is no patient of this server", "give Patient/ID");
    if (std::ranges::find(out_.patients, part) == out_.patients.end())
      out_.patients.emplace_back(part);
  }
  if (out_.patients.size() > most_export_patients)
    return base::Error{base::ErrorKind::unsupported,
                       "search-too-costly these are more than 1,000 patients", "http.patient",
                       "ask for them in several exports, or for all"};
  return {};
}

base::Result<void> Reading::moment(const std::string& name, const std::string& value,
                                   std::string& into) {
  if (!into.empty())
    return base::Error{base::ErrorKind::malformed, "duplicate-control " + name + " is there twice",
                       "http." + name, "say it once"};
  if (!since_instant(value))
    return bad_value(name, "is no instant", "give 2025-03-24T10:00:00Z, with its offset");
  into = value;
  return {};
}

base::Result<void> Reading::take(const std::string& name, const std::string& value) {
  if (name == "_type") {
    out_.names_types = true;
    return types(value);
  }
  if (name == "_since") return moment(name, value, out_.since);
  if (name == "_until") return moment(name, value, out_.until);
  if (name == "_typeFilter") return filters(value);
  if (name == "_elements") return elements(value);
  if (name == "patient" && of_ != ExportOf::everything) return patients(value);
  if (name == "_outputFormat") {
    auto format = value;
    std::ranges::replace(format, ' ', '+');  // `+` may stand for itself
    if (std::ranges::find(formats, format) != formats.end()) return {};
    return bad_value(name, "is no format of an export", "ask for application/fhir+ndjson");
  }
  if (name == "_" || name == "_format" || name == "_pretty") return {};  // the door reads these
  if (!lenient_) return unknown_control(name, "an export", known);
  out_.ignored.push_back(name);
  return {};
}

base::Result<ExportQuery> Reading::read() {
  if (out_.names_types && out_.types.empty())
    return bad_value("_type", "names no type that is exported here",
                     "GET /fhir/metadata lists what is searched");
  if (!out_.names_types) out_.types = all_;
  for (const auto& [type, query] : out_.filters)
    if (std::ranges::find(out_.types, type) == out_.types.end())
      return bad_value("_typeFilter", "is of a type that _type leaves out", "name it in _type");
  return std::move(out_);
}

}  // namespace

base::Result<ExportQuery> parse_export(std::string_view query, ExportOf of, bool lenient) {
  Reading reading(of, lenient);
  while (!query.empty()) {
    const auto end = std::min(query.find('&'), query.size());
    const auto pair = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    if (pair.empty()) continue;
    const auto equals = std::min(pair.find('='), pair.size());
    const auto name = form_decoded(pair.substr(0, equals));
    const auto value = form_decoded(pair.substr(std::min(equals + 1, pair.size())));
    if (!name || !value) return bad_value("?", "is not percent-encoded UTF-8");
    if (auto taken = reading.take(*name, *value); !taken) return taken.error();
  }
  return reading.read();
}

Excerpt excerpt_for(const ExportQuery& query, std::string_view type) {
  Excerpt excerpt;
  for (const auto& [of, element] : query.elements)
    if (of.empty() || of == type) excerpt.names.push_back(element);
  if (!excerpt.names.empty()) excerpt.form = Excerpt::Form::elements;
  return excerpt;
}

}  // namespace gateway::fhir::search
