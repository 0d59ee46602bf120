#include "gateway/base/edit_distance.hpp"

#include <gtest/gtest.h>

namespace gateway {
namespace {

TEST(EditDistance, CountsWhatIsAddedDroppedAndChanged) {
  EXPECT_EQ(base::edit_distance("listen", "listen"), 0U);
  EXPECT_EQ(base::edit_distance("lsten", "listen"), 1U);
  EXPECT_EQ(base::edit_distance("listten", "listen"), 1U);
  EXPECT_EQ(base::edit_distance("listem", "listen"), 1U);
  EXPECT_EQ(base::edit_distance("kitten", "sitting"), 3U);
  EXPECT_EQ(base::edit_distance("", "abc"), 3U);
  EXPECT_EQ(base::edit_distance("abc", ""), 3U);
}

}  // namespace
}  // namespace gateway
