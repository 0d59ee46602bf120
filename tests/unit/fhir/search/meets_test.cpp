#include "gateway/fhir/search/meets.hpp"

#include <gtest/gtest.h>

using namespace gateway::fhir;
using namespace gateway::fhir::search;

namespace {

const ResourceKey key{"Observation", "o1"};

IndexRows rows() {
  return index_rows(
      key,
      *JsonView::read(
          R"({"resourceType":"Observation","id":"o1","status":"final","valueString":"Positive",)"
          R"("subject":{"reference":"Patient/p1"},"identifier":[{"system":"urn:x","value":"7"}],)"
          R"("code":{"coding":[{"system":"http://loinc.org","code":"8112-5"}]}})"),
      {});
}
Criterion criterion(const std::string& query) {
  return parse("Observation", query)->criteria.front();
}

TEST(Meets, TellsTokensBeginningsOfTextReferencesAndNumbers) {
  for (const char* query : {"status=final", "code=http://loinc.org|8112-5", "value-string=posi",
                            "patient=Patient/p1", "identifier=7"}) {
    EXPECT_TRUE(can_meet(criterion(query))) << query;
    EXPECT_TRUE(meets(criterion(query), rows())) << query;
  }
  for (const char* query : {"status=amended", "value-string=neg", "patient=p2", "cycle-day=21"}) {
    EXPECT_TRUE(can_meet(criterion(query))) << query;
    EXPECT_FALSE(meets(criterion(query), rows())) << query;
  }
}

TEST(Meets, WhatTheRowsDoNotTellIsNeverKeptAndMetByNothing) {
  for (const char* query :
       {"status:not=amended", "cycle-day:missing=true", "patient.family=oz", "value-string:exact=x",
        "value-string:contains=osi", "code:text=nk", "identifier:of-type=a|b|7", "_id=o1",
        "_lastUpdated=gt2020", "date=2025", "value-quantity=gt0", "combo-value-concept=x",
        "_has:DiagnosticReport:result:status=final"}) {
    EXPECT_FALSE(can_meet(criterion(query))) << query;
    EXPECT_FALSE(meets(criterion(query), rows())) << query;
  }
}

}  // namespace
