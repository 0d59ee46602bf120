#include "gateway/fhir/search/history.hpp"

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
    const auto since = since_instant(value);
    if (!since) return since.error();
    asked.since = *since;
  } else if (name == "_count") {
    const auto rows = page_size(value);
    if (!rows) return rows.error();
    asked.count = *rows;
  } else {
    return unknown_control(name, "a history", "_since, _count");
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
