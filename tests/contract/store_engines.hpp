#pragma once
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "gateway/fhir/canonical.hpp"
#include "gateway/fhir/json.hpp"
#include "gateway/fhir/search/index.hpp"
#include "gateway/fhir/search/query.hpp"
#include "gateway/observe/metrics.hpp"
#include "gateway/store/postgresql/engine.hpp"
#include "gateway/store/sqlite/database.hpp"
#include "gateway/store/sqlite/engine.hpp"
#include "gateway/store/store.hpp"

#include "tests/support/files.hpp"
#include "tests/support/hand_clock.hpp"
#include "tests/support/postgres_cluster.hpp"

namespace tests {

/// An engine of the contract suite: opens its store, and the same store again after it was closed.
struct Sqlite {
  gateway::base::Result<std::unique_ptr<gateway::store::Store>> open(
      const gateway::base::Clock& clock, gateway::observe::Metrics& metrics) {
    return gateway::store::sqlite::open({.file = file(), .min_free_bytes = 1}, clock, metrics);
  }
  /// Makes the bodies an arrival wrote unreadable, behind the engine's back.
  void break_bodies_of(std::int64_t arrival) const {
    script("UPDATE arrival SET pack = x'01deadbeef' WHERE number = " + std::to_string(arrival));
  }
  void script(const std::string& sql) const {
    gateway::store::sqlite::Connection connection;
    EXPECT_TRUE(connection.open(file().string(), SQLITE_OPEN_READWRITE));
    connection.script(sql);
    EXPECT_EQ(connection.failure(), SQLITE_OK) << sql;
  }
  std::filesystem::path file() const { return folder.path() / "store" / "gateway.db"; }
  static constexpr bool has_one_gateway = true, tells_free_bytes = true, leads_by_lists = true,
                        finds_words = true;
  TemporaryFolder folder;
};

/// The same on PostgreSQL: one server for the program, a schema of its own for each store.
struct Postgresql {
  gateway::base::Result<std::unique_ptr<gateway::store::Store>> open(
      const gateway::base::Clock& clock, gateway::observe::Metrics& metrics) {
    return gateway::store::postgresql::open({.url = cluster.url(), .schema = schema}, clock,
                                            metrics);
  }
  void break_bodies_of(std::int64_t arrival) const {
    script("UPDATE arrival SET pack = decode('01deadbeef', 'hex') WHERE number = " +
           std::to_string(arrival));
  }
  void script(const std::string& sql) const {
    cluster.ask("SET search_path = " + schema + "; " + sql);
  }
  static constexpr bool has_one_gateway = false, tells_free_bytes = false, leads_by_lists = false,
                        finds_words = false;
  static std::string next_schema() {
    static int stores = 0;
    return "store_" + std::to_string(++stores);
  }
  PostgresCluster& cluster = PostgresCluster::shared();
  const std::string schema = next_schema();
};

using Engines = testing::Types<Sqlite, Postgresql>;

// ---- what goes in: resources as JSON, indexed as the gateway does ---------------------------

inline std::string system_of(const std::string& name) {
  return gateway::fhir::canonical::code_system(name);
}

/// {"resourceType":…,"id":…,"meta":{META},REST}
inline std::string body_of(const gateway::fhir::ResourceKey& key, const std::string& meta,
                           const std::string& rest) {
  return R"({"resourceType":")" + key.type + R"(","id":")" + key.id + R"(","meta":{)" + meta + "}" +
         (rest.empty() ? "" : ",") + rest + "}";
}

/// An Observation as searches see it; what is empty is left out.
struct Result {
  std::string id, patient = "p1";
  std::string code = "8112-5", own_code = "NKP";
  std::string date = "2025-03-22T09:30:00-05:00";
  std::string value = "14.2", comparator, unit = "%", ucum = "%";
  std::string status = "final", category = "laboratory";
  std::string cycle_day, anchor, offset, phase, sample = "peripheral-blood";
  std::string tag, specimen, order;
};

inline std::string body_of(const Result& r) {
  const auto part = [](const std::string& name, const std::string& member, const std::string& value,
                       bool quote = true) {
    if (value.empty()) return std::string();
    return R"({"url":")" + name + R"(",")" + member + R"(":)" +
           (quote ? '"' + value + '"' : value) + "},";
  };
  const auto list = [](std::string items) {
    if (!items.empty()) items.pop_back();
    return "[" + items + "]";
  };
  std::string tags =
      R"({"system":")" + system_of("sample-type") + R"(","code":")" + r.sample + R"("},)";
  if (!r.tag.empty())
    tags += R"({"system":")" + system_of("gateway-issue") + R"(","code":")" + r.tag + R"("},)";
  const auto context =
      part("day", "valueInteger", r.cycle_day, false) + part("anchor", "valueCode", r.anchor) +
      part("offset", "valueInteger", r.offset, false) + part("phase", "valueCode", r.phase);
  std::string out = R"("extension":[{"url":")" +
                    gateway::fhir::canonical::extension("cycle-context") + R"(","extension":)" +
                    list(context) + R"(},{"url":")" +
                    gateway::fhir::canonical::extension("sample-type") +
                    R"(","valueCodeableConcept":{"coding":[{"system":")" +
                    system_of("sample-type") + R"(","code":")" + r.sample + R"("}]}}])";
  if (!r.order.empty())
    out += R"(,"identifier":[{"system":")" + gateway::fhir::canonical::identifier_system("result") +
           R"(","value":")" + r.order + "|" + r.code + R"(|"}])";
  out +=
      R"(,"status":")" + r.status +
      R"(","category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":")" +
      r.category + R"("}]}],"code":{"coding":[{"system":"http://loinc.org","code":")" + r.code +
      R"("},{"system":"urn:own","code":")" + r.own_code +
      R"("}]},"subject":{"reference":"Patient/)" + r.patient + R"("})";
  if (!r.date.empty()) out += R"(,"effectiveDateTime":")" + r.date + '"';
  if (!r.value.empty()) {
    out += R"(,"valueQuantity":{"value":)" + r.value;
    if (!r.comparator.empty()) out += R"(,"comparator":")" + r.comparator + '"';
    out += R"(,"unit":")" + r.unit + R"(","system":"http://unitsofmeasure.org","code":")" + r.ucum +
           R"("})";
  }
  if (!r.specimen.empty()) out += R"(,"specimen":{"reference":"Specimen/)" + r.specimen + R"("})";
  return body_of({"Observation", r.id}, R"("tag":)" + list(tags), out);
}

