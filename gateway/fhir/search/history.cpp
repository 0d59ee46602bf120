#include "gateway/fhir/search/history.hpp"

#include "gateway/fhir/search/criterion.hpp"
#include "gateway/fhir/search/encoding.hpp"
#include "gateway/fhir/search/values.hpp"

namespace gateway::fhir::search {
namespace {

base::Result<void> take(HistoryQuery& asked, const std::string& name, const std::string& value) {
  if (name == "_cursor") {
    asked.cursor = value;
    return {};
  }
  if (name == "_since") {
    const auto time = base::parse_fhir_time(value);
    if (!time || time->precision <= base::PartialTime::Precision::day || !time->offset_minutes)
      return bad_value("_since", "is no instant", "give 2025-03-22T09:30:00Z; a + is %2B in a URL");
    asked.since = base::Instant{time->instant_begin()};
  } else if (name == "_count") {
    const auto rows = page_size(value);
    if (!rows) return rows.error();
    asked.count = *rows;
  } else {
    return base::Error{base::ErrorKind::unsupported,
                       std::string(unknown_parameter_code) + ' ' + printable(name) +
                           " is no parameter of a history",
                       "http." + printable(name), "these are: _since, _count"};
  }
  asked.self += (asked.self.empty() ? "" : "&") + name + '=' + form_encoded(value);
  return {};
}

}  // namespace

base::Result<HistoryQuery> parse_history(std::string_view query) {
  HistoryQuery asked;
  auto read = each_control(query, [&asked](const std::string& name, const std::string& value) {
    return take(asked, name, value);
  });
  if (!read) return read.error();
  return asked;
}

}  // namespace gateway::fhir::search
