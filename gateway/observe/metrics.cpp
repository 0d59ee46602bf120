#include "gateway/observe/metrics.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <map>

#include "gateway/base/result.hpp"
#include "gateway/observe/names.hpp"

namespace gateway::observe {
namespace {

/// Label values escaped as the text format asks: backslash, quote and line feed.
std::string escaped(std::string_view value) {
  std::string out;
  for (const char c : value) {
    if (c == '\\' || c == '"') out += '\\';
    if (c == '\n')
      out += "\\n";
    else
      out += c;
  }
  return out;
}

/// `a="x",b="y"`: also the key of a series, so the same labels in the same order are one series.
std::string printed(const Labels& labels) {
  std::string out;
  for (const auto& [name, value] : labels) {
    if (!out.empty()) out += ',';
    out += name;
    out += "=\"";
    out += escaped(value);
    out += '"';
  }
  return out;
}

std::string number(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
  std::array<char, 64> text;
  // 0.0005 rather than 5e-04: bounds are label values that people type into queries.
  const auto form = std::abs(value) < 1e15 && (value == 0 || std::abs(value) > 1e-9)
                        ? std::chars_format::fixed
                        : std::chars_format::scientific;
  const auto end = std::to_chars(text.data(), text.data() + text.size(), value, form).ptr;
  return {text.data(), end};
}

void line(std::string& out, std::string_view name, const std::string& labels,
          const std::string& value) {
  out += name;
  if (!labels.empty()) out.append("{").append(labels).append("}");
  out.append(" ").append(value).append("\n");
}

template <class Instrument>
using Series = std::map<std::string, std::unique_ptr<Instrument>>;  // by printed labels
template <class Instrument>
using Families = std::map<std::string, Series<Instrument>, std::less<>>;

template <class Instrument, class Make>
Instrument& find_or_make(Families<Instrument>& families, std::string_view name,
                         const Labels& labels, Make make) {
  auto family = families.find(name);
  if (family == families.end())
    family = families.emplace(std::string(name), Series<Instrument>{}).first;
  auto& place = family->second[printed(labels)];
  if (!place) place = make();
  return *place;
}

}  // namespace

Histogram::Histogram(std::vector<double> bounds)
    : bounds_(std::move(bounds)),
      counts_(std::make_unique<std::atomic<std::int64_t>[]>(bounds_.size() + 1)) {
  base::invariant(std::is_sorted(bounds_.begin(), bounds_.end()), "bounds of a histogram ascend");
}

void Histogram::observe(double value) {
  const auto at = std::lower_bound(bounds_.begin(), bounds_.end(), value) - bounds_.begin();
  counts_[static_cast<std::size_t>(at)].fetch_add(1, std::memory_order_relaxed);
  double before = sum_.load(std::memory_order_relaxed);
  while (!sum_.compare_exchange_weak(before, before + value, std::memory_order_relaxed)) {
  }
}

void Histogram::print(std::string& out, std::string_view name, const std::string& labels) const {
  const std::string base(name);
  const std::string first = labels.empty() ? "" : labels + ",";
  std::int64_t running = 0;
  for (std::size_t i = 0; i <= bounds_.size(); ++i) {
    running += counts_[i].load(std::memory_order_relaxed);
    const std::string bound = i == bounds_.size() ? "+Inf" : number(bounds_[i]);
    line(out, base + "_bucket", first + "le=\"" + bound + "\"", std::to_string(running));
  }
  line(out, base + "_sum", labels, number(sum_.load(std::memory_order_relaxed)));
  line(out, base + "_count", labels, std::to_string(running));
}

void Histogram::add_to(std::vector<std::int64_t>& counts) const {
  counts.resize(bounds_.size() + 1);
  for (std::size_t i = 0; i <= bounds_.size(); ++i)
    counts[i] += counts_[i].load(std::memory_order_relaxed);
}

namespace {

/// The value of a label in printed labels; ours hold no quotes that are escaped.
std::string value_of(const std::string& labels, std::string_view label) {
  const std::string begin = std::string(label) + "=\"";
  auto at = labels.starts_with(begin) ? 0 : labels.find("," + begin);
  if (at == std::string::npos) return "";
  at = labels.find('"', at) + 1;
  return labels.substr(at, labels.find('"', at) - at);
}

/// Where so much of what the buckets count is not above.
double within_buckets(const std::vector<std::int64_t>& counts, const std::vector<double>& bounds,
                      double wanted) {
  double below = 0;
  for (std::size_t i = 0; i < bounds.size(); ++i) {
    const auto here = static_cast<double>(counts[i]);
    const double begin = i == 0 ? 0 : bounds[i - 1];
    if (here > 0 && below + here >= wanted)
      return begin + (bounds[i] - begin) * (wanted - below) / here;
    below += here;
  }
  return bounds.back();
}

}  // namespace

struct Metrics::State {
  std::mutex mutex;  // guards the maps, not the instruments
  Families<Counter> counters;
  Families<Gauge> gauges;
  Families<Histogram> histograms;
  std::vector<std::function<void()>> asks;
};

Metrics::Metrics() : state_(std::make_unique<State>()) {}
Metrics::~Metrics() = default;

Counter& Metrics::counter(std::string_view name, const Labels& labels) {
  const std::lock_guard lock(state_->mutex);
  return find_or_make(state_->counters, name, labels, [] { return std::make_unique<Counter>(); });
}

Gauge& Metrics::gauge(std::string_view name, const Labels& labels) {
  const std::lock_guard lock(state_->mutex);
  return find_or_make(state_->gauges, name, labels, [] { return std::make_unique<Gauge>(); });
}

Histogram& Metrics::seconds(std::string_view name, const Labels& labels) {
  const std::lock_guard lock(state_->mutex);
  return find_or_make(state_->histograms, name, labels, [] {
    return std::make_unique<Histogram>(std::vector<double>{
        0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15, 30});
  });
}

Histogram& Metrics::sizes(std::string_view name, const Labels& labels) {
  const std::lock_guard lock(state_->mutex);
  return find_or_make(state_->histograms, name, labels, [] {
    return std::make_unique<Histogram>(
        std::vector<double>{1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096});
  });
}

void Metrics::before_print(std::function<void()> ask) {
  const std::lock_guard lock(state_->mutex);
  state_->asks.push_back(std::move(ask));
}

std::map<std::string, double> Metrics::sums(std::string_view name, std::string_view label) const {
  const std::lock_guard lock(state_->mutex);
  std::map<std::string, double> out;
  if (const auto family = state_->counters.find(name); family != state_->counters.end())
    for (const auto& [labels, counter] : family->second)
      out[value_of(labels, label)] += static_cast<double>(counter->value());
  if (const auto family = state_->gauges.find(name); family != state_->gauges.end())
    for (const auto& [labels, gauge] : family->second)
      out[value_of(labels, label)] += gauge->value();
  return out;
}

std::optional<double> Metrics::quantile(std::string_view name, double share) const {
  const std::lock_guard lock(state_->mutex);
  const auto family = state_->histograms.find(name);
  if (family == state_->histograms.end()) return std::nullopt;
  std::vector<std::int64_t> counts;
  std::int64_t all = 0;
  for (const auto& [labels, histogram] : family->second) histogram->add_to(counts);
  for (const auto count : counts) all += count;
  if (all == 0) return std::nullopt;
  return within_buckets(counts, family->second.begin()->second->bounds(),
                        share * static_cast<double>(all));
}

std::string Metrics::print() {
  std::vector<std::function<void()>> asks;
  {
    const std::lock_guard lock(state_->mutex);
    asks = state_->asks;
  }
  for (const auto& ask : asks) ask();  // without the lock: an ask may look its gauge up

  const std::lock_guard lock(state_->mutex);
  std::string out;
  const auto head = [&out](std::string_view name, std::string_view type) {
    for (const auto& [known, text] : names::help)
      if (known == name) out.append("# HELP ").append(name).append(" ").append(text).append("\n");
    out.append("# TYPE ").append(name).append(" ").append(type).append("\n");
  };
  for (const auto& [name, series] : state_->counters) {
    head(name, "counter");
    for (const auto& [labels, counter] : series)
      line(out, name, labels, std::to_string(counter->value()));
  }
  for (const auto& [name, series] : state_->gauges) {
    head(name, "gauge");
    for (const auto& [labels, gauge] : series) line(out, name, labels, number(gauge->value()));
  }
  for (const auto& [name, series] : state_->histograms) {
    head(name, "histogram");
    for (const auto& [labels, histogram] : series) histogram->print(out, name, labels);
  }
  return out;
}

}  // namespace gateway::observe
