/// Room observe (floor 1): counters, gauges, histograms and their Prometheus text. Does not know
/// who counts.
#pragma once
#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gateway::observe {

/// Label names and values, in the order they print. Values come from configuration or our own
/// tables, never from a message.
using Labels = std::vector<std::pair<std::string, std::string>>;

class Counter {
 public:
  void add(std::int64_t by = 1) { value_.fetch_add(by, std::memory_order_relaxed); }
  std::int64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::int64_t> value_{0};
};

class Gauge {
 public:
  void set(double value) { value_.store(value, std::memory_order_relaxed); }
  double value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<double> value_{0};
};

/// Seconds or counts in buckets.
class Histogram {
 public:
  explicit Histogram(std::vector<double> bounds);
  void observe(double value);
  void print(std::string& out, std::string_view name, const std::string& labels) const;
  /// Adds what is in each bucket to `counts`; its size is made that of the buckets.
  void add_to(std::vector<std::int64_t>& counts) const;
  const std::vector<double>& bounds() const { return bounds_; }

 private:
  std::vector<double> bounds_;
  std::unique_ptr<std::atomic<std::int64_t>[]> counts_;
  std::atomic<double> sum_{0};
};

/// The registry. References it hands out live as long as it does; look them up once and keep them.
class Metrics {
 public:
  Metrics();
  ~Metrics();
  Counter& counter(std::string_view name, const Labels& labels = {});
  Gauge& gauge(std::string_view name, const Labels& labels = {});
  /// Buckets for seconds, 0.5 ms … 30 s.
  Histogram& seconds(std::string_view name, const Labels& labels = {});
  /// Buckets for counts, 1 … 4096.
  Histogram& sizes(std::string_view name, const Labels& labels = {});
  /// What a family counts, or its gauges show, by the value of one label; "" where a series has no
  /// such label. For pages that show figures beside Prometheus.
  std::map<std::string, double> sums(std::string_view name, std::string_view label) const;
  /// Of all series of a histogram together, what so much of it (0 … 1) is not above: as fine as the
  /// buckets, linear within one. nullopt: nothing was observed.
  std::optional<double> quantile(std::string_view name, double share) const;
  /// Called before each print, to set gauges that are asked rather than kept.
  void before_print(std::function<void()> ask);
  /// Prometheus text format 0.0.4.
  std::string print();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace gateway::observe
