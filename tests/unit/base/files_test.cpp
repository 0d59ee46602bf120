#include "gateway/base/files.hpp"

#include <array>
#include <cerrno>
#include <fstream>
#include <iterator>
#include <string>

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "tests/support/files.hpp"

namespace gateway::base {
namespace {

namespace fs = std::filesystem;

std::string contents(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

class Files : public ::testing::Test {
 protected:
  const tests::TemporaryFolder scratch;
  const fs::path folder = scratch.path();
  const fs::path file = folder / "record";
};

TEST_F(Files, AFileIsReplacedWholeAndNothingIsLeftBeside) {
  EXPECT_TRUE(replace_file(file, "first, and longer"));
  EXPECT_TRUE(replace_file(file, "second"));
  EXPECT_EQ(contents(file), "second");
  EXPECT_EQ(std::distance(fs::directory_iterator(folder), fs::directory_iterator()), 1);
}

TEST_F(Files, WhatAnAttemptThatWasCutShortLeftIsNotInTheWay) {
  std::ofstream(file.string() + ".new") << "half of someth";
  EXPECT_TRUE(replace_file(file, "whole"));
  EXPECT_EQ(contents(file), "whole");
}

TEST_F(Files, OthersCannotReadThem) {
  ASSERT_TRUE(replace_file(file, "secret"));
  struct stat status {};
  ASSERT_EQ(::stat(file.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600U);
}

TEST_F(Files, ANewFileIsNeverWrittenOverAnotherNorThroughALink) {
  std::ofstream(file) << "of somebody else";
  EXPECT_FALSE(NewFile(file).add("ours"));
  fs::create_symlink(file, folder / "link");
  EXPECT_FALSE(NewFile(folder / "link").add("ours"));
  EXPECT_EQ(contents(file), "of somebody else");
}

TEST_F(Files, AFolderThatIsNotThereIsToldByErrno) {
  errno = 0;
  EXPECT_FALSE(replace_file(folder / "none" / "record", "bytes"));
  EXPECT_EQ(errno, ENOENT);
  EXPECT_FALSE(sync_folder(folder / "none"));
}

}  // namespace
}  // namespace gateway::base
