#include "gateway/http/local_door.hpp"

#include <cstring>

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "tests/support/files.hpp"

using namespace gateway;

namespace {

http::LocalDoor::Answer naming_the_user() {
  return [](const http::Request& request, unsigned user) {
    return http::Response{200, "text/plain", {}, request.path + " by " + std::to_string(user)};
  };
}

std::string asked(const std::filesystem::path& path, const std::string& request) {
  const int peer = ::socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
  EXPECT_EQ(::connect(peer, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  EXPECT_EQ(::send(peer, request.data(), request.size(), 0), static_cast<ssize_t>(request.size()));
  std::string got;
  char bytes[1024];
  for (ssize_t count = 0; (count = ::recv(peer, bytes, sizeof bytes, 0)) > 0;)
    got.append(bytes, static_cast<std::size_t>(count));
  ::close(peer);
  return got;
}

TEST(LocalDoor, AnswersByTheUserIdOfTheOtherProcess) {
  const tests::TemporaryFolder folder;
  const auto path = folder.path() / "socket";
  const auto door = http::LocalDoor::open(path, naming_the_user());
  ASSERT_TRUE(door);
  const auto got = asked(path, "GET /admin/outbox HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_NE(got.find("/admin/outbox by " + std::to_string(::geteuid())), got.npos) << got;
}

TEST(LocalDoor, IsItsUsersAloneWhateverTheUmaskAndLeavesTheUmaskAsItIs) {
  const tests::TemporaryFolder folder;
  const mode_t before = ::umask(0);
  const auto door = http::LocalDoor::open(folder.path() / "socket", naming_the_user());
  EXPECT_EQ(::umask(before), 0U);
  ASSERT_TRUE(door);
  struct stat there {};
  ASSERT_EQ(::lstat((folder.path() / "socket").c_str(), &there), 0);
  EXPECT_EQ(there.st_mode & 07777U, 0600U);
}

TEST(LocalDoor, ASocketInUseOrAnotherFileIsNotTakenAndOneLeftBehindIs) {
  const tests::TemporaryFolder folder;
  const auto path = folder.path() / "socket";
  {
    const auto door = http::LocalDoor::open(path, naming_the_user());
    ASSERT_TRUE(door);
    EXPECT_FALSE(http::LocalDoor::open(path, naming_the_user()));
  }
  EXPECT_FALSE(std::filesystem::exists(path));
  const int left = ::socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
  ASSERT_EQ(::bind(left, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  ::close(left);  // as after a kill
  EXPECT_TRUE(http::LocalDoor::open(path, naming_the_user()));
  std::filesystem::create_directory(folder.path() / "folder");
  EXPECT_FALSE(http::LocalDoor::open(folder.path() / "folder", naming_the_user()));
}

}  // namespace
