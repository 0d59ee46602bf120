#include "gateway/app/token_key_files.hpp"

#include <fstream>

#include <gmock/gmock.h>
#include <sys/stat.h>

#include "tests/support/files.hpp"

using namespace gateway;
using app::load_token_keys;
using testing::HasSubstr;
using testing::SizeIs;
namespace fs = std::filesystem;

namespace {

constexpr std::int64_t second = 1'000'000, hour = 3600 * second, day = 24 * hour;
constexpr base::Instant begun{1'742'829'300 * second};

class KeyFiles : public testing::Test {
 protected:
  std::vector<access::TokenKey> load(std::int64_t later = 0) {
    auto keys = load_token_keys(keys_, {begun.microseconds + later});
    EXPECT_TRUE(keys) << keys.error().text();
    return keys ? *keys : std::vector<access::TokenKey>();
  }
  std::size_t files() const {
    return static_cast<std::size_t>(
        std::distance(fs::directory_iterator(keys_), fs::directory_iterator()));
  }
  static unsigned mode(const fs::path& path) {
    struct stat status {};
    ::stat(path.c_str(), &status);
    return status.st_mode & 0777;
  }
  tests::TemporaryFolder folder_;
  const fs::path keys_ = folder_.path() / "state" / "keys";
};

TEST_F(KeyFiles, TheFirstIsMadeForTheGatewayAloneAndReadBackTheNextTime) {
  const auto made = load();
  ASSERT_THAT(made, SizeIs(1));
  EXPECT_EQ(mode(keys_), 0700u);
  EXPECT_EQ(mode(keys_ / "1742829300.pem"), 0600u);
  const auto again = load(hour);
  ASSERT_THAT(again, SizeIs(1));
  EXPECT_EQ(again[0].key.id(), made[0].key.id());
  EXPECT_EQ(again[0].made, begun);
}

TEST_F(KeyFiles, ANewOneComesEveryNinetyDaysAndTheOldOneGoesTwoHoursLater) {
  const auto first = load()[0].key.id();
  const auto both = load(90 * day);
  ASSERT_THAT(both, SizeIs(2));
  EXPECT_EQ(access::key_life::signing(both, {begun.microseconds + 90 * day}).key.id(), first);
  EXPECT_THAT(load(90 * day + 2 * hour - second), SizeIs(2));
  const auto left = load(90 * day + 2 * hour);
  ASSERT_THAT(left, SizeIs(1));
  EXPECT_NE(left[0].key.id(), first);
  EXPECT_EQ(files(), 1u) << "its file is gone too";
}

TEST_F(KeyFiles, OneThatIsDeletedIsReplaced) {
  const auto first = load()[0].key.id();
  fs::remove(keys_ / "1742829300.pem");
  const auto fresh = load(hour);
  ASSERT_THAT(fresh, SizeIs(1));
  EXPECT_NE(fresh[0].key.id(), first);
}

TEST_F(KeyFiles, OneThatOthersMayHaveReadOrThatIsNoneStopsTheStart) {
  load();
  fs::permissions(keys_ / "1742829300.pem", fs::perms::group_read, fs::perm_options::add);
  auto refused = load_token_keys(keys_, begun);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, base::ErrorKind::configuration);
  EXPECT_THAT(refused.error().text(), HasSubstr("1742829300.pem"));
  std::ofstream(keys_ / "1742829300.pem") << "no key";
  fs::permissions(keys_ / "1742829300.pem", fs::perms::owner_read);
  refused = load_token_keys(keys_, begun);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().text(), HasSubstr("P-384"));
  fs::remove(keys_ / "1742829300.pem");
  fs::create_symlink("/etc/hostname", keys_ / "1742829300.pem");
  EXPECT_FALSE(load_token_keys(keys_, begun)) << "a link leads anywhere";
}

TEST_F(KeyFiles, OtherFilesThereAreNobodysKeys) {
  load();
  std::ofstream(keys_ / "README") << "x";
  std::ofstream(keys_ / "next.pem") << "x";
  std::ofstream(keys_ / "-5.pem") << "x";
  EXPECT_THAT(load(), SizeIs(1));
}

}  // namespace
