#include "gateway/fhir/search/history.hpp"

#include <algorithm>
#include <charconv>

#include "gateway/fhir/search/encoding.hpp"
#include "gateway/fhir/search/values.hpp"

namespace gateway::fhir::search {
namespace {

constexpr std::chrono::seconds longest_wait{60};

base::Result<void> take(HistoryQuery& asked, const std::string& name, const std::string& value) {
  if (name == "_cursor") {
    asked.cursor = value;
    return {};
  }
  if (name == "_since") {
    const auto since = since_instant(value);
    if (!since) return since.error();
    asked.since = *since;
  } else if (name == "_count") {
    const auto rows = page_size(value);
    if (!rows) return rows.error();
    asked.count = *rows;
  } else if (name == "_after") {
    asked.after = value;
    return {};
  } else if (name == "_wait") {
    int seconds = 0;
    const auto read = std::from_chars(value.data(), value.data() + value.size(), seconds);
    if (read.ec != std::errc() || read.ptr != value.data() + value.size() || seconds < 0)
      return bad_value("_wait", "is no number of seconds", "give 0 to 60");
    asked.wait = std::min(std::chrono::seconds(seconds), longest_wait);
    return {};
  } else {
    return unknown_control(name, "a history", "_since, _count, _after, _wait");
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
  if (asked.after ? !asked.cursor.empty() || asked.since : asked.wait.count() != 0)
    return bad_value(asked.after ? "_after" : "_wait", "is of the change feed",
                     "give _after, with _wait and _count at most");
  return asked;
}

}  // namespace gateway::fhir::search
