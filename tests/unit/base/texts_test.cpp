#include <algorithm>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "gateway/base/bell.hpp"
#include "gateway/base/buffer.hpp"
#include "gateway/base/hash.hpp"
#include "gateway/base/ids.hpp"
#include "gateway/base/log.hpp"
#include "gateway/base/result.hpp"

namespace {

using namespace gateway::base;

TEST(Error, ReadsAsPlaceWhatAndRemedy) {
  const Error error{ErrorKind::malformed, "OBX-2 is empty", "OBX[3]-2",
                    "set value_type_when_empty"};
  EXPECT_EQ(error.text(), "OBX[3]-2: OBX-2 is empty; set value_type_when_empty");
  EXPECT_EQ((Error{ErrorKind::malformed, "x", "", ""}).text(), "x");
}

TEST(Invariant, NamesThePromiseThatBroke) {
  EXPECT_NO_THROW(invariant(true, "holds"));
  try {
    invariant(false, "a revision follows what stands");
    FAIL() << "nothing was thrown";
  } catch (const BrokenInvariant& broken) {
    EXPECT_NE(std::string(broken.what()).find("a revision follows what stands"), std::string::npos);
  }
}

TEST(NumericText, LeavesRoomForNoName) {
  EXPECT_EQ(NumericText("[fd00::1]:40112").text(), "[fd00::1]:40112");
  EXPECT_EQ(NumericText("Jane Doe\n1").text(), "aeDe1");
}

TEST(Buffer, KeepsItsBytesInPlaceWhenMoved) {
  Buffer first(std::string_view("short"));
  const auto view = first.text();
  const Buffer second = std::move(first);
  EXPECT_EQ(view.data(), second.text().data());
}

TEST(Hash, JoinsPartsSoThatTheirBordersCount) {
  EXPECT_NE(KeyHash().add("a").add("bc").digest(), KeyHash().add("ab").add("c").digest());
  EXPECT_EQ(hex(bytes_of(sha256("abc"))),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Base32, IsLowerCaseAndAsLongAsAsked) {
  EXPECT_EQ(base32(sha256("abc"), 10).size(), 10U);
  EXPECT_EQ(base32(sha256("abc"), 10), base32(sha256("abc"), 26).substr(0, 10));
}

TEST(Base64, ComesBackAsItWent) {
  for (const std::string& bytes : {std::string(), std::string("f"), std::string("fo"),
                                   std::string("foo"), std::string("\0\xFF\x80 x", 5)})
    EXPECT_EQ(base64_decode(base64(bytes)), bytes);
  EXPECT_EQ(base64_decode("Zm9v\r\nYmFy"), "foobar");
}

TEST(Base64, RefusesWhatDoesNotDecode) {
  for (const char* text : {"Z", "Zm9", "Zm9v!", "Z=9v", "====", "Zg==Zg=="})
    EXPECT_FALSE(base64_decode(text)) << text;
}

TEST(Bell, RemembersARingBeforeTheWait) {
  Bell bell;
  bell.ring();
  bell.ring();
  EXPECT_TRUE(bell.wait_for(std::chrono::milliseconds(1)));
  EXPECT_FALSE(bell.wait_for(std::chrono::milliseconds(1)));
}

TEST(Partition, SpreadsPatientsOverSixteen) {
  std::set<int> seen;
  for (int i = 0; i < 400; ++i) seen.insert(partition_of({"p" + std::to_string(i)}));
  EXPECT_EQ(seen.size(), 16U);
  EXPECT_EQ(*seen.begin(), 0);
  EXPECT_EQ(*seen.rbegin(), 15);
}

TEST(Log, EscapesWhateverCouldBreakALine) {
  EXPECT_EQ(json_quoted("a\"b\\c\n\x1b[0m\x7f"), "\"a\\\"b\\\\c\\u000a\\u001b[0m\\u007f\"");
  EXPECT_EQ(json_quoted("\xE2\x80\xA8"), "\"\\u2028\"");
}

TEST(Log, WritesOneJsonLineAnEvent) {
  testing::internal::CaptureStdout();
  set_log_instance(ConfiguredName("clinic-a"));
  log(Level::info, "mllp.accepted",
      {{"bytes", 12}, {"door", "mllp"}, {"sender", ConfiguredName("X\nY")}});
  const std::string line = testing::internal::GetCapturedStdout();
  EXPECT_EQ(std::count(line.begin(), line.end(), '\n'), 1);
  EXPECT_NE(line.find("\"event\":\"mllp.accepted\",\"instance\":\"clinic-a\",\"bytes\":12,"
                      "\"door\":\"mllp\",\"sender\":\"X\\u000aY\"}"),
            std::string::npos)
      << line;
}

}  // namespace
