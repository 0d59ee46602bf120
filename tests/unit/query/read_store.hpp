#pragma once
#include <gtest/gtest.h>

#include "gateway/fhir/search/index.hpp"
#include "gateway/observe/metrics.hpp"
#include "gateway/query/reader.hpp"
#include "gateway/store/sqlite/engine.hpp"

#include "tests/support/files.hpp"
#include "tests/support/hand_clock.hpp"

namespace gateway::query::tests {

/// A store with a reader, and what it takes to write into it.
class ReadStore : public testing::Test {
 protected:
  ReadStore() {
    auto opened = store::sqlite::open({.file = folder_.path() / "gateway.db", .min_free_bytes = 1},
                                      clock_, metrics_);
    if (!opened) throw std::runtime_error(opened.error().text());
    store_ = *std::move(opened);
    reader_ = std::make_unique<Reader>(*store_, clock_);
  }

  /// `members`: what stands behind `meta`, with a comma before it.
  static store::VersionWrite version(const fhir::ResourceKey& key, const std::string& members,
                                     std::int64_t follows = 0) {
    store::VersionWrite version;
    version.key = key;
    version.follows = follows;
    version.body = R"({"resourceType":")" + key.type + R"(","id":")" + key.id + R"(","meta":{})" +
                   members + "}";
    version.index = fhir::search::index_rows(key, *fhir::JsonView::read(version.body), {});
    return version;
  }
  /// One message that wrote all of them.
  void commit(std::vector<store::VersionWrite> versions) {
    store::Entry entry;
    entry.arrival.bytes = "m" + std::to_string(++messages_);
    entry.arrival.key = {"S", entry.arrival.bytes, base::sha256(entry.arrival.bytes)};
    entry.arrival.size = entry.arrival.bytes.size();
    entry.versions = std::move(versions);
    entry.audit.push_back({"ingest", {1}, "CN=lab", "mllp", "AA", {}, ""});
    const std::vector<store::Entry> entries{std::move(entry)};
    const auto outcomes = store_->commit(entries);
    ASSERT_TRUE(outcomes) << outcomes.error().text();
  }

  ::tests::TemporaryFolder folder_;
  ::tests::HandClock clock_;
  observe::Metrics metrics_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<Reader> reader_;

 private:
  int messages_ = 0;
};

}  // namespace gateway::query::tests
