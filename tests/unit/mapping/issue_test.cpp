#include "gateway/mapping/issue.hpp"

#include <gtest/gtest.h>

namespace gateway::mapping {
namespace {

TEST(Issues, HaveTheSeverityOfTheirTable) {
  for (const char* code :
       {"unit-property-mismatch", "patient-mismatch", "loinc-invalid", "code-specimen-conflict"}) {
    EXPECT_EQ(severity_of(code), Severity::error) << code;
  }
  for (const char* code : {"nm-invalid",
                           "nm-ambiguous-comma",
                           "value-repeated",
                           "value-empty-on-update",
                           "code-unmapped",
                           "unit-unmapped",
                           "specimen-unmapped",
                           "unit-missing",
                           "specimen-unknown",
                           "specimen-association-ambiguous",
                           "cycle-day-conflict",
                           "gestation-conflict",
                           "pregnancy-cycle-conflict",
                           "lmp-after-collection",
                           "cycle-day-implausible",
                           "gestation-implausible",
                           "z-segment-unmapped",
                           "interpretation-unknown",
                           "status-unknown",
                           "status-regression",
                           "update-target-unknown",
                           "control-id-reused",
                           "attachment-invalid",
                           "collection-time-missing",
                           "charset-assumed",
                           "version-assumed",
                           "value-truncated",
                           "segment-ambiguous",
                           "structure-assumed",
                           "line-without-segment",
                           "continuation-unjoined",
                           "batch-count-mismatch",
                           "patient-identifier-missing",
                           "order-number-conflict",
                           "code-missing",
                           "value-type-unknown",
                           "date-invalid",
                           "specimen-not-patient"}) {
    EXPECT_EQ(severity_of(code), Severity::warning) << code;
  }
  for (const char* code : {"lmp-imprecise",        "cycle-text-ambiguous",   "timezone-missing",
                           "nm-decimal-comma",     "nm-thousands-separator", "update-out-of-order",
                           "delimiters-assumed",   "escape-unknown",         "control-character",
                           "unexpected-structure", "segment-indented",       "segment-unknown",
                           "segment-out-of-place", "line-continued",         "patient-repeated",
                           "order-number-missing", "value-type-assumed",     "date-format",
                           "sex-unknown",          "attachment-empty",       "parent-self",
                           "field-unmapped-new"}) {
    EXPECT_EQ(severity_of(code), Severity::information) << code;
  }
  EXPECT_EQ(severity_of("something-else"), Severity::warning);
}

TEST(Issues, EachHasTheRowOfTable0357ThatSaysMostOfIt) {
  EXPECT_EQ(condition_of("code-unmapped"), 103);
  EXPECT_EQ(condition_of("nm-invalid"), 102);
  EXPECT_EQ(condition_of("unit-missing"), 101);
  EXPECT_EQ(condition_of("segment-out-of-place"), 100);
  EXPECT_EQ(condition_of("value-truncated"), 104);
  EXPECT_EQ(condition_of("control-id-reused"), 205);
  EXPECT_EQ(condition_of("cycle-day-conflict"), 207);
}

}  // namespace
}  // namespace gateway::mapping