inline std::string patient_body(const std::string& id, const std::string& identifier,
                                const std::string& family) {
  return body_of({"Patient", id}, "",
                 R"("identifier":[{"system":"urn:mrn","value":")" + identifier +
                     R"("}],"name":[{"family":")" + family + R"("}],"birthDate":"1989-04-12")");
}

inline gateway::store::VersionWrite written(const gateway::fhir::ResourceKey& key, std::string body,
                                            std::int64_t follows = 0) {
  gateway::store::VersionWrite out;
  out.key = key;
  out.body = std::move(body);
  out.follows = follows;
  out.owner = "SENDER";
  out.order = "F1";
  if (!out.body.empty())
    out.index =
        gateway::fhir::search::index_rows(key, *gateway::fhir::JsonView::read(out.body), {});
  return out;
}

inline gateway::store::VersionWrite written(const Result& result, std::int64_t follows = 0) {
  return written({"Observation", result.id}, body_of(result), follows);
}

inline gateway::store::ArrivalKey key_of(const std::string& control_id, const std::string& bytes) {
  return {"SENDER", control_id, gateway::base::sha256(bytes)};
}

/// An accepted message of SENDER with these versions.
inline gateway::store::Entry message(const std::string& control_id, const std::string& patient,
                                     std::vector<gateway::store::VersionWrite> versions) {
  gateway::store::Entry entry;
  entry.arrival.bytes = "MSH|^~\\&|" + control_id + "|" + patient;
  entry.arrival.key = key_of(control_id, entry.arrival.bytes);
  entry.arrival.size = entry.arrival.bytes.size();
  entry.arrival.listener = "mllp:2575";
  entry.arrival.message_type = "ORU^R01";
  entry.arrival.answer = "AA " + control_id;
  entry.patient.value = patient;
  entry.versions = std::move(versions);
  entry.audit.push_back({"ingest", {1}, "CN=lab", "mllp:2575", "AA", {"Patient/" + patient}, ""});
  return entry;
}

