#include <gtest/gtest.h>

#include "gateway/fhir/bundle.hpp"
#include "gateway/fhir/outcome.hpp"

namespace gateway::fhir {
namespace {

using base::ErrorKind;

const ResourceKey key{"Observation", "o1"};

TEST(Normalised, BringsTypeIdAndMetaToTheFrontAndKeepsTheRestAsSent) {
  const auto json = *parse_json(
      R"({"status":"final","meta":{"versionId":"7","tag":[{"code":"x"}],"lastUpdated":"2025"},)"
      R"("value":5.10,"id":"o1","note":[{"text":"\u00e9 \/"}],"resourceType":"Observation"})");
  const auto body = normalised(json, key, "Observation");
  ASSERT_TRUE(body) << body.error().text();
  EXPECT_EQ(*body, R"({"resourceType":"Observation","id":"o1","meta":{"tag":[{"code":"x"}]},)"
                   R"("status":"final","value":5.10,"note":[{"text":"é /"}]})");
}

TEST(Normalised, GivesAResourceWithoutMetaAnEmptyOneThatIsNeverSent) {
  const auto body =
      normalised(*parse_json(R"({"resourceType":"Observation","id":"o1"})"), key, "x");
  ASSERT_TRUE(body);
  EXPECT_EQ(*body, R"({"resourceType":"Observation","id":"o1","meta":{}})");
  EXPECT_EQ(transaction({{key, *body}}).find("meta"), std::string::npos);
}

TEST(Normalised, OfANormalisedBodyIsThatBody) {
  const std::string text =
      R"({"resourceType":"Observation","id":"o1","meta":{"tag":[{"code":"x"}]},"_a":[null,{"id":"1"}],"v":1e-7})";
  EXPECT_EQ(*normalised(*parse_json(text), key, "Observation"), text);
}

TEST(Normalised, TakesTheIdItIsWrittenToAndLeavesTheResourceAsItWas) {
  const auto without = *parse_json(R"({"resourceType":"Observation"})");
  const auto other = *parse_json(R"({"resourceType":"Observation","id":"other"})");
  const std::string body = R"({"resourceType":"Observation","id":"o1","meta":{}})";
  EXPECT_EQ(*normalised(without, key, "P", SaidId::optional), body);
  EXPECT_EQ(*normalised(without, key, "P", SaidId::ignored), body);
  EXPECT_EQ(*normalised(other, key, "P", SaidId::ignored), body);
  EXPECT_FALSE(normalised(other, key, "P", SaidId::optional));
  EXPECT_FALSE(without.has("id"));
}

TEST(Normalised, RefusesWhatIsNoFhirWithItsPath) {
  const std::tuple<const char*, const char*> rows[] = {
      {R"([])", "P"},
      {R"("x")", "P"},
      {R"({"id":"o1"})", "P.resourceType"},
      {R"({"resourceType":"Patient","id":"o1"})", "P.resourceType"},
      {R"({"resourceType":"Observation"})", "P.id"},
      {R"({"resourceType":"Observation","id":1})", "P.id"},
      {R"({"resourceType":"Observation","id":"o2"})", "P.id"},
      {R"({"resourceType":"Observation","id":"o1","meta":[]})", "P.meta"},
      {R"({"resourceType":"Observation","id":"o1","meta":{"tag":[]}})", "P.meta.tag"},
      {R"({"resourceType":"Observation","id":"o1","status":null})", "P.status"},
      {R"({"resourceType":"Observation","id":"o1","code":{}})", "P.code"},
      {R"({"resourceType":"Observation","id":"o1","note":[{"text":""}]})", "P.note[0].text"},
      {R"({"resourceType":"Observation","id":"o1","note":[1,[2]]})", "P.note[1]"},
      {R"({"resourceType":"Observation","id":"o1","a b":{}})", "P.?"}};
  for (const auto& [text, where] : rows) {
    const auto body = normalised(*parse_json(text), key, "P");
    ASSERT_FALSE(body) << text;
    EXPECT_EQ(body.error().kind, ErrorKind::malformed);
    EXPECT_EQ(body.error().where, where) << text;
    EXPECT_EQ(error_code(body.error()), "invalid-resource");
  }
}

TEST(Normalised, RefusesAReferenceItWouldHaveToResolve) {
  for (const char* reference :
       {"urn:uuid:1", "Patient?identifier=1", "Patient\\u003fidentifier=1"}) {
    const auto body = normalised(
        *parse_json(R"({"resourceType":"Observation","id":"o1","subject":{"reference":")" +
                    std::string(reference) + "\"}}"),
        key, "P");
    ASSERT_FALSE(body) << reference;
    EXPECT_EQ(error_code(body.error()), "unresolved-reference");
    EXPECT_EQ(body.error().where, "P.subject.reference");
  }
}

TEST(Id, IsOneToSixtyFourOfItsCharacters) {
  for (const char* id : {"a", "A-9.z", "0"}) EXPECT_TRUE(is_id(id)) << id;
  EXPECT_TRUE(is_id(std::string(64, 'x')));
  EXPECT_FALSE(is_id(std::string(65, 'x')));
  for (const char* id : {"", "a_b", "a/b", "a b", "é", "a\"", "a\n"}) EXPECT_FALSE(is_id(id)) << id;
}

std::string bundle_of(const std::string& entries, const std::string& type = "transaction") {
  return R"({"resourceType":"Bundle","type":")" + type + R"(","entry":[)" + entries + "]}";
}

std::string entry(const std::string& id, const std::string& request) {
  return R"({"resource":{"resourceType":"Patient","id":")" + id + R"("},"request":{)" + request +
         "}}";
}

TEST(ReadEntries, ReadsBackWhatTransactionWrote) {
  const std::string patient = R"({"resourceType":"Patient","id":"p1","meta":{},"gender":"female"})";
  const std::string observation =
      R"({"resourceType":"Observation","id":"o1","meta":{"tag":[{"code":"x"}]},)"
      R"("subject":{"reference":"Patient/elsewhere"},"value":5.10})";
  auto bundle = parse_json(
      transaction({{{"Patient", "p1"}, patient}, {key, observation}, {{"Specimen", "s1"}, ""}}));
  ASSERT_TRUE(bundle);
  const auto entries = read_entries(*bundle);
  ASSERT_TRUE(entries) << entries.error().text();
  ASSERT_EQ(entries->size(), 3U);
  EXPECT_EQ(*normalised(*(*entries)[0].resource, {"Patient", "p1"}, "x"), patient);
  EXPECT_EQ(*normalised(*(*entries)[1].resource, key, "x"), observation);
  EXPECT_EQ((*entries)[1].method + ' ' + (*entries)[1].url, "PUT Observation/o1");
  EXPECT_TRUE((*entries)[1].full_url.ends_with("/Observation/o1"));
  EXPECT_EQ((*entries)[2].method + ' ' + (*entries)[2].url, "DELETE Specimen/s1");
  EXPECT_EQ((*entries)[2].resource, nullptr);
}

TEST(ReadEntries, KeepsConditionsAndTakesBatchesAndEmptyBundles) {
  auto bundle = *parse_json(bundle_of(
      entry("a", R"("method":"PUT","url":"Patient/a","ifMatch":"W/\"2\"","ifNoneMatch":"*",)"
                 R"("ifNoneExist":"x=y","ifModifiedSince":"z")"),
      "batch"));
  const auto entries = read_entries(bundle);
  ASSERT_TRUE(entries);
  EXPECT_EQ(entries->at(0).if_match, "W/\"2\"");
  EXPECT_EQ(entries->at(0).if_none_match, "*");
  EXPECT_EQ(entries->at(0).if_none_exist, "x=y");
  EXPECT_EQ(entries->at(0).if_modified_since, "z");
  auto empty = *parse_json(R"({"resourceType":"Bundle","type":"batch"})");
  EXPECT_TRUE(read_entries(empty)->empty());
}

