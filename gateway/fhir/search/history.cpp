#include "gateway/fhir/search/history.hpp"

#include <algorithm>
#include <charconv>
#include <set>

#include "gateway/fhir/search/criterion.hpp"
#include "gateway/fhir/search/encoding.hpp"
#include "gateway/fhir/search/values.hpp"

namespace gateway::fhir::search {
namespace {

constexpr std::size_t most_rows = 1000;

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
    std::size_t rows = 0;
    const auto read = std::from_chars(value.data(), value.data() + value.size(), rows);
    if (read.ec != std::errc() || read.ptr != value.data() + value.size() || rows == 0)
      return bad_value("_count", "is no number of rows", "give 1 to 1000");
    asked.count = std::min(rows, most_rows);
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
  std::set<std::string> seen;
  while (!query.empty()) {
    const std::size_t end = std::min(query.find('&'), query.size());
    const std::string_view pair = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    if (pair.empty()) continue;
    const std::size_t equals = std::min(pair.find('='), pair.size());
    const auto name = form_decoded(pair.substr(0, equals));
    const auto value = form_decoded(pair.substr(std::min(equals + 1, pair.size())));
    if (!name || !value) return bad_value("?", "is not percent-encoded UTF-8");
    if (*name == "_" || *name == "_format" || *name == "_pretty") continue;
    if (!seen.insert(*name).second)
      return base::Error{base::ErrorKind::malformed,
                         "duplicate-control " + printable(*name) + " is there twice",
                         "http." + printable(*name), "say it once"};
    if (auto taken = take(asked, *name, *value); !taken) return taken.error();
  }
  return asked;
}

}  // namespace gateway::fhir::search
