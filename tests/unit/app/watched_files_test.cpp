#include "gateway/app/watched_files.hpp"

#include <fstream>

#include <gtest/gtest.h>

#include "tests/support/files.hpp"

using gateway::app::WatchedFiles;
namespace fs = std::filesystem;

namespace {

void write(const fs::path& path, const std::string& text) {
  std::ofstream(path) << text;
}

TEST(WatchedFiles, SeeAFileThatIsWrittenRenamedOverOrTakenAwayOnce) {
  const tests::TemporaryFolder folder;
  const auto file = folder.path() / "key.pem";
  write(file, "one");
  WatchedFiles watched({file, ""});
  EXPECT_FALSE(watched.changed());
  write(file, "longer");
  EXPECT_TRUE(watched.changed());
  EXPECT_FALSE(watched.changed());
  write(folder.path() / "new", "longer");
  fs::rename(folder.path() / "new", file);
  EXPECT_TRUE(watched.changed());
  fs::remove(file);
  EXPECT_TRUE(watched.changed());
  EXPECT_FALSE(watched.changed());
}

TEST(WatchedFiles, SeeALinkedFolderThatIsExchangedAsAWhole) {
  const tests::TemporaryFolder folder;
  for (const char* name : {"first", "second"}) {
    fs::create_directory(folder.path() / name);
    write(folder.path() / name / "key.pem", "same");
  }
  fs::create_directory_symlink("first", folder.path() / "current");
  WatchedFiles watched({folder.path() / "current" / "key.pem"});
  fs::create_directory_symlink("second", folder.path() / "next");
  fs::rename(folder.path() / "next", folder.path() / "current");
  EXPECT_TRUE(watched.changed());
}

}  // namespace