// ---- the fixture ----------------------------------------------------------------------------

template <class EngineUnderTest>
class StoreContract : public testing::Test {
 protected:
  void SetUp() override { reopen(); }

  void reopen() {
    store.reset();
    auto opened = engine.open(clock, metrics);
    ASSERT_TRUE(opened) << opened.error().text();
    store = std::move(*opened);
  }
  /// Commits and expects that all are stored.
  std::vector<gateway::store::Outcome> commit(std::vector<gateway::store::Entry> entries) {
    clock.pass(std::chrono::seconds(1));
    auto outcomes = store->commit(entries);
    EXPECT_TRUE(outcomes) << outcomes.error().text();
    return outcomes ? *outcomes : std::vector<gateway::store::Outcome>{};
  }
  std::vector<gateway::store::Outcome> commit(gateway::store::Entry entry) {
    std::vector<gateway::store::Entry> entries;
    entries.push_back(std::move(entry));
    return commit(std::move(entries));
  }
  /// Each in a message of its own, all in one commit.
  void store_results(std::vector<Result> results) {
    std::vector<gateway::store::Entry> entries;
    for (auto& result : results)
      entries.push_back(message(result.id, result.patient, {written(result)}));
    commit(std::move(entries));
  }
  gateway::base::Result<gateway::store::SearchPage> search(const std::string& type,
                                                           const std::string& query) {
    auto parsed = gateway::fhir::search::parse(type, query);
    if (!parsed) return parsed.error();
    auto snapshot = store->snapshot();
    if (!snapshot) return snapshot.error();
    gateway::store::Search search;
    search.query = &*parsed;
    return (*snapshot)->search(search);
  }
  static std::string joined(const gateway::store::SearchPage& page) {
    std::string out;
    for (const auto& row : page.rows) out += (out.empty() ? "" : " ") + row.version.key.id;
    return out;
  }
  /// The ids a search finds, in order, joined by blanks; or the error's text.
  std::string found(const std::string& query, const std::string& type = "Observation") {
    const auto page = search(type, query);
    if (!page) return "error " + page.error().text();
    return joined(*page);
  }
  std::int64_t store_now() { return (*store->snapshot())->commit(); }
  /// The ids a search finds as of an earlier commit.
  std::string found_then(std::int64_t commit, const std::string& query, const std::string& type) {
    const auto parsed = gateway::fhir::search::parse(type, query);
    if (!parsed) return "error " + parsed.error().text();
    auto snapshot = store->snapshot();
    gateway::store::Search search;
    search.query = &*parsed;
    search.as_of = commit;
    const auto page = (*snapshot)->search(search);
    if (!page) return "error " + page.error().text();
    return joined(*page);
  }
  std::string plan(const std::string& query, const std::string& type = "Observation") {
    const auto parsed = gateway::fhir::search::parse(type, query);
    if (!parsed) return "error " + parsed.error().text();
    auto snapshot = store->snapshot();
    gateway::store::Search search;
    search.query = &*parsed;
    const auto text = (*snapshot)->explain(search);
    return text ? *text : "error " + text.error().text();
  }
  std::optional<gateway::fhir::Version> read(const std::string& type, const std::string& id,
                                             std::optional<std::int64_t> version = {}) {
    auto snapshot = store->snapshot();
    EXPECT_TRUE(snapshot);
    auto out = (*snapshot)->read({type, id}, version);
    EXPECT_TRUE(out) << out.error().text();
    return out ? *out : std::nullopt;
  }
  std::vector<std::string> problems() {
    const auto verification = store->verify();
    EXPECT_TRUE(verification);
    return verification->problems;
  }

  EngineUnderTest engine;
  HandClock clock;
  gateway::observe::Metrics metrics;
  std::unique_ptr<gateway::store::Store> store;
};

}  // namespace tests
