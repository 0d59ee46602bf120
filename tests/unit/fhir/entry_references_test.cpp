#include "gateway/fhir/entry_references.hpp"

#include <gtest/gtest.h>

#include "gateway/fhir/outcome.hpp"

namespace gateway::fhir {
namespace {

const FindReferred nobody = [](std::string_view) -> base::Result<std::string> {
  return base::Error{base::ErrorKind::malformed, "unresolved-reference nobody", "", ""};
};

Json resolved(const char* text, const EntryReferences& names, const std::string& full_url = "") {
  auto json = *parse_json(text);
  const auto done = resolve_references(json, names, full_url, nobody, "P");
  EXPECT_TRUE(done) << done.error().text();
  return json;
}

std::string place_of_refusal(const char* text, const EntryReferences& names,
                             const std::string& full_url = "") {
  auto json = *parse_json(text);
  const auto done = resolve_references(json, names, full_url, nobody, "P");
  return done ? "none" : done.error().where;
}

EntryReferences two_servers() {
  EntryReferences names;
  names.name("http://a/fhir/Patient/17", {"Patient", "x"}, false);
  names.name("http://b/fhir/Patient/17", {"Patient", "y"}, false);
  return names;
}

TEST(EntryReferences, ARelativeOneIsOfTheServerItsEntryComesFrom) {
  const char* text = R"({"subject":{"reference":"Patient/17"}})";
  for (const auto& [url, wanted] : {std::pair("http://a/fhir/Observation/1", "Patient/x"),
                                    std::pair("http://b/fhir/Observation/1", "Patient/y")})
    EXPECT_EQ(resolved(text, two_servers(), url)["subject"]["reference"].text(), wanted) << url;
  for (const char* url : {"", "urn:uuid:1", "http://c/fhir/Observation/1"})
    EXPECT_EQ(place_of_refusal(text, two_servers(), url), "P.subject.reference") << url;
}

TEST(EntryReferences, WhatIsCalledAlikeHereIsNobodyElses) {
  EntryReferences names;
  names.name("http://a/fhir/Patient/17", {"Patient", "17"}, false);
  EXPECT_EQ(place_of_refusal(R"({"subject":{"reference":"Patient/17"}})", names), "none");
}

TEST(EntryReferences, ANameJustPutInIsNotReplacedAgain) {
  EntryReferences names;
  names.name("urn:uuid:1", {"Patient", "a"}, false);
  names.name("Patient/a", {"Patient", "b"}, false);
  const auto div = resolved(
      R"({"text":{"div":"<a href=\"urn:uuid:1\">\"urn:uuid:2\"<b c=\"urn:uuid:1\"/>"}})", names);
  EXPECT_EQ(div["text"]["div"].text(), R"(<a href="Patient/a">"urn:uuid:2"<b c="Patient/a"/>)");
}

TEST(EntryReferences, ThePlaceOfWhatIsNotFoundCountsAllItemsAndRepeatsNoWordsOfTheClient) {
  const EntryReferences none;
  EXPECT_EQ(place_of_refusal(R"({"a":[1,{"reference":"Patient?x=y"}]})", none), "P.a[1].reference");
  EXPECT_EQ(place_of_refusal(R"({"a b":{"reference":"Patient?x=y"}})", none), "P.?.reference");
}

}  // namespace
}  // namespace gateway::fhir
