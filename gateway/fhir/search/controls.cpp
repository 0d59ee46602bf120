#include <algorithm>
#include <charconv>
#include <set>

#include "gateway/fhir/search/criterion.hpp"
#include "gateway/fhir/search/encoding.hpp"
#include "gateway/fhir/search/values.hpp"

namespace gateway::fhir::search {

base::Result<std::size_t> page_size(const std::string& value) {
  constexpr std::size_t most_rows = 1000;
  std::size_t rows = 0;
  const auto read = std::from_chars(value.data(), value.data() + value.size(), rows);
  if (read.ec != std::errc() || read.ptr != value.data() + value.size() || rows == 0)
    return bad_value("_count", "is no number of rows", "give 1 to 1000");
  return std::min(rows, most_rows);
}

base::Result<base::Instant> since_instant(const std::string& value) {
  const auto time = base::parse_fhir_time(value);
  if (!time || time->precision <= base::PartialTime::Precision::day || !time->offset_minutes)
    return bad_value("_since", "is no instant", "give 2025-03-22T09:30:00Z; a + is %2B in a URL");
  return base::Instant{time->instant_begin()};
}

base::Error unknown_control(std::string_view name, std::string_view whose, std::string_view known) {
  return {base::ErrorKind::unsupported,
          std::string(unknown_parameter_code) + ' ' + printable(name) + " is no parameter of " +
              std::string(whose),
          "http." + printable(name), "these are: " + std::string(known)};
}

base::Result<void> each_control(
    std::string_view query,
    const std::function<base::Result<void>(const std::string&, const std::string&)>& take) {
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
    if (auto taken = take(*name, *value); !taken) return taken.error();
  }
  return {};
}

}  // namespace gateway::fhir::search
