#include "gateway/hl7v2/field_names.hpp"

#include <gtest/gtest.h>

namespace gateway::hl7v2 {
namespace {

TEST(FieldNames, AreThoseOfTheStandardAndNoneWhereItHasNone) {
  EXPECT_EQ(field_name("OBX", 5), "Observation Value");
  EXPECT_EQ(field_name("OBX", 33), "Related Specimen Identifier");
  EXPECT_EQ(field_name("MSH", 1), "Field Separator");
  EXPECT_EQ(field_name("PID", 3), "Patient Identifier List");
  EXPECT_EQ(field_name("SPM", 17), "Specimen Collection Date/Time");
  EXPECT_EQ(field_name("PV1", 54), "Service Episode Identifier");
  EXPECT_EQ(field_name("ORC", 38), "Filler Order Group Number");
  EXPECT_EQ(field_name("OBR", 54), "Parent Order");
  EXPECT_EQ(field_name("OBX", 34), "");
  EXPECT_EQ(field_name("OBX", 0), "");
  EXPECT_EQ(field_name("ZCY", 2), "");
}

}  // namespace
}  // namespace gateway::hl7v2
