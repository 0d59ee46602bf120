#include "gateway/query/shown.hpp"

#include <gmock/gmock.h>

namespace tests {
namespace {

using gateway::query::show;
using testing::ElementsAre;
using testing::IsEmpty;

gateway::fhir::Version result(const std::string& id, const std::string& patient) {
  gateway::fhir::Version version;
  version.key = {"Observation", id};
  version.version = 2;
  version.body = R"({"resourceType":"Observation","id":")" + id +
                 R"(","meta":{},"subject":{"reference":"Patient/)" + patient + R"("}})";
  return version;
}

TEST(Shown, AResourceThatIsReadIsNotedByNameAPageByItsPatients) {
  gateway::security::Principal who;
  who.shown = std::make_shared<gateway::security::Shown>();
  show(who, result("o1", "p1"));
  const std::vector page{result("o2", "p2"), result("o3", "p1"), result("o4", "p2")};
  show(who, page);
  EXPECT_THAT(who.shown->entities, ElementsAre("Observation/o1/_history/2"));
  EXPECT_THAT(who.shown->patients, ElementsAre("Patient/p1", "Patient/p2"));
  EXPECT_EQ(who.shown->count, 4);
}

TEST(Shown, WhereNobodyAsksNothingIsNoted) {
  show(gateway::security::Principal{}, result("o1", "p1"));
}

}  // namespace
}  // namespace tests
