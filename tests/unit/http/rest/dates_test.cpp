#include "gateway/http/rest/dates.hpp"

#include <gtest/gtest.h>

namespace {

using namespace gateway::http::rest;

TEST(HttpDate, IsReadBackAsItWasWritten) {
  EXPECT_EQ(http_date({784'111'777'123'456}), "Sun, 06 Nov 1994 08:49:37 GMT");
  EXPECT_EQ(read_http_date("Sun, 06 Nov 1994 08:49:37 GMT"), 784'111'777);
  for (const std::int64_t seconds :
       {std::int64_t{0}, std::int64_t{951'782'400}, std::int64_t{4'102'444'799}}) {
    EXPECT_EQ(read_http_date(http_date({seconds * 1'000'000})), seconds);
  }
}

TEST(HttpDate, AnythingElseIsNone) {
  for (const char* text : {"", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994",
                           "Sun, 06 Nov 1994 08:49:37 CET", "Sun, 31 Feb 1994 08:49:37 GMT",
                           "Sun, 06 Nov 1994 24:49:37 GMT", "Sun, 06 nov 1994 08:49:37 GMT",
                           "Sun, -6 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 GMT "})
    EXPECT_FALSE(read_http_date(text)) << text;
}

}  // namespace
