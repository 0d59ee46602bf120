#include "gateway/query/includes.hpp"

#include <algorithm>
#include <set>

#include "tests/unit/query/read_store.hpp"

namespace gateway::query {
namespace {

std::string to(const std::string& member, const std::string& reference) {
  return ",\"" + member + R"(":{"reference":")" + reference + "\"}";
}

/// One message: a patient, a report with two results on a specimen, who ordered, who wrote it.
class Including : public tests::ReadStore {
 protected:
  Including() {
    const auto of_p = to("subject", "Patient/p");
    commit({version({"Patient", "p"}, to("managingOrganization", "Organization/lab")),
            version({"Organization", "lab"}, ""), version({"Specimen", "s"}, of_p),
            version({"Observation", "a"}, of_p + to("specimen", "Specimen/s")),
            version({"Observation", "b"}, of_p + to("specimen", "Specimen/s")),
            version(
                {"DiagnosticReport", "r"},
                of_p + R"(,"result":[{"reference":"Observation/a"},)"
                       R"({"reference":"Observation/b"}],"specimen":[{"reference":"Specimen/s"}])"),
            version({"Provenance", "w"}, R"(,"target":[{"reference":"Patient/p"}])")});
  }

  /// "matches | included", ids in their order; or what the error says first.
  std::string found(const std::string& type, const std::string& query,
                    const std::string& scopes = "system/*.rs") {
    const auto read = security::parse_scopes(scopes);
    const auto parsed = fhir::search::parse(type, query);
    if (!parsed) return parsed.error().what.substr(0, parsed.error().what.find(' '));
    const auto page = reader_->search({"ehr", *read, "", true}, *parsed);
    if (!page) return page.error().what.substr(0, page.error().what.find(' '));
    std::string ids;
    for (const auto& row : page->rows) ids += row.key.id + ' ';
    ids += '|';
    for (const auto& row : page->included) ids += ' ' + row.key.id;
    notes_ = page->notes;
    related_ = page->related;
    return ids;
  }
  std::vector<std::string> notes_;
  std::string related_;
};

TEST_F(Including, BringsWhatAMatchRefersTo_OnceHoweverOftenItIsNamed) {
  EXPECT_EQ(found("Observation", "_include=Observation:specimen"), "a b | s");
  EXPECT_EQ(found("Observation", "_include=Observation:subject"), "a b | p");
  EXPECT_EQ(found("DiagnosticReport", "_include=DiagnosticReport:result"), "r | a b");
  EXPECT_EQ(found("DiagnosticReport", "_include=DiagnosticReport:*"), "r | a b p s");
  EXPECT_EQ(found("Observation", "_include=*"), "a b | p s");
}

TEST_F(Including, TakesTheTypeThatIsAskedForAlone) {
  EXPECT_EQ(found("DiagnosticReport", "_include=DiagnosticReport:subject:Patient"), "r | p");
  EXPECT_EQ(found("DiagnosticReport", "_include=DiagnosticReport:subject:Condition"),
            "search-bad-value");
  EXPECT_EQ(found("DiagnosticReport", "_include=DiagnosticReport:subject:Device"), "r |");
  EXPECT_EQ(found("DiagnosticReport", "_include=Observation:specimen"), "r |")
      << "no match is an Observation";
}

TEST_F(Including, GoesOnFromWhatWasIncludedWhereIterateSaysSo) {
  EXPECT_EQ(found("DiagnosticReport",
                  "_include=DiagnosticReport:subject&_include:iterate=Patient:organization"),
            "r | p lab");
  EXPECT_EQ(
      found("DiagnosticReport", "_include=DiagnosticReport:subject&_include=Patient:organization"),
      "r | p");
  EXPECT_EQ(found("Patient", "_revinclude=Observation:patient&_include:iterate=*"),
            "p | a b lab s");
}

TEST_F(Including, BringsWhatRefersToAMatch) {
  EXPECT_EQ(found("Patient", "_revinclude=Observation:patient"), "p | a b");
  EXPECT_EQ(found("Specimen", "_revinclude=Observation:specimen"), "s | a b");
  EXPECT_EQ(found("Specimen", "_revinclude=Observation:*"), "s | a b");
  EXPECT_EQ(found("Patient", "_revinclude=Observation:specimen"), "p |");
  EXPECT_EQ(found("Observation", "_revinclude=DiagnosticReport:result"), "a b | r");
  EXPECT_EQ(found("Observation", "_revinclude=DiagnosticReport:performer"), "search-bad-value");
}

TEST_F(Including, BringsTheProvenanceOfWhateverWasWritten) {
  for (const char* type : {"Observation", "DiagnosticReport", "Specimen", "Organization"})
    EXPECT_TRUE(found(type, "_revinclude=Provenance:target").ends_with("| w")) << type;
  commit({version({"Observation", "a"}, R"(,"status":"amended")", 1),
          version({"Provenance", "w2"}, R"(,"target":[{"reference":"Observation/a"}])")});
  EXPECT_EQ(found("Observation", "_id=a&_revinclude=Provenance:target"), "a | w w2");
  EXPECT_EQ(found("Observation", "_id=b&_revinclude=Provenance:target"), "b | w");
}

TEST_F(Including, LeavesOutWhatTheClientMayNotSee) {
  const std::string all = "_include=Observation:specimen&_include=Observation:patient";
  EXPECT_EQ(found("Observation", all, "system/Observation.rs"), "a b |");
  EXPECT_EQ(found("Observation", all, "system/Observation.rs system/Patient.r"), "a b |");
  EXPECT_EQ(found("Observation", all, "system/Observation.rs system/Specimen.s"), "a b | s");
  EXPECT_EQ(found("Patient", "_revinclude=Observation:patient",
                  "system/Patient.rs system/Observation.rs?_id=b"),
            "p | b");
}

TEST_F(Including, ShowsTheStateOfTheFirstPage_AndNothingThatWasDeleted) {
  auto gone = version({"Specimen", "s"}, "", 1);
  gone.body.clear();
  gone.index = {};
  commit({std::move(gone)});
  EXPECT_EQ(found("Observation", "_include=Observation:specimen"), "a b |");
}

TEST_F(Including, WhatAPageCannotHoldIsToldByItsRelatedLinkEachOnce) {
  std::vector<store::VersionWrite> many;
  for (std::size_t i = 0; i < 2 * most_included; ++i)
    many.push_back(version({"Observation", "o" + std::to_string(i)}, to("subject", "Patient/p")));
  commit(std::move(many));
  const std::string query = "_revinclude=Observation:patient";
  const auto ids = found("Patient", query);
  EXPECT_EQ(std::count(ids.begin(), ids.end(), ' '), 1 + static_cast<int>(most_included));
  ASSERT_EQ(notes_.size(), 1U);
  EXPECT_NE(notes_.front().find("not all"), std::string::npos);
  commit({version({"Observation", "later"}, to("subject", "Patient/p"))});  // none of these
  std::set<std::string> told;
  const auto tell = [&](std::string text) {
    text.erase(0, text.find('|') + 1);
    for (std::size_t from = 0; from < text.size();) {
      const auto end = std::min(text.find(' ', from + 1), text.size());
      EXPECT_TRUE(told.insert(text.substr(from, end - from)).second);
      from = end;
    }
  };
  tell(ids);
  std::size_t pages = 1;
  for (auto related = related_; !related.empty(); related = related_, ++pages) {
    const auto more = found("Patient", query + "&_cursor=" + related);
    EXPECT_TRUE(more.starts_with("| ")) << "the matches are told once";
    tell(more);
  }
  EXPECT_EQ(pages, 3U);
  EXPECT_EQ(told.size(), 2 * most_included + 2);  // and a, b
}

TEST_F(Including, RefusesWhatItCannotFollow) {
  for (const char* wrong :
       {"_include=", "_include=Observation", "_include=Observation:", "_include=Nobody:x",
        "_include=Observation:nothing", "_include=Observation:specimen:Specimen:more",
        "_include=Observation:date", "_revinclude=Observation:performer",
        "_include:recurse=Observation:specimen"}) {
    const auto answer = found("Observation", wrong);
    EXPECT_TRUE(answer.starts_with("search-")) << wrong << ": " << answer;
  }
}

}  // namespace
}  // namespace gateway::query
