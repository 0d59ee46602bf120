#include <gmock/gmock.h>

#include "gateway/fhir/canonical.hpp"

#include "tests/unit/intake/house.hpp"

namespace gateway::intake {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

std::string without(std::string message, std::string_view segment) {
  const auto from = message.find("\r" + std::string(segment));
  return message.erase(from, message.find('\r', from + 1) - from);
}

std::vector<fhir::Version> refused(House& house) {
  return house.found("MessageHeader", "code=fatal-error");
}

TEST(RefusedHeader, SaysBySenderEventAndReasonWhatWasRefused) {
  House house;
  EXPECT_THAT(msa(house.say(without(House::sample("01"), "PID"))), StartsWith("MSA|AE|N1001"));
  const auto found = refused(house);
  ASSERT_EQ(found.size(), 1U);
  const auto header = *fhir::parse_json(found[0].body);
  EXPECT_EQ(header["meta"]["source"].text(), fhir::canonical::sender("NORTHLIS"));
  EXPECT_EQ(header["meta"]["tag"].items().front()["code"].text(), "message-malformed");
  EXPECT_EQ(header["eventCoding"]["code"].text(), "R01");
  EXPECT_EQ(header["response"]["identifier"].text(), "N1001");
  const auto& issue = header["contained"].items().front()["issue"].items().front();
  EXPECT_EQ(issue["code"].text(), "structure");
  EXPECT_EQ(issue["location"].items().front().text(), "PID");
  EXPECT_FALSE(issue["diagnostics"].text().empty());
  house.verified();
}

TEST(RefusedHeader, IsOneForEachRefusalThatIsKept) {
  House house;
  const auto bad = without(House::sample("01"), "PID");
  house.say(bad);
  house.clock.pass(1s);
  house.say(bad);
  EXPECT_EQ(refused(house).size(), 1U) << "said again it is a duplicate";
  house.say(with(bad, "N1001", "N1002"));
  EXPECT_EQ(refused(house).size(), 2U);
  EXPECT_EQ(house.verified().arrivals, 2);
}

TEST(RefusedHeader, HasNoWordOfWhatMayBeAnything) {
  House house;
  house.listener.senders = {"NORTHLIS"};
  house.say("MSH|^~\\&|KAYA^ELIF|BORN 1990|||20250101||KAYA^ELI|x y/KAYA|P|KAYA\r");
  house.say("KAYA ELIF 1990");
  const auto found = refused(house);
  ASSERT_EQ(found.size(), 2U);
  for (const auto& version : found) {
    EXPECT_THAT(version.body, Not(HasSubstr("KAYA")));
    EXPECT_THAT(version.body, Not(HasSubstr("ELI")));
    EXPECT_THAT(version.body, Not(HasSubstr("1990")));
    EXPECT_THAT(version.body, HasSubstr(R"("valueCode":"unknown")"));
  }
}

TEST(RefusedHeader, OfWhatIsTakenThereIsNone) {
  House house;
  house.say(House::sample("01"));
  EXPECT_TRUE(refused(house).empty());
  EXPECT_EQ(house.found("MessageHeader", "").size(), 1U);
}

}  // namespace
}  // namespace gateway::intake
