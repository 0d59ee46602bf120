#include "gateway/forward/folder_target.hpp"

#include <fstream>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/files.hpp"

using namespace gateway;
using testing::ElementsAre;

namespace {

std::string read(const std::filesystem::path& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::vector<std::string> names(const std::filesystem::path& folder) {
  std::vector<std::string> out;
  for (const auto& file : std::filesystem::directory_iterator(folder))
    out.push_back(file.path().filename().string());
  std::sort(out.begin(), out.end());
  return out;
}

const outbox::Post post{
    R"({"resourceType":"Bundle","type":"transaction","entry":[)"
    R"({"resource":{"resourceType":"Observation","valueQuantity":{"value":5.60}},)"
    R"("request":{"method":"PUT","url":"Observation/o"}},)"
    R"({"request":{"method":"DELETE","url":"Specimen/s"}}]})",
    "clinic-a"};

TEST(FolderTarget, EachDeliveryIsAFileAndEachResourceALine) {
  tests::TemporaryFolder folder;
  const auto target = forward::folder_target(folder.path());
  ASSERT_TRUE(target);
  EXPECT_EQ((*target)->post(post)->status, 200);
  EXPECT_EQ((*target)->post(post)->status, 200);
  EXPECT_THAT(names(folder.path()),
              ElementsAre("00000000000000000001.ndjson", "00000000000000000002.ndjson"));
  EXPECT_EQ(read(folder.path() / "00000000000000000001.ndjson"),
            "{\"resourceType\":\"Observation\",\"valueQuantity\":{\"value\":5.60}}\n"
            "{\"resourceType\":\"Bundle\",\"type\":\"transaction\",\"entry\":[{\"request\":"
            "{\"method\":\"DELETE\",\"url\":\"Specimen/s\"}}]}\n");
}

TEST(FolderTarget, GoesOnBehindWhatIsThereAndWritesOverWhatBrokeOff) {
  tests::TemporaryFolder folder;
  std::ofstream(folder.path() / "00000000000000000041.ndjson") << "x\n";
  std::ofstream(folder.path() / ".00000000000000000042.ndjson") << "half";
  ASSERT_TRUE((*forward::folder_target(folder.path()))->post(post));
  EXPECT_THAT(names(folder.path()),
              ElementsAre("00000000000000000041.ndjson", "00000000000000000042.ndjson"));
}

TEST(FolderTarget, AFolderThatIsNotThereIsSaidWhenItIsMade) {
  const auto target = forward::folder_target("/nowhere/at/all");
  ASSERT_FALSE(target);
  EXPECT_EQ(target.error().kind, base::ErrorKind::configuration);
}

TEST(FolderTarget, AFolderThatIsGoneIsTriedAgain) {
  tests::TemporaryFolder folder;
  const auto gone = folder.path() / "gone";
  std::filesystem::create_directory(gone);
  const auto target = forward::folder_target(gone);
  std::filesystem::remove(gone);
  const auto answer = (*target)->post(post);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind, base::ErrorKind::unavailable);
}

}  // namespace
