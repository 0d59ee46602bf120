#pragma once
#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "gateway/app/paper.hpp"
#include "gateway/fhir/json.hpp"

namespace gateway::app {

/// One point of time in the chart: a day of a cycle, an age of gestation, or a collection of which
/// neither was said.
struct ChartColumn {
  std::string group, group_date;  // "last period", "2025-03-02"; "week 7", ""
  std::string timing, collected;  // "day 21", "2025-03-22"
};

/// What a cell says: a value as sent with the laboratory's flag, and what is remarkable about it.
struct ChartEntry {
  std::size_t column = 0;
  std::string text, range;
  std::vector<std::string> more;  // further lines
};

/// One line: what was measured the same way. Unit, sample, layer, method and ratio are part of it.
struct ChartSeries {
  std::string key, code;  // what makes it one; what it stands beside
  std::string name, details;
  std::vector<ChartEntry> entries;
};

struct Chart {
  std::string title;
  std::vector<ChartColumn> columns;
  std::vector<ChartSeries> series;
  std::vector<std::string> remarks;  // one a conflict or issue
};

/// Reads the answer to `$cycle-timeline`. Every text is printable on the paper. Values are said as
/// they stand; nothing is compared with a range, computed or filled in.
Chart chart_of(const fhir::Json& answer, const Paper& paper);

/// The chart as lines, as wide as the paper: what does not fit stands in a further block.
std::string drawn(const Chart& chart, const Paper& paper);

}  // namespace gateway::app
