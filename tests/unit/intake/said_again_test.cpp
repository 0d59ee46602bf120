#include <tuple>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/intake/house.hpp"

namespace gateway::intake {
namespace {

using testing::SizeIs;
using testing::StartsWith;

std::string message(const std::string& time, const std::string& value, const std::string& status) {
  return "MSH|^~\\&|LABQ|SITE|GW|CL|20250322" + time + "-0500||ORU^R01|M" + time + "|P|2.5.1\r" +
         "PID|1||P1^^^CLINIC^MR||Test||19900101|F\r" +
         "OBR|1||F1|NKP^NK^L|||20250322093000-0500|||||||||||||||||F\r" +
         "OBX|1|NM|8112-5^NK^LN||" + value + "|%|||||" + status + "\r";
}

std::string standing(House& house) {
  const auto found = house.found("Observation", "order=F1");
  EXPECT_THAT(found, SizeIs(1));
  const auto body = fhir::parse_json(found.at(0).body);
  return (*body)["status"].text() + " " + (*body)["valueQuantity"]["value"].text();
}

TEST(T7, AnEqualMessageMakesNoVersionAndIsNewerThanWhatCameBetweenAllTheSame) {
  House house;
  for (const auto& [time, value, status] :
       {std::tuple{"100000", "5", "F"}, {"130000", "5", "F"}, {"120000", "6", "C"}})
    EXPECT_THAT(msa(house.say(message(time, value, status))), StartsWith("MSA|AA"));
  EXPECT_EQ(standing(house), "final 5");
  EXPECT_EQ(house.verified().arrivals, 3) << "the later time is sealed with its arrival";
  house.say(message("140000", "6", "C"));
  EXPECT_EQ(standing(house), "corrected 6");
}

}  // namespace
}  // namespace gateway::intake
