#include "gateway/observe/metrics.hpp"

#include <regex>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/files.hpp"

namespace {

using gateway::observe::Metrics;
using testing::HasSubstr;
using testing::Not;

TEST(Metrics, ACounterIsFoundAgainByNameAndLabels) {
  Metrics metrics;
  metrics.counter("a_total", {{"door", "mllp"}}).add();
  metrics.counter("a_total", {{"door", "mllp"}}).add(2);
  metrics.counter("a_total", {{"door", "https"}}).add();
  EXPECT_EQ(metrics.print(),
            "# TYPE a_total counter\na_total{door=\"https\"} 1\na_total{door=\"mllp\"} 3\n");
}

TEST(Metrics, EveryNameWeHaveSaysWhatItIs) {
  const auto source = tests::read_file(tests::source_dir() / "gateway/observe/names.hpp");
  const std::regex name("\"(immunogate_[a-z_]+)\"");
  int seen = 0;
  for (std::sregex_iterator it(source.begin(), source.end(), name), end; it != end; ++it, ++seen) {
    Metrics metrics;
    metrics.gauge((*it)[1].str());
    const auto text = metrics.print();
    EXPECT_TRUE(text.starts_with("# HELP " + (*it)[1].str() + " ")) << text;
    EXPECT_THAT(text, HasSubstr(".\n# TYPE "));
  }
  EXPECT_GT(seen, 20);
}

TEST(Metrics, AMetricAppearsOnlyWhenSomethingAskedForIt) {
  Metrics metrics;
  EXPECT_EQ(metrics.print(), "");
}

TEST(Metrics, AGaugePrintsWithoutLosingDigits) {
  Metrics metrics;
  metrics.gauge("g").set(1763845200.25);
  EXPECT_THAT(metrics.print(), HasSubstr("\ng 1763845200.25\n"));
}

TEST(Metrics, LabelValuesAreEscaped) {
  Metrics metrics;
  metrics.counter("c_total", {{"x", "a\"b\\c\nd"}}).add();
  EXPECT_THAT(metrics.print(), HasSubstr("c_total{x=\"a\\\"b\\\\c\\nd\"} 1"));
}

TEST(Metrics, HistogramBucketsAreCumulativeAndABoundBelongsToItsBucket) {
  Metrics metrics;
  auto& sizes = metrics.sizes("s", {{"l", "v"}});
  sizes.observe(1);
  sizes.observe(2);
  sizes.observe(3);
  sizes.observe(9999);
  const auto text = metrics.print();
  EXPECT_THAT(text, HasSubstr("s_bucket{l=\"v\",le=\"1\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("s_bucket{l=\"v\",le=\"2\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("s_bucket{l=\"v\",le=\"4\"} 3\n"));
  EXPECT_THAT(text, HasSubstr("s_bucket{l=\"v\",le=\"4096\"} 3\n"));
  EXPECT_THAT(text, HasSubstr("s_bucket{l=\"v\",le=\"+Inf\"} 4\n"));
  EXPECT_THAT(text, HasSubstr("s_sum{l=\"v\"} 10005\n"));
  EXPECT_THAT(text, HasSubstr("s_count{l=\"v\"} 4\n"));
}

TEST(Metrics, SecondsBucketsReachFromHalfAMillisecondToThirtySeconds) {
  Metrics metrics;
  metrics.seconds("t").observe(0.001);
  const auto text = metrics.print();
  EXPECT_THAT(text, HasSubstr("t_bucket{le=\"0.0005\"} 0\n"));
  EXPECT_THAT(text, HasSubstr("t_bucket{le=\"0.001\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("t_bucket{le=\"30\"} 1\n"));
}

TEST(Metrics, GaugesThatAreAskedAreAskedBeforeEachPrint) {
  Metrics metrics;
  int asked = 0;
  metrics.before_print([&] { metrics.gauge("asked").set(++asked); });
  metrics.print();
  EXPECT_THAT(metrics.print(), HasSubstr("asked 2\n"));
}

TEST(Metrics, AreSummedByOneLabelForPagesThatShowThem) {
  Metrics metrics;
  metrics.counter("n_total", {{"listener", "a"}, {"result", "AA"}}).add(2);
  metrics.counter("n_total", {{"listener", "b"}, {"result", "AA"}}).add(3);
  metrics.counter("n_total", {{"listener", "b"}, {"result", "AR"}}).add();
  metrics.gauge("open", {{"kind", "x"}}).set(4);
  EXPECT_EQ(metrics.sums("n_total", "result"),
            (std::map<std::string, double>{{"AA", 5}, {"AR", 1}}));
  EXPECT_EQ(metrics.sums("n_total", "listener"),
            (std::map<std::string, double>{{"a", 2}, {"b", 4}}));
  EXPECT_EQ(metrics.sums("open", "kind"), (std::map<std::string, double>{{"x", 4}}));
  EXPECT_TRUE(metrics.sums("nothing", "kind").empty());
}

TEST(Metrics, AQuantileIsThatOfAllSeriesAsFineAsTheBuckets) {
  Metrics metrics;
  EXPECT_FALSE(metrics.quantile("h", 0.5));
  auto& one = metrics.sizes("h", {{"door", "a"}});
  EXPECT_FALSE(metrics.quantile("h", 0.5));
  for (int i = 0; i < 90; ++i) one.observe(2);
  for (int i = 0; i < 10; ++i) metrics.sizes("h", {{"door", "b"}}).observe(100);
  EXPECT_GT(*metrics.quantile("h", 0.5), 1);
  EXPECT_LE(*metrics.quantile("h", 0.5), 2);
  EXPECT_GT(*metrics.quantile("h", 0.99), 64);
  EXPECT_LE(*metrics.quantile("h", 0.99), 128);
  one.observe(1e9);
  EXPECT_EQ(*metrics.quantile("h", 1), 4096) << "beyond the last bucket nothing is known";
}

TEST(Metrics, CountsFromManyThreadsAreAllThere) {
  Metrics metrics;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&] {
      auto& counter = metrics.counter("n_total");
      auto& histogram = metrics.sizes("h");
      for (int k = 0; k < 1000; ++k) {
        counter.add();
        histogram.observe(1);
      }
    });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(metrics.counter("n_total").value(), 4000);
  EXPECT_THAT(metrics.print(), HasSubstr("h_sum 4000\n"));
}

}  // namespace