TEST(ReadEntries, RefusesWhatIsNoEntryAndNamesIt) {
  const std::string good = entry("a", R"("method":"PUT","url":"Patient/a")");
  const std::string named =
      R"({"fullUrl":"urn:uuid:1","request":{"method":"GET","url":"Patient"}})";
  const std::tuple<std::string, const char*> rows[] = {
      {R"({"resourceType":"Patient"})", "Bundle.resourceType"},
      {bundle_of("", "searchset"), "Bundle.type"},
      {R"({"resourceType":"Bundle","type":"batch","entry":{}})", "Bundle.entry"},
      {bundle_of(good + ",1"), "Bundle.entry[1].request"},
      {bundle_of(good + R"(,{"request":{"url":"Patient"}})"), "Bundle.entry[1].request.method"},
      {bundle_of(R"({"request":{"method":"GET"}})"), "Bundle.entry[0].request.url"},
      {bundle_of(R"({"request":{"method":"GET","url":""}})"), "Bundle.entry[0].request.url"},
      {bundle_of(R"({"request":{"method":"PUT","url":"x","ifMatch":1}})"),
       "Bundle.entry[0].request.ifMatch"},
      {bundle_of(named + "," + named), "Bundle.entry[1].fullUrl"}};
  for (const auto& [text, where] : rows) {
    auto bundle = *parse_json(text);
    const auto entries = read_entries(bundle);
    ASSERT_FALSE(entries) << text;
    EXPECT_EQ(entries.error().where, where) << text;
    EXPECT_EQ(error_code(entries.error()), "invalid-resource") << text;
  }
}

TEST(ReadEntries, TakesAThousandAndNotOneMore) {
  std::string entries;
  for (int i = 0; i < 1000; ++i) {
    const std::string id = "p" + std::to_string(i);
    entries += (i ? "," : "") + entry(id, R"("method":"PUT","url":"Patient/)" + id + '"');
  }
  auto full = *parse_json(bundle_of(entries));
  EXPECT_EQ(read_entries(full)->size(), 1000U);
  entries += "," + entry("q", R"("method":"PUT","url":"Patient/q")");
  auto over = *parse_json(bundle_of(entries));
  const auto more = read_entries(over);
  ASSERT_FALSE(more);
  EXPECT_EQ(more.error().kind, ErrorKind::too_large);
}

}  // namespace
}  // namespace gateway::fhir
