#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gateway/store/sqlite/database.hpp"

#include "tests/unit/intake/house.hpp"

namespace gateway::intake {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

/// A laboratory whose messages differ in patient, order number and rows alone.
struct Laboratory {
  House house;
  int sent = 0;

  static std::string row(std::string_view status, std::string_view value = "5.0",
                         std::string_view code = "8112-5") {
    return "OBX|1|NM|" + std::string(code) + "^NK^LN||" + std::string(value) + "|%|||||" +
           std::string(status) + "\r";
  }
  std::string message(std::string_view patient, std::string_view order, const std::string& rows,
                      std::string_view sender = "LABQ") {
    ++sent;
    const std::string number = std::to_string(100 + sent);
    return "MSH|^~\\&|" + std::string(sender) + "|SITE|GW|CL|20250322101" + number +
           "-0500||ORU^R01|M" + number + "|P|2.5.1\rPID|1||" + std::string(patient) +
           "^^^CLINIC^MR||Test||19900101|F\rOBR|1||" + std::string(order) +
           "|NKP^NK^L|||20250322093000-0500|||||||||||||||||F\r" + rows;
  }
  void say(std::string_view patient, std::string_view order, const std::string& rows,
           std::string_view sender = "LABQ") {
    EXPECT_THAT(msa(house.say(message(patient, order, rows, sender))),
                testing::StartsWith("MSA|AA"));
  }
  /// "Type/status" of what bears the mark.
  std::vector<std::string> marked() {
    std::vector<std::string> out;
    for (const auto* type : {"DiagnosticReport", "Observation"})
      for (const auto& version : house.found(
               type,
               "_tag=https://immunogate.example/fhir/CodeSystem/gateway-issue|patient-mismatch"))
        out.push_back(std::string(type) + "/" + (*fhir::parse_json(version.body))["status"].text());
    std::sort(out.begin(), out.end());
    return out;
  }
  /// Code, severity and place of each review item.
  std::vector<std::string> reviews() {
    store::sqlite::Connection db;
    EXPECT_TRUE(
        db.open((house.folder.path() / "state" / "gateway.db").string(), SQLITE_OPEN_READONLY));
    std::vector<std::string> out;
    store::sqlite::Query query(db,
                               "SELECT c.text || ' ' || s.text || ' ' || r.place FROM review r"
                               " JOIN name c ON c.number = r.code JOIN name s ON s.number ="
                               " r.severity ORDER BY r.number");
    while (query.row()) out.push_back(query.text(0));
    return out;
  }
};

TEST(T9, TheSameOrderNumberUnderAnotherPatientMarksBothAcrossMessages) {
  Laboratory lab;
  lab.say("P1", "F1", Laboratory::row("F"));
  EXPECT_THAT(lab.marked(), IsEmpty());
  lab.say("P2", "F1", Laboratory::row("F"));
  EXPECT_THAT(lab.marked(), ElementsAre("DiagnosticReport/final", "DiagnosticReport/final",
                                        "Observation/final", "Observation/final"));
  EXPECT_THAT(lab.reviews(),
              ElementsAre("patient-mismatch error OBR-3", "patient-mismatch error OBR-3"))
      << "one item for each side, however many resources bear the tag";
  const auto results = lab.house.found("Observation", "status=final");
  ASSERT_THAT(results, SizeIs(2));
  EXPECT_NE((*fhir::parse_json(results[0].body))["subject"]["reference"].text(),
            (*fhir::parse_json(results[1].body))["subject"]["reference"].text())
      << "a subject is never moved";
  EXPECT_EQ(lab.house.verified().arrivals, 3) << "what it changes of the other is in the journal";
}

TEST(W1, ALatePreliminaryAnUnmappedCodeAndAnUnmappedUnitWaitOnTheReviewList) {
  Laboratory lab;
  lab.say("P1", "F1", Laboratory::row("F"));
  EXPECT_THAT(lab.reviews(), IsEmpty());
  lab.say("P1", "F1", Laboratory::row("P", "6.0"));
  EXPECT_THAT(lab.reviews(), ElementsAre("status-regression warning OBX-11"));
  lab.say("P1", "F2", "OBX|1|NM|NOCODE^Unknown^L||5|%|||||F\r");
  lab.say("P1", "F3", "OBX|1|NM|8112-5^NK^LN||5|furlongs|||||F\r");
  EXPECT_THAT(lab.reviews(),
              ElementsAre("status-regression warning OBX-11", "code-unmapped warning OBX-3",
                          "specimen-unknown warning OBX-3", "unit-unmapped warning OBX-6"));
  EXPECT_THAT(lab.house.found("Task", ""), IsEmpty()) << "W3: only a site convention makes one";
}

TEST(T9, AnOlderOrderThatIsEnteredInErrorMarksNobody) {
  Laboratory lab;
  lab.say("P1", "F1", Laboratory::row("F"));
  lab.say("P1", "F1", Laboratory::row("W"));
  lab.say("P2", "F1", Laboratory::row("F"));
  EXPECT_THAT(lab.marked(), IsEmpty());
  EXPECT_THAT(lab.reviews(), IsEmpty());
}

TEST(T9, TheMarkGoesWhenTheWrongPatientsResultsAreTakenBack) {
  Laboratory lab;
  lab.say("P1", "F1", Laboratory::row("F") + Laboratory::row("F", "8", "8124-0"));
  lab.say("P2", "F1", Laboratory::row("F"));
  lab.say("P1", "F1", Laboratory::row("W"));
  EXPECT_THAT(lab.marked(), SizeIs(4)) << "one result of the first patient is still valid";
  lab.say("P1", "F1", Laboratory::row("D", "8", "8124-0"));
  EXPECT_THAT(lab.marked(), IsEmpty());
  lab.house.verified();
}

TEST(T9, AnUpdateOfAMarkedOrderKeepsItsMarkAndRaisesItOnce) {
  Laboratory lab;
  lab.say("P1", "F1", Laboratory::row("F"));
  lab.say("P2", "F1", Laboratory::row("F"));
  lab.say("P1", "F1", Laboratory::row("C", "6.0"));
  lab.say("P2", "F1", Laboratory::row("F"));
  EXPECT_THAT(lab.marked(), SizeIs(4));
  EXPECT_THAT(lab.reviews(), SizeIs(2));
  for (const auto& result : lab.house.found("Observation", "status=final"))
    EXPECT_EQ(result.version, 1) << "a resend of what is marked is no new version";
}

TEST(T9, AnotherSenderOrAnotherNumberIsNoMismatch) {
  Laboratory lab;
  lab.say("P1", "F1", Laboratory::row("F"));
  lab.say("P2", "F1", Laboratory::row("F"), "LABR");
  lab.say("P2", "F10", Laboratory::row("F"));
  EXPECT_THAT(lab.marked(), IsEmpty());
}

TEST(T9, BothPatientsInOneGroupOfTheCommitterAreMarked) {
  Laboratory lab;
  lab.house.open();
  lab.house.store->hold();
  auto first = lab.house.begin(lab.message("P0", "F0", Laboratory::row("F")));
  ASSERT_TRUE(lab.house.store->somebody_waits(60s));
  std::vector<std::future<Answered>> answers;
  for (const auto* patient : {"P1", "P2", "P3"})
    answers.push_back(lab.house.begin(lab.message(patient, "F1", Laboratory::row("F"))));
  lab.house.store->release();
  House::end(std::move(first));
  for (auto& answer : answers)
    EXPECT_THAT(msa(House::end(std::move(answer))), testing::StartsWith("MSA|AA"));
  EXPECT_THAT(lab.marked(), SizeIs(6));
  lab.house.verified();
}

TEST(T9, AResultThatMovedMeanwhileIsMarkedAsItThenStands) {
  Laboratory lab;
  lab.say("P1", "F1", Laboratory::row("F"));
  const auto stood = lab.house.found("Observation", "status=final").at(0);
  lab.house.store->before_next_commit([&] {  // another writer is faster
    store::Entry entry;
    entry.arrival.key = {"LABQ|SITE", "X", base::sha256("X")};
    entry.arrival.bytes = "X";
    entry.patient = {fhir::search::patient_of(stood.key, *fhir::JsonView::read(stood.body))};
    auto body = stood.body;
    body.replace(body.find("\"final\""), 7, "\"amended\"");
    store::VersionWrite version{stood.key, body, 1, {}, "LABQ|SITE", "F1", {}, {}};
    version.index = fhir::search::index_rows(stood.key, *fhir::JsonView::read(body), {});
    entry.versions.push_back(std::move(version));
    ASSERT_TRUE(lab.house.engine->commit(std::vector{entry}));
  });
  lab.say("P2", "F1", Laboratory::row("F"));
  EXPECT_THAT(lab.marked(), ElementsAre("DiagnosticReport/final", "DiagnosticReport/final",
                                        "Observation/amended", "Observation/final"));
  lab.house.verified();
}

TEST(T9, AMarkIsDeliveredInTheOrderOfThePatientItIsOf) {
  Laboratory lab;
  lab.house.options.routes = {{.target = "hospital"}};
  lab.say("P1", "F1", Laboratory::row("F"));
  lab.say("P2", "F1", Laboratory::row("F"));
  const auto claim = [&] {
    return *lab.house.engine->claim("hospital", 10, lab.house.clock.now(), 60s);
  };
  const auto first = claim();
  ASSERT_THAT(first, SizeIs(2)) << "one a patient";
  for (const auto& delivery : first) {
    const std::vector done{
        store::Settlement{store::Settlement::State::delivered, delivery.sequence, {}, ""}};
    ASSERT_TRUE(lab.house.engine->settle(done));
  }
  const auto second = claim();
  ASSERT_THAT(second, SizeIs(1));
  EXPECT_EQ(second[0].patient, first[0].patient);
  EXPECT_THAT(second[0].resources, SizeIs(2)) << "the marked report and result";
}

TEST(T9, ResultsOfAControlAreNoOtherPatients) {
  Laboratory lab;
  const std::string control = "SPM|1|S1||BLD^Blood^HL70487|||||||Q^Control^HL70369\r";
  lab.say("P1", "F1", Laboratory::row("F") + control);
  lab.say("P1", "F1", Laboratory::row("C", "6.0") + control);
  lab.say("P1", "F1", Laboratory::row("C", "7.0"));
  EXPECT_THAT(lab.marked(), IsEmpty());
}

}  // namespace
}  // namespace gateway::intake
