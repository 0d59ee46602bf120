#include <algorithm>
#include <set>

#include "gateway/app/timeline_chart.hpp"

namespace gateway::app {
namespace {

constexpr std::size_t between = 2;  // blanks between columns

/// Lines of one cell.
using Lines = std::vector<std::string>;

/// The range of a line, if every result that has one has the same: then it stands at its head.
std::string common_range(const ChartSeries& series) {
  std::set<std::string> ranges;
  for (const ChartEntry& entry : series.entries)
    if (!entry.range.empty()) ranges.insert(entry.range);
  return ranges.size() == 1 ? *ranges.begin() : "";
}

/// What stands below the name.
std::string below(const ChartSeries& series) {
  const std::string range = common_range(series);
  if (range.empty()) return series.details;
  return series.details + (series.details.empty() ? "[" : " [") + range + "]";
}

Lines cell(const ChartSeries& series, std::size_t column, bool with_range) {
  Lines lines;
  for (const ChartEntry& entry : series.entries) {
    if (entry.column != column) continue;
    lines.push_back(entry.text);
    if (with_range && !entry.range.empty()) lines.push_back("[" + entry.range + "]");
    lines.insert(lines.end(), entry.more.begin(), entry.more.end());
  }
  return lines;
}

std::size_t widest(const Lines& lines) {
  std::size_t most = 0;
  for (const auto& line : lines) most = std::max(most, columns_of(line));
  return most;
}

class Drawing {
 public:
  Drawing(const Chart& chart, const Paper& paper) : chart_(chart), paper_(paper) {
    for (const ChartSeries& series : chart.series)
      label_ = std::max({label_, columns_of(series.name), columns_of(below(series)) + 2});
    label_ = std::min(label_, std::max<std::size_t>(20, paper.width * 2 / 5));
    for (std::size_t at = 0; at < chart.columns.size(); ++at) {
      std::size_t width = widest(head(at));
      for (const ChartSeries& series : chart.series)
        width = std::max(width, widest(cell(series, at, common_range(series).empty())));
      widths_.push_back(width);
    }
  }

  std::string draw() {
    for (const std::string& piece : wrapped(chart_.title, paper_.width)) line(piece);
    for (std::size_t from = 0; from < widths_.size();) {
      std::size_t to = from, used = label_ + 1;  // the bar and the first blank are `between`
      while (to < widths_.size() && (to == from || used + between + widths_[to] <= paper_.width))
        used += between + widths_[to++];
      line("");
      block(from, to, std::min(used, paper_.width));
      from = to;
    }
    if (!chart_.remarks.empty()) line("");
    for (const std::string& remark : chart_.remarks) {
      std::string indent;
      for (const std::string& piece : wrapped(remark, paper_.width - 2)) {
        line(indent + piece);
        indent = "  ";
      }
    }
    return out_;
  }

 private:
  Lines head(std::size_t at) const {
    const ChartColumn& column = chart_.columns[at];
    return {column.group, column.group_date, column.timing, column.collected};
  }
  bool begins_group(std::size_t at, std::size_t from) const {
    return at == from || chart_.columns[at].group != chart_.columns[at - 1].group ||
           chart_.columns[at].group_date != chart_.columns[at - 1].group_date;
  }

  void block(std::size_t from, std::size_t to, std::size_t width) {
    std::vector<Lines> heads;
    for (std::size_t at = from; at < to; ++at) {
      heads.push_back(head(at));
      if (!begins_group(at, from)) heads.back()[0] = heads.back()[1] = "";
    }
    for (std::size_t i = 0; i < 4; ++i) {
      Lines row;
      for (const Lines& one : heads) row.push_back(one[i]);
      if (widest(row) > 0) print_row("", row, from);
    }
    std::string rule;
    for (std::size_t i = 0; i < width; ++i) rule += paper_.utf8 ? "─" : "-";
    line(rule);
    for (const ChartSeries& series : chart_.series) print_series(series, from, to);
  }

  void print_series(const ChartSeries& series, std::size_t from, std::size_t to) {
    const std::string range = common_range(series);
    std::vector<Lines> cells;
    std::size_t height = 0;
    for (std::size_t at = from; at < to; ++at) {
      cells.push_back(cell(series, at, range.empty()));
      height = std::max(height, cells.back().size());
    }
    if (height == 0) return;  // nothing in this block
    Lines label = wrapped(series.name, label_);
    for (const std::string& piece : wrapped(below(series), label_ - 2))
      label.push_back("  " + piece);
    for (std::size_t i = 0; i < std::max(height, label.size()); ++i) {
      Lines row;
      for (const Lines& one : cells) row.push_back(i < one.size() ? one[i] : "");
      print_row(i < label.size() ? label[i] : "", row, from);
    }
  }

  void print_row(const std::string& label, const Lines& cells, std::size_t from) {
    std::string text = padded(label, label_ + 1) + (paper_.utf8 ? "│" : "|");
    for (std::size_t i = 0; i < cells.size(); ++i)
      text += std::string(i == 0 ? 1 : between, ' ') + padded(cells[i], widths_[from + i]);
    text.erase(text.find_last_not_of(' ') + 1);
    line(text);
  }

  void line(const std::string& text) { out_ += text + "\n"; }

  const Chart& chart_;
  const Paper& paper_;
  std::size_t label_ = 0;            // columns of the names
  std::vector<std::size_t> widths_;  // of the other columns
  std::string out_;
};

}  // namespace

std::string drawn(const Chart& chart, const Paper& paper) {
  return Drawing(chart, paper).draw();
}

}  // namespace gateway::app
