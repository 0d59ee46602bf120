#include "gateway/fhir/uri.hpp"

#include <gtest/gtest.h>

namespace {

using gateway::fhir::as_url;
using gateway::fhir::is_uri;

TEST(Uri, IsOfASchemeThatFhirKnowsAndHoldsNothingThatRfc3986KeepsOut) {
  for (const char* uri : {"http://loinc.org", "https://x.example/a?b=c#d", "urn:oid:2.16.840.1",
                          "urn:uuid:0f8fad5b-d9cb-469f-a165-70867728950e", "urn:iso:std:iso:3166"})
    EXPECT_TRUE(is_uri(uri)) << uri;
  for (const char* other : {"", "LN", "http://", "urn:", "ftp://x", "http://a b", "http://\xC3\xA4",
                            "http://x/\"", "urn:oid:2.16.", "urn:oid:2.016", "urn:oid:3.1",
                            "urn:uuid:0F8FAD5B-D9CB-469F-A165-70867728950E", "urn:uuid:0f8fad5b"})
    EXPECT_FALSE(is_uri(other)) << other;
}

TEST(Uri, AUrlIsEncodedWhereItMustAndAPathIsNone) {
  EXPECT_EQ(as_url("https://x.example/a%20b"), "https://x.example/a%20b");
  EXPECT_EQ(as_url("https://x.example/a b"), "https://x.example/a%20b");
  EXPECT_EQ(as_url("https://x.example/100%"), "https://x.example/100%25");
  EXPECT_EQ(as_url("file:\\\\host\\x"), "file:%5C%5Chost%5Cx");
  EXPECT_EQ(as_url("mllp://host/\xC3\xA4"), "mllp://host/%C3%A4");
  for (const char* none : {"", "C:\\x", "1 Main St: left", "https:", "urn:oid:2.016"})
    EXPECT_EQ(as_url(none), "") << none;
}

}  // namespace
