#include "gateway/http/rest/path.hpp"

#include <gtest/gtest.h>

#include "gateway/fhir/json.hpp"
#include "gateway/fhir/search/parameters.hpp"
#include "gateway/http/rest/capability.hpp"
#include "gateway/http/rest/errors.hpp"
#include "gateway/http/rest/negotiation.hpp"

namespace {

using namespace gateway::http;
using namespace gateway::http::rest;
using gateway::base::ErrorKind;

struct Case {
  const char *path, *type, *id, *last, *version;
};

TEST(Path, IsCutIntoWhatFhirUrlsAreMadeOf) {
  for (const Case& one :
       {Case{"/fhir", "", "", "", ""}, Case{"/fhir/metadata", "", "", "metadata", ""},
        Case{"/fhir/Observation", "Observation", "", "", ""},
        Case{"/fhir/Observation/_search", "Observation", "", "_search", ""},
        Case{"/fhir/Observation/o1", "Observation", "o1", "", ""},
        Case{"/fhir/Observation/o1/_history", "Observation", "o1", "_history", ""},
        Case{"/fhir/Observation/o1/_history/2", "Observation", "o1", "_history", "2"},
        Case{"/fhir/Patient/p1/$everything", "Patient", "p1", "$everything", ""},
        Case{"/fhir//Observation/", "Observation", "", "", ""}}) {
    const Path cut = parse_path(one.path);
    EXPECT_EQ(cut.type, one.type) << one.path;
    EXPECT_EQ(cut.id, one.id) << one.path;
    EXPECT_EQ(cut.last, one.last) << one.path;
    EXPECT_EQ(cut.version, one.version) << one.path;
    EXPECT_FALSE(cut.malformed) << one.path;
  }
  const Path compartment = parse_path("/fhir/Patient/p1/Observation/_search");
  EXPECT_EQ(compartment.id, "p1");
  EXPECT_EQ(compartment.inside, "Observation");
  EXPECT_EQ(compartment.last, "_search");
  EXPECT_FALSE(compartment.malformed);
  EXPECT_TRUE(parse_path("/fhir/Patient/p1/Observation/o1").malformed);
  const Path file = parse_path("/fhir/$export/job/Patient-1.ndjson");
  EXPECT_EQ(file.last + ' ' + file.job + ' ' + file.file, "$export job Patient-1.ndjson");
  EXPECT_TRUE(parse_path("/fhir/$export/job/file/x").malformed);
  EXPECT_TRUE(parse_path("/fhir/Patient/$export/job").malformed);
  EXPECT_TRUE(parse_path("/fhir/a/b/_history/1/x").malformed);
}

TEST(Path, ARefusalIsCountedAtTheInteractionItWasAskedFor) {
  const auto route = [](const char* method, const char* path) {
    return finished({.method = method, .path = path}, {.status = 400}).route;
  };
  EXPECT_EQ(route("GET", "/fhir/Observation"), "fhir/search");
  EXPECT_EQ(route("POST", "/fhir/Observation/_search"), "fhir/search");
  EXPECT_EQ(route("GET", "/fhir/Patient/p1/Observation"), "fhir/search");
  EXPECT_EQ(route("GET", "/fhir/Observation/o1"), "fhir/read");
  EXPECT_EQ(route("PUT", "/fhir/Observation/o1"), "fhir/update");
  EXPECT_EQ(route("PUT", "/fhir/Observation?identifier=x"), "fhir/update");
  EXPECT_EQ(route("POST", "/fhir/Observation"), "fhir/create");
  EXPECT_EQ(route("DELETE", "/fhir/Observation/o1"), "fhir/delete");
  EXPECT_EQ(route("GET", "/fhir/Observation/o1/_history/2"), "fhir/vread");
  EXPECT_EQ(route("GET", "/fhir/Observation/o1/_history"), "fhir/history");
  EXPECT_EQ(route("GET", "/fhir/Patient/p1/$cycle-timeline"), "fhir/cycle-timeline");
  EXPECT_EQ(route("GET", "/fhir/Patient/p1/$everything"), "fhir/everything");
  EXPECT_EQ(route("GET", "/fhir/Observation/$lastn"), "fhir/lastn");
  EXPECT_EQ(route("GET", "/fhir/Observation/o1/$explain"), "fhir/explain");
  EXPECT_EQ(route("GET", "/fhir/Patient/$export"), "fhir/export");
  EXPECT_EQ(route("DELETE", "/fhir/$export/job"), "fhir/export-status");
  EXPECT_EQ(route("GET", "/fhir/$export/job/file"), "fhir/export-file");
  EXPECT_EQ(route("GET", "/fhir/CodeSystem/$lookup"), "fhir/lookup");
  EXPECT_EQ(route("GET", "/fhir/ValueSet/$expand"), "fhir/expand");
  EXPECT_EQ(route("GET", "/fhir/ValueSet/v/$expand"), "fhir/expand");
  EXPECT_EQ(route("GET", "/fhir/Observation/_history"), "fhir/history");
  EXPECT_EQ(route("POST", "/fhir"), "fhir/transaction");
  EXPECT_EQ(route("GET", "/fhir"), "fhir/search");
  EXPECT_EQ(route("POST", "/fhir/_search"), "fhir/search");
  EXPECT_EQ(route("GET", "/fhir/Patient/p1/*"), "fhir/search");
  EXPECT_EQ(route("GET", "/fhir/ConceptMap/$translate"), "fhir/translate");
  EXPECT_EQ(route("GET", "/fhir/Observation/o1/$meta"), "fhir/meta");
  EXPECT_EQ(route("PUT", "/fhir/metadata"), "fhir/metadata");
  for (const char* path : {"", "/elsewhere", "/fhirs/Observation", "/fhir/Patient/p1/$nothing"})
    EXPECT_EQ(route("GET", path), "other") << path;
}

TEST(Errors, AStatusFollowsTheCodeAndElseTheKind) {
  EXPECT_EQ(status_of({ErrorKind::malformed, "search-bad-value date is none", "", ""}), 400);
  EXPECT_EQ(status_of({ErrorKind::forbidden, "token-missing x", "", ""}), 401);
  EXPECT_EQ(status_of({ErrorKind::not_found, "cursor-expired x", "", ""}), 410);
  EXPECT_EQ(status_of({ErrorKind::conflict, "owned-by-sender x", "", ""}), 409);
  EXPECT_EQ(status_of({ErrorKind::conflict, "version-mismatch x", "", ""}), 412);
  EXPECT_EQ(status_of({ErrorKind::malformed, "invalid-resource x", "", ""}), 422);
  EXPECT_EQ(status_of({ErrorKind::unavailable, "something", "", ""}), 503);
}

Request request(std::vector<std::pair<std::string, std::string>> headers, std::string query = "") {
  Request made;
  made.method = "GET";
  made.query = std::move(query);
  made.headers = std::move(headers);
  return made;
}

TEST(Negotiation, AnswersAreJsonAndSayWhenTheyCannotBe) {
  for (const char* accept : {"application/fhir+json", "application/json", "*/*", "text/json",
                             "application/fhir+xml;q=1.0, application/fhir+json;q=1.0"})
    EXPECT_FALSE(not_acceptable(request({{"accept", accept}}))) << accept;
  EXPECT_EQ(not_acceptable(request({{"accept", "application/fhir+xml"}}))->status, 406);
  EXPECT_EQ(not_acceptable(request({}, "_format=xml"))->status, 406);
  EXPECT_EQ(not_acceptable(request({{"accept", "application/fhir+json; fhirVersion=5.0"}}))->status,
            406);
}

TEST(Negotiation, ARequestIdIsEchoedOnlyIfItIsOne) {
  const auto id = [](const Request& from) {
    for (const auto& [name, value] : finished(from, {}).headers)
      if (name == "X-Request-Id") return value;
    return std::string();
  };
  EXPECT_EQ(id(request({{"x-request-id", "abc-1"}})), "abc-1");
  EXPECT_NE(id(request({{"x-request-id", "a\r\nb"}})), "a\r\nb");
  EXPECT_FALSE(id(request({})).empty());
}

TEST(CapabilityStatement, ListsEveryParameterThatServesAndNoOther) {
  using gateway::fhir::Artefacts;
  const auto statement =
      gateway::fhir::parse_json(capability_statement("https://localhost/fhir", "1"));
  ASSERT_TRUE(statement);
  const auto& resources = (*statement)["rest"].items().at(0)["resource"].items();
  EXPECT_EQ(resources.size(), gateway::fhir::search::served_types().size() +
                                  Artefacts::types().size() + 1);  // AuditEvent, of the trail
  for (const auto& resource : resources) {
    const std::string& type = resource["type"].text();
    if (Artefacts::is_served(type)) continue;  // theirs are of a table of their own
    for (const auto& parameter : resource["searchParam"].items())
      EXPECT_NE(gateway::fhir::search::find_parameter(type, parameter["name"].text()), nullptr)
          << type << " " << parameter["name"].text();
  }
}

}  // namespace
