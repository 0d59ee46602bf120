// S14, S16, T2, T7: rows that stand together in one result may come in several messages, in
// whichever order. The order ends as one message with its newest rows would, no row is active
// twice, and the report lists what is active.
#include <algorithm>
#include <numeric>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gateway/mapping/revise_elements.hpp"

#include "tests/unit/mapping/laboratory.hpp"

namespace gateway::mapping {
namespace {

using rules::component;
using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

const std::string systolic = "NM|8480-6^Sys^LN||138|mm[Hg]",
                  diastolic = "NM|8462-4^Dia^LN||88|mm[Hg]", percent = "NM|8462-4^Dia^LN||88|%",
                  count = "NM|UNKPCT^u^L|1|6.8|%", layer = "CWE|UNKLAYER^c^L|1|BAS^bas^L",
                  layers = "CWE|UNKLAYER^c^L|1|BAS^bas^L~STRFUN^fun^L",
                  fields = "NM|UNKFLD^f^L|1|20", other_count = "NM|UNKPCT^u^L|2|3.1|%",
                  other_layer = "CWE|UNKLAYER^c^L|2|STRFUN^fun^L",
                  plain_count = "NM|UNKPCT^u^L||6.8|%", plain_layer = "CWE|UNKLAYER^c^L||BAS^bas^L",
                  plain_fields = "NM|UNKFLD^f^L||20", diagnosis = "TX|22637-3^dx^LN||text";

const std::string null_sys = "NM|8480-6^Sys^LN||\"\"|mm[Hg]",
                  null_dia = "NM|8462-4^Dia^LN||\"\"|mm[Hg]";

using Rows = std::vector<std::string>;

std::string told(const Rows& rows, const std::string& status = "F") {
  std::string all;
  for (const std::string& row : rows) {
    const auto bars = static_cast<std::size_t>(std::count(row.begin(), row.end(), '|'));
    all += "OBX|1|" + row + std::string(9 - bars, '|') + status + "\n";
  }
  return all;
}

/// A part without the time that it was said at, which one message has no need of.
std::string said(fhir::Json part) {
  part.erase("extension");
  if (!has_element(part, "value")) part.set("code", part["code"]["coding"].items().at(0)["code"]);
  return part.write();
}

/// What is active, and what the report lists.
std::string state(const Laboratory& laboratory) {
  std::vector<std::string> active, lines;
  for (const auto& [key, body] : laboratory.bodies()) {
    if (key.type != "Observation" || body["status"].text() == "entered-in-error") continue;
    active.push_back(key.reference());
    std::string line = body["code"].write() + body["status"].text() +
                       body["valueQuantity"].write() + body["valueString"].write() +
                       body["dataAbsentReason"].write();
    std::vector<std::string> parts;
    for (const fhir::Json& part : body["component"].items()) parts.push_back(said(part));
    for (const fhir::Json& tag : body["meta"]["tag"].items()) parts.push_back(tag["code"].text());
    std::sort(parts.begin(), parts.end());
    for (const std::string& part : parts) line += "\n  " + part;
    lines.push_back(line);
  }
  std::sort(lines.begin(), lines.end());
  auto listed = references_of(laboratory.of_type("DiagnosticReport")["result"]);
  std::sort(listed.begin(), listed.end());
  EXPECT_EQ(listed, active);
  EXPECT_TRUE(laboratory.ledger.right_versions());
  std::string all;
  for (const std::string& line : lines) all += line + "\n";
  return all;
}

using Messages = std::vector<std::string>;  // rows of each, the oldest first

std::string ends(const Messages& messages, const std::vector<std::size_t>& arrival) {
  Laboratory laboratory;
  for (const std::size_t k : arrival) laboratory.say_at(10 + static_cast<int>(k), messages[k]);
  return state(laboratory);
}

/// Every arrival of these messages ends as `end`.
void expect_end(const Messages& messages, const std::string& end, const std::string& what) {
  std::vector<std::size_t> arrival(messages.size());
  std::iota(arrival.begin(), arrival.end(), 0U);
  do {
    std::string order;
    for (const std::size_t k : arrival) order += std::to_string(k);
    EXPECT_EQ(ends(messages, arrival), end) << what << " arrival " << order;
  } while (std::next_permutation(arrival.begin(), arrival.end()));
}

/// Each row in one of three messages, whichever; empty messages are left out.
void expect_one_end(const Rows& rows) {
  const std::string one = ends({told(rows)}, {0});
  std::size_t splits = 1;
  for (std::size_t k = 0; k < rows.size(); ++k) splits *= 3;
  for (std::size_t split = 0; split < splits; ++split) {
    std::vector<Rows> parts(3);
    for (std::size_t k = 0, rest = split; k < rows.size(); ++k, rest /= 3)
      parts[rest % 3].push_back(rows[k]);
    Messages messages;
    for (const Rows& part : parts)
      if (!part.empty()) messages.push_back(told(part));
    expect_end(messages, one, "split " + std::to_string(split));
  }
}

void expect_as_in_order(const Messages& messages) {
  std::vector<std::size_t> arrival(messages.size());
  std::iota(arrival.begin(), arrival.end(), 0U);
  expect_end(messages, ends(messages, arrival), "as in order");
}

TEST(S16, ABloodPressureToldInPartsEndsAsInOneMessage) {
  expect_one_end({systolic, diastolic});
  expect_one_end({systolic, percent});
}

TEST(S14, ACountAndItsComponentsToldInPartsEndAsInOneMessage) {
  expect_one_end({count, layer, fields});
  expect_one_end({count, layer, other_count, other_layer});
  expect_one_end({count, layers, fields});
}

TEST(S14, WhatIsDoubtfulOfAComponentIsSaidOfItsResultHoweverItIsTold) {
  expect_one_end({count, "NM|UNKFLD^f^L|1|1,234"});
  expect_one_end({count, "NM|UNKFLD^f^L|1|20,5"});
  expect_one_end({count, "CWE|UNKLAYER^c^L|1|NOWHERE^nowhere^L"});
}

TEST(S14, AComponentWithoutObx4JoinsTheOnlyCountBesideANarrative) {
  expect_one_end({diagnosis, plain_count, plain_layer, plain_fields});
  expect_one_end({systolic, plain_count, plain_layer});
  const auto made = tests::convert(
      rules::message(rules::obr + told({diagnosis, plain_count, plain_layer, plain_fields})));
  EXPECT_THAT(made.of_type("Observation"), SizeIs(2));
  EXPECT_THAT(rules::first(made, "unk-cd56-pct-stroma")["component"].items(), SizeIs(2));
}

TEST(S13, AHalfWhoseUnitIsCorrectedStandsInOnePlaceAlone) {  // mistake 26
  for (const Rows& more : {Rows{}, Rows{systolic}}) {
    const auto with = [&](const std::string& half) {
      Rows rows = more;
      rows.push_back(half);
      return told(rows);
    };
    expect_as_in_order({told({systolic, percent}), with(diastolic)});
    expect_as_in_order({told({systolic, diastolic}), with(percent)});
    expect_as_in_order({told({systolic, diastolic}), with(percent), with(diastolic)});
    expect_as_in_order({told({systolic, percent}), with(diastolic), with(percent)});
  }
  Laboratory laboratory;
  laboratory.say(told({systolic, percent}));
  laboratory.say(told({systolic, diastolic}));
  EXPECT_EQ(laboratory.result("result-code-withheld")["status"].text(), "entered-in-error");
  EXPECT_FALSE(has_element(laboratory.result("result-code-withheld"), "value"));
  laboratory.say(told({percent}));
  EXPECT_EQ(laboratory.result("result-code-withheld")["valueQuantity"]["value"].text(), "88");
  const auto pressure = laboratory.result("85354-9");
  EXPECT_FALSE(has_element(component(pressure, "8462-4"), "value"));
  EXPECT_EQ(component(pressure, "8480-6")["valueQuantity"]["value"].text(), "138");
}

TEST(S16, APressureBothOfWhoseHalvesAreNoneIsEnteredInError) {
  Laboratory laboratory;
  laboratory.say(told({systolic, diastolic}));
  laboratory.say(told({"NM|8480-6^Sys^LN||138|%", percent}));
  EXPECT_EQ(laboratory.result("85354-9")["status"].text(), "entered-in-error");
  EXPECT_THAT(state(laboratory), Not(HasSubstr("85354-9")));
}

TEST(T7, OfTheRowsOfOneResultEachCountsFromItsOwnMessage) {
  const std::string sys_140 = "NM|8480-6^Sys^LN||140|mm[Hg]", dia_98 = "NM|8462-4^D^LN||98|mm[Hg]";
  expect_as_in_order({told({systolic, diastolic}), told({sys_140})});
  expect_as_in_order({told({systolic, diastolic}), told({dia_98}), told({sys_140})});
  expect_as_in_order({told({systolic}), told({systolic, dia_98}), told({sys_140})});
  expect_as_in_order({told({count, layer}), told({"NM|UNKPCT^u^L|1|7.0|%"})});
  expect_as_in_order({told({count, layer}), told({"CWE|UNKLAYER^c^L|1|STRFUN^fun^L"}),
                      told({"NM|UNKPCT^u^L|1|7.0|%"})});
  expect_as_in_order({told({count}), told({layer}), told({"NM|UNKPCT^u^L|1|7.0|%", fields})});
}

TEST(T7, WhatIsTakenBackAloneStaysAwayFromALateOriginal) {
  for (const auto& [row, status] :
       {std::pair(null_dia, "C"), std::pair(diastolic, "W"), std::pair(diastolic, "X")}) {
    Laboratory laboratory;
    laboratory.say_at(10, told({systolic}));
    laboratory.say_at(30, told({row}, status));
    laboratory.say_at(20, told({systolic, diastolic}));
    EXPECT_FALSE(has_element(component(laboratory.result("85354-9"), "8462-4"), "value"))
        << row << status;
  }
}

const std::string sys_145 = "NM|8480-6^Sys^LN||145|mm[Hg]", dia_90 = "NM|8462-4^Dia^LN||90|mm[Hg]";
/// Every way to take a row back, or to say that it has no result.
std::vector<std::string> taken_back(const std::string& row, const std::string& null_row) {
  return {told({row}, "W"), told({row}, "D"), told({row}, "X"), told({null_row}, "C")};
}

TEST(T7, AHalfThatIsTakenBackLateIsTakenBack) {  // T5, T4, T10, mistake 27
  for (const std::string& gone : taken_back(diastolic, null_dia)) {
    expect_as_in_order({told({systolic, diastolic}), gone, told({sys_145}, "C")});
    expect_as_in_order({told({systolic, diastolic}), told({sys_145}, "C") + gone, told({sys_145})});
    expect_as_in_order({told({diastolic}), gone, told({sys_145}, "C")});
    expect_as_in_order({told({systolic, diastolic}), gone, told({sys_145}), told({dia_90})});
  }
  for (const std::string& gone : taken_back(systolic, null_sys)) {
    expect_as_in_order({told({systolic, diastolic}), gone, told({dia_90}, "C")});
    expect_as_in_order({told({systolic}), gone, told({dia_90})});
  }
}

TEST(T5, AHalfThatIsTakenBackBeforeItsOriginalLeavesTheOther) {  // T2, S16
  for (const std::string& gone : taken_back(systolic, null_sys)) {
    expect_as_in_order({told({systolic, diastolic}), gone});
    expect_as_in_order({told({diastolic}), gone});
    expect_as_in_order({told({systolic}), told({diastolic}), gone});
    expect_as_in_order({told({systolic, diastolic}), gone, told({sys_145}, "C")});
  }
  for (const std::string& gone : taken_back(diastolic, null_dia)) {
    expect_as_in_order({told({systolic, diastolic}), gone});
    expect_as_in_order({told({systolic}), gone});
  }
  for (const char* status : {"W", "X"}) {
    Laboratory laboratory;
    laboratory.say_at(11, told({systolic}, status));
    laboratory.say_at(10, told({systolic, diastolic}));
    const auto pressure = laboratory.result("85354-9");
    EXPECT_EQ(pressure["status"].text(), "final") << status;
    EXPECT_FALSE(has_element(component(pressure, "8480-6"), "value")) << status;
    EXPECT_EQ(component(pressure, "8462-4")["valueQuantity"]["value"].text(), "88") << status;
  }
}

TEST(T5, BothHalvesThatAreTakenBackStayAway) {
  for (const char* status : {"W", "X"}) {
    Laboratory laboratory;
    laboratory.say_at(11, told({systolic, diastolic}, status));
    laboratory.say_at(10, told({systolic, diastolic}));
    for (const char* half : {"8480-6", "8462-4"})
      EXPECT_FALSE(has_element(component(laboratory.result("85354-9"), half), "value")) << status;
    laboratory.say_at(12, told({sys_145}, status));
    laboratory.say_at(9, told({diastolic}));
    for (const char* half : {"8480-6", "8462-4"})
      EXPECT_FALSE(has_element(component(laboratory.result("85354-9"), half), "value")) << status;
  }
}

TEST(S16, EachHalfKeepsItsStatusAndThePanelHasThatOfTheSystolic) {  // §8, mistake 26
  const auto status = [](const Messages& messages) {
    Laboratory laboratory;
    for (const std::string& one : messages) laboratory.say(one);
    return laboratory.result("85354-9")["status"].text();
  };
  const std::string early = told({systolic, diastolic}, "P");
  EXPECT_EQ(status({early, told({dia_90})}), "preliminary");
  EXPECT_EQ(status({early, told({dia_90}), told({sys_145})}), "final");
  EXPECT_EQ(status({early, told({sys_145})}), "final");
  EXPECT_EQ(status({told({systolic}) + told({diastolic}, "C")}), "corrected");
  EXPECT_EQ(status({told({systolic, diastolic}), told({dia_90}, "C")}), "corrected");
  EXPECT_EQ(status({told({systolic, diastolic}), told({dia_90}, "C"), told({sys_145})}),
            "corrected");
  expect_as_in_order({early, told({dia_90}), told({sys_145})});
  expect_as_in_order({early, told({dia_90}, "C"), told({sys_145})});
  expect_as_in_order({told({systolic, diastolic}), told({sys_145}, "C"), told({diastolic}, "X")});
  expect_as_in_order({told({systolic}) + told({diastolic}, "P"), told({dia_90})});
  Laboratory laboratory;
  laboratory.say(told({systolic}) + told({diastolic}, "P"));
  const auto half = component(laboratory.result("85354-9"), "8462-4");
  EXPECT_EQ(half["extension"].items().at(0)["valueCode"].text(), "preliminary");
}

TEST(T8, AnEarlyHalfReplacesNoneThatIsFinal) {
  Laboratory laboratory;
  laboratory.say(told({systolic}, "P") + told({diastolic}));
  laboratory.say(told({dia_90}, "P"));
  EXPECT_EQ(component(laboratory.result("85354-9"), "8462-4")["valueQuantity"]["value"].text(),
            "88");
  EXPECT_THAT(laboratory.issues, Contains(HasSubstr("status-regression")));
  laboratory.say(told({sys_145}) + told({dia_90}, "P"));
  const auto pressure = laboratory.result("85354-9");
  EXPECT_EQ(component(pressure, "8462-4")["valueQuantity"]["value"].text(), "88");
  EXPECT_EQ(component(pressure, "8480-6")["valueQuantity"]["value"].text(), "145");
  EXPECT_THAT(laboratory.issues, Contains(HasSubstr("status-regression")));
}

TEST(T7, TheHalfThatStandsBesideOneTakenBackKeepsItsOwnTime) {  // T2, mistake 26
  for (const std::string& gone : taken_back(systolic, null_sys))
    expect_as_in_order({told({systolic, diastolic}), told({dia_90}, "C"), gone});
  for (const std::string& gone : taken_back(diastolic, null_dia))
    expect_as_in_order({told({systolic, diastolic}), told({sys_145}, "C"), gone});
}

TEST(T5, AHalfOfAPanelThatWasTakenBackAsAWholeStaysAwayBesideTheOther) {  // mistake 27
  for (const char* status : {"W", "D", "X"})
    expect_as_in_order(
        {told({systolic, diastolic}), told({systolic, diastolic}, status), told({sys_145}, "C")});
}

TEST(T7, ALateCorrectionReachesAComponentThatHasJoined) {  // S14
  const std::string more = "NM|UNKFLD^f^L|1|30";
  expect_as_in_order({told({layer, fields}), told({more}), told({count})});
  expect_as_in_order({told({layer, fields}), told({count, more}), told({count})});
}

const std::string empty_count = "NM|UNKPCT^u^L|1||%", null_layer = "CWE|UNKLAYER^c^L|1|\"\"";

/// The count's value, compartment and fields, whichever message came first. Its status tells what
/// was seen meanwhile.
void expect_parts_as_in_order(const Messages& messages) {
  const auto parts = [&](const std::vector<std::size_t>& arrival) {
    Laboratory laboratory;
    for (const std::size_t k : arrival) laboratory.say_at(10 + static_cast<int>(k), messages[k]);
    const auto result = laboratory.result("unk-cd56-pct-stroma");
    std::string all = result["valueQuantity"]["value"].text();
    for (const char* code : {"endometrial-compartment", "fields-counted"}) {
      const auto part = component(result, code);
      all += "|" + part["valueCodeableConcept"]["text"].text() + part["valueInteger"].text();
    }
    return all;
  };
  std::vector<std::size_t> arrival(messages.size());
  std::iota(arrival.begin(), arrival.end(), 0U);
  const std::string in_order = parts(arrival);
  while (std::next_permutation(arrival.begin(), arrival.end())) {
    std::string which;
    for (const std::size_t k : arrival) which += std::to_string(k);
    EXPECT_EQ(parts(arrival), in_order) << messages.back() << which;
  }
}

TEST(T12, ACountWithoutAValueKeepsNoComponentThatIsTakenBackBesideIt) {  // S14, T4, T10
  for (const std::string& gone : taken_back(layer, null_layer)) {
    Laboratory laboratory;
    laboratory.say(told({count, layer}));
    laboratory.say(told({empty_count}, "C") + gone);
    const auto result = laboratory.result("unk-cd56-pct-stroma");
    EXPECT_EQ(result["valueQuantity"]["value"].text(), "6.8") << gone;
    EXPECT_FALSE(has_element(component(result, "endometrial-compartment"), "value")) << gone;
  }
}

TEST(T7, AnEmptyCountThatComesBeforeItsOriginalTakesItsValue) {  // T12, S14
  expect_parts_as_in_order({told({count}), told({empty_count, layer})});
  expect_parts_as_in_order({told({count, fields}), told({empty_count, layer})});
  expect_parts_as_in_order({told({layer}), told({"CWE|UNKLAYER^c^L|1|"}), told({count})});
  expect_parts_as_in_order({told({count}), told({"NM|UNKPCT^u^L|1|\"\"|%", layer})});
}

TEST(T5, AComponentThatWasTakenBackStaysAwayFromALateOriginal) {  // S14
  const std::string count_7 = "NM|UNKPCT^u^L|1|7.0|%", other = "CWE|UNKLAYER^c^L|1|STRFUN^fun^L";
  for (const char* status : {"W", "D"}) {
    expect_parts_as_in_order({told({layer}), told({count}), told({layer}, status)});
    expect_parts_as_in_order({told({layer, fields}), told({count}), told({layer}, status)});
    expect_parts_as_in_order({told({count, layer}), told({count_7, other}, "C"),
                              told({count_7}, "C") + told({other}, status)});
    expect_parts_as_in_order({told({count, layer}), told({layer}, status), told({other})});
  }
}

TEST(S15, ADefinitionStandsWhereARowThatSaysOtherwiseIsWithdrawn) {
  Laboratory laboratory;
  const std::string hpf = "NM|CD56HPF^h^L|1|12|/HPF";
  laboratory.say(told({hpf}) + told({layer}, "W"));
  const auto stroma = component(laboratory.result("unk-cd56-per-hpf"), "endometrial-compartment");
  EXPECT_EQ(tests::code_of(stroma["valueCodeableConcept"]), "stroma");
}

TEST(T7, AComponentThatIsTakenBackLateGoes) {  // S14, T5, mistake 9
  const std::string count_7 = "NM|UNKPCT^u^L|1|7.0|%";
  for (const std::string& gone : taken_back(layer, "CWE|UNKLAYER^c^L|1|\"\"")) {
    for (const Messages& messages :
         {Messages{told({count, layer}), told({count_7}, "C") + gone, told({count_7}, "C")},
          Messages{told({count, layer, fields}), gone, told({count_7}, "C")}})
      EXPECT_EQ(ends(messages, {0, 2, 1}), ends(messages, {0, 1, 2}));
  }
}

TEST(T7, ALateRowThatNoNewerMessageSaysIsToldWithoutAnIssue) {
  Laboratory laboratory;
  laboratory.say_at(20, told({systolic}));
  laboratory.say_at(10, told({diastolic}));
  EXPECT_THAT(laboratory.issues, Not(Contains(HasSubstr("Observation/"))));
  laboratory.say_at(11, told({"NM|8480-6^Sys^LN||120|mm[Hg]", diastolic}));
  EXPECT_THAT(laboratory.issues, Contains(HasSubstr("update-out-of-order Observation/")));
}

TEST(S14, ACorrectionOfAComponentThatHasJoinedReachesItsResult) {
  Laboratory laboratory;
  laboratory.say(told({layer}));
  laboratory.say(told({count}));
  EXPECT_EQ(laboratory.result("endometrial-compartment")["status"].text(), "entered-in-error");
  laboratory.say(told({"CWE|UNKLAYER^c^L|1|STRFUN^fun^L"}, "C"));
  EXPECT_EQ(laboratory.result("endometrial-compartment")["status"].text(), "entered-in-error");
  const auto part = component(laboratory.result("unk-cd56-pct-stroma"), "endometrial-compartment");
  EXPECT_EQ(tests::code_of(part["valueCodeableConcept"]), "stroma-functionalis");
}

TEST(T12, AnEmptyUpdateInAnotherUnitKeepsFlagAndRangeOfTheValueThatStays) {
  Laboratory laboratory;
  laboratory.say("OBX|1|NM|8112-5^NK^LN||14.2|%|5-12|H|||F\n");
  laboratory.say("OBX|1|NM|8112-5^NK^LN|||/uL|90-600|L|||C\n", "C");
  const auto result = laboratory.result("8112-5");
  EXPECT_EQ(result["valueQuantity"]["value"].text(), "14.2");
  EXPECT_EQ(tests::code_of(result["interpretation"].items().at(0)), "H");
  EXPECT_EQ(result["referenceRange"].items().at(0)["text"].text(), "5-12");
  EXPECT_THAT(rules::notes(result),
              ElementsAre("sent without a value: unit /uL, range 90-600, flag L"));
  EXPECT_TRUE(has_issue(result, "value-empty-on-update"));
  laboratory.say("OBX|1|NM|8112-5^NK^LN|||%|4-10|L|||C\n", "C");
  EXPECT_EQ(tests::code_of(laboratory.result("8112-5")["interpretation"].items().at(0)), "L")
      << "T3";
}

TEST(T7, AnEmptyRowThatComesBeforeItsOriginalLeavesItsValue) {  // T12, F7
  const std::string original = "OBX|1|NM|8112-5^NK^LN||14|%|5-12|N|||F\n",
                    empty = "OBX|1|NM|8112-5^NK^LN|||%|4-10|H|||C\n",
                    other = "OBX|1|NM|8112-5^NK^LN|||/uL|90-600|L|||C\n",
                    null = "OBX|1|NM|8112-5^NK^LN||\"\"|%|||||C\n";
  for (const std::string& newer : {empty, other, null}) expect_as_in_order({original, newer});
  Laboratory laboratory;
  laboratory.say_at(11, empty);
  laboratory.say_at(10, original);
  const auto result = laboratory.result("8112-5");
  EXPECT_EQ(result["valueQuantity"]["value"].text(), "14");
  EXPECT_EQ(result["status"].text(), "corrected");
  EXPECT_EQ(tests::code_of(result["interpretation"].items().at(0)), "H");
  EXPECT_TRUE(has_issue(result, "value-empty-on-update"));
  laboratory.say_at(12, null);
  laboratory.say_at(9, original);
  EXPECT_FALSE(has_element(laboratory.result("8112-5"), "value")) << "T10";
}

TEST(T6, TheAccountOfAMessageConvertedAloneNamesNoResourceThatIsNotWritten) {
  auto made = tests::convert(rules::message(rules::obr + "OBX|1|NM|8112-5^NK^LN||14.2|%|||||U\n" +
                                            told({"NM|9728-7^NK^LN||300|/uL"})));
  const auto& leaves = made.message.leaves();
  const Conversion first = told_first(std::move(made.conversion));
  std::vector<bool> lands(leaves.size());
  for (const Landing& landing : first.account.landings) {
    lands[landing.leaf] = true;
    ASSERT_LT(landing.resource, first.resources.size());
    const auto& segment = made.message.segments()[leaves[landing.leaf].segment];
    if (segment.name == "OBX" && made.message.raw(leaves[landing.leaf]) == "300") {
      EXPECT_THAT(first.resources[landing.resource].body, HasSubstr("9728-7"));
    }
  }
  for (std::size_t i = 0; i < leaves.size(); ++i) {
    const LeafFate& fate = first.account.leaves[i];
    EXPECT_EQ(fate.fate == Fate::mapped, lands[i]) << made.message.address(leaves[i]);
    if (made.message.raw(leaves[i]) == "14.2") {
      EXPECT_EQ(fate.fate, Fate::set_aside);
      EXPECT_EQ(fate.reason, Reason::status_not_a_result);
    }
  }
}

TEST(T6, AnUpdateOfNothingIsNoResultOfAMessageThatIsConvertedAlone) {
  auto made = tests::convert(rules::message(rules::obr + "OBX|1|NM|8112-5^NK^LN|||%|||||U\n" +
                                            told({"NM|9728-7^NK^LN||300|/uL"})));
  const std::size_t before = made.conversion.resources.size();
  const Conversion first = told_first(std::move(made.conversion));
  EXPECT_EQ(first.resources.size(), before - 1);
  EXPECT_TRUE(std::any_of(first.issues.begin(), first.issues.end(),
                          [](const Issue& one) { return one.code == "update-target-unknown"; }));
  for (const auto& resource : first.resources) {
    if (resource.key.type != "DiagnosticReport") continue;
    EXPECT_THAT(references_of((*fhir::parse_json(resource.body))["result"]), SizeIs(1));
  }
}

}  // namespace
}  // namespace gateway::mapping
