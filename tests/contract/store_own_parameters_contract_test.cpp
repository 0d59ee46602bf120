#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <utility>

#include <gmock/gmock.h>

#include "tests/contract/own_parameters_asked.hpp"
#include "tests/contract/store_engines.hpp"

namespace tests {
namespace {

using testing::HasSubstr;
using testing::Not;

/// Random results, some corrected and some gone, and what stands of them.
template <class EngineUnderTest>
class OwnParameters : public StoreContract<EngineUnderTest> {
 protected:
  void write(Chance& chance, const std::string& id, std::int64_t follows) {
    const std::string body = RandomResult(chance, id).body();
    const auto json = gateway::fhir::parse_json(body);
    ASSERT_TRUE(json) << json.error().text() << body;
    waiting_.push_back(message("m" + std::to_string(++messages_), "p1",
                               {written({"Observation", id}, body, follows)}));
    standing_[id] = *json;
  }
  void remove(const std::string& id, std::int64_t follows) {
    waiting_.push_back(message("m" + std::to_string(++messages_), "p1",
                               {written({"Observation", id}, "", follows)}));
    standing_.erase(id);
  }
  /// One commit for all that waits.
  void flush() { this->commit(std::exchange(waiting_, {})); }
  std::set<std::string> obvious(const std::vector<Asked>& asked) const {
    std::set<std::string> found;
    for (const auto& [id, body] : standing_)
      if (std::ranges::all_of(asked, [&](const Asked& one) { return holds(body, one); }))
        found.insert(id);
    return found;
  }
  std::set<std::string> stored(const std::string& query) {
    const auto page = this->search("Observation", query + "&_count=1000");
    EXPECT_TRUE(page) << query << ": " << page.error().text();
    std::set<std::string> found;
    if (page)
      for (const auto& row : page->rows) found.insert(row.version.key.id);
    return found;
  }

  std::map<std::string, gateway::fhir::Json> standing_;
  std::vector<gateway::store::Entry> waiting_;
  int messages_ = 0;
};
TYPED_TEST_SUITE(OwnParameters, Engines);

TYPED_TEST(OwnParameters, FindExactlyWhatTheBodiesSay) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  Chance chance(seed);
  for (int i = 0; i < 240; ++i)
    ASSERT_NO_FATAL_FAILURE(this->write(chance, "o" + std::to_string(i), 0));
  this->flush();
  for (int i = 0; i < 60; ++i)
    ASSERT_NO_FATAL_FAILURE(this->write(chance, "o" + std::to_string(i), 1));
  for (int i = 60; i < 80; ++i) this->remove("o" + std::to_string(i), 1);
  this->flush();
  int searches = 0, differences = 0, with_matches = 0;
  for (; searches < 1500; ++searches) {
    std::vector<Asked> asked;
    std::string query;
    for (int i = chance.one_in(3) ? chance.between(2, 3) : 1; i > 0; --i) {
      asked.push_back(ask(chance));
      if (chance.one_in(4)) asked.push_back(asked.back());  // repeated: both must hold
    }
    for (const Asked& one : asked) query += (query.empty() ? "" : "&") + one.query();
    const auto wanted = this->obvious(asked);
    if (!wanted.empty()) ++with_matches;
    if (this->stored(query) == wanted) continue;
    ++differences;
    ADD_FAILURE() << query << " finds " << this->stored(query).size() << ", the bodies say "
                  << wanted.size();
    if (differences > 10) break;
  }
  EXPECT_EQ(differences, 0);
  EXPECT_GT(with_matches, searches / 3) << "else this shows little";
  std::cout << searches << " searches, " << with_matches << " with matches, " << differences
            << " differences, seed " << seed << "\n";
}

TYPED_TEST(OwnParameters, EachAloneBeginsAtAnIndex) {
  Chance chance(1);
  for (int i = 0; i < 20; ++i)
    ASSERT_NO_FATAL_FAILURE(this->write(chance, "o" + std::to_string(i), 0));
  this->flush();
  std::vector<std::string> queries = {"cycle-day=ge19&cycle-day=le23",
                                      "cycle-day=21",
                                      "cycle-day=ne21,gt40",
                                      "cycle-offset=lt0",
                                      "cycle-day=gt3",
                                      "cycle-anchor-offset=lh-surge$7,lmp$gt3",
                                      "code-cycle-day=8112-5$21",
                                      "cycle-offset=7&cycle-day=ge1&_sort=-date"};
  for (const OwnToken& token : own_tokens) {
    const std::string name(token.name);
    queries.push_back(name + "=" + std::string(token.codes[0]));
    queries.push_back(name + "=" + url_of(token.system) + "|" + std::string(token.codes[0]));
  }
  for (const std::string& query : queries)  // `SCAN r USING INDEX` passes by what has no number
    EXPECT_THAT(this->plan(query), Not(HasSubstr("SCAN r\n"))) << query;
}

/// The wide row's facets answer: a result adds no row of its own for any of its own tokens.
TYPED_TEST(OwnParameters, ALayerIsAskedForByItsCode) {
  const std::string layer =
      R"("status":"final","code":{"coding":[{"system":"http://loinc.org","code":"1"}]},"component":[{"code":{"coding":[{"system":")" +
      url_of("repro-immuno-observation") +
      R"(","code":"endometrial-compartment"}]},"valueCodeableConcept":{"coding":[{"system":")" +
      url_of("endometrial-compartment") +
      R"(","code":"basalis"},{"system":"urn:lab","code":"BAS"}]}}])";
  this->commit(message(
      "1", "p1",
      {written({"Observation", "a"}, body_of({"Observation", "a"}, "", layer)),
       written({"Observation", "b"}, body_of({"Observation", "b"}, "", R"("status":"final")"))}));
  EXPECT_EQ(this->found("compartment=basalis"), "a");
  EXPECT_EQ(this->found("compartment=" + url_of("endometrial-compartment") + "|basalis"), "a");
  EXPECT_EQ(this->found("compartment=urn:lab|BAS"), "a") << "the sender's own code";
  EXPECT_EQ(this->found("compartment=stroma"), "");
}

}  // namespace
}  // namespace tests
