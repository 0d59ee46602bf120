#include <algorithm>
#include <atomic>
#include <future>
#include <thread>

#include <gmock/gmock.h>

#include "tests/unit/http/admin/journal_house.hpp"

// What people watch (TRUST.md §9): told once a second, for all together, while they are let in.
namespace gateway::http::admin::tests {
namespace {

using std::chrono::seconds;
using testing::HasSubstr;
using testing::Not;

class LiveForPeople : public JournalDesk {
 protected:
  Response watch(const std::string& token, const std::string& last = "") {
    auto asked = as(token, request("GET", "/admin/v1/events"));
    set(asked, "last-event-id", last);
    return ask(asked);
  }
  std::string next(const Response& stream) {
    const auto said = stream.feed->next(clock_);
    return said ? said->text : "(over)";
  }
  const std::string token_ = *sessions_.begin(person("anna", people::Role::operating), true);
};

TEST_F(LiveForPeople, TellsHowItGoesAndWhatArrivedEachOnce) {
  say(result("A1"));
  const auto stream = watch(token_);
  EXPECT_EQ(stream.status, 200);
  EXPECT_EQ(stream.content_type, "text/event-stream");
  const auto first = next(stream);
  EXPECT_THAT(first, HasSubstr("event: overview\ndata: {"));
  EXPECT_THAT(first, HasSubstr("id: 1\nevent: arrivals\ndata: {\"items\":[{\"arrival\":1,"));
  EXPECT_THAT(first, Not(HasSubstr("SECRETNAME")));
  say(result("A2"));
  EXPECT_EQ(next(stream), "") << "not twice a second";
  clock_.pass(seconds(1));
  const auto second = next(stream);
  EXPECT_THAT(second, HasSubstr("\"arrival\":2,"));
  EXPECT_THAT(second, Not(HasSubstr("\"arrival\":1,")));
  clock_.pass(seconds(1));
  EXPECT_THAT(next(stream), HasSubstr("event: overview"));
}

TEST_F(LiveForPeople, GoesOnBehindWhatABrowserHad) {
  for (const char* id : {"A1", "A2", "A3"}) say(result(id));
  const auto told = next(watch(token_, "2"));
  EXPECT_THAT(told, HasSubstr("\"arrival\":3,"));
  EXPECT_THAT(told, Not(HasSubstr("\"arrival\":2,")));
  EXPECT_THAT(told, Not(HasSubstr("\"more\""))) << "it had all before";
  EXPECT_EQ(watch(token_, "x").status, 400);
}

TEST_F(LiveForPeople, SaysThatMoreCameThanItTells) {
  for (std::size_t at = 0; at <= LivePage::rows_at_once; ++at)
    say(result("A" + std::to_string(at)));
  EXPECT_THAT(next(watch(token_)), HasSubstr("\"more\":true"));
  EXPECT_THAT(next(watch(token_, "100")), Not(HasSubstr("\"more\"")));
}

TEST_F(LiveForPeople, EndsWithTheSessionAndIsNoUseOfIt) {
  const auto stream = watch(token_);
  next(stream);
  for (int minute = 0; minute < 14; ++minute) {
    clock_.pass(seconds(60));
    EXPECT_NE(next(stream), "(over)") << minute;
  }
  clock_.pass(seconds(60));
  EXPECT_EQ(next(stream), "(over)") << "fifteen minutes without a request";
}

TEST_F(LiveForPeople, EndsWhereTheAccountIsLocked) {
  const auto stream = watch(token_);
  next(stream);
  ASSERT_TRUE(accounts_.lock("anna", true, {}));
  clock_.pass(seconds(6));
  EXPECT_EQ(next(stream), "(over)");
}

TEST_F(LiveForPeople, IsBounded) {
  std::vector<Response> open;
  for (std::size_t at = 0; at < LivePage::most_of_one; ++at) open.push_back(watch(token_));
  EXPECT_EQ(open.back().status, 200);
  EXPECT_EQ(watch(token_).status, 429);
  const auto other = *sessions_.begin(person("ben", people::Role::auditor), true);
  EXPECT_EQ(watch(other).status, 200) << "the bound is each person's own";
  open.pop_back();
  EXPECT_EQ(watch(token_).status, 200) << "a place is free again";
}

TEST_F(LiveForPeople, NobodyWaitsWhileAnotherLooksAtASlowStore) {
  std::promise<void> looks, goes_on;
  std::atomic<bool> is_slow = false;
  LivePage page(*store_, [&] {
    if (is_slow) {
      looks.set_value();
      goes_on.get_future().wait();
    }
    return std::string("{}");
  });
  const auto one = page.stream({}, request("GET", "/admin/v1/events"), [] { return true; });
  const auto other = page.stream({}, request("GET", "/admin/v1/events"), [] { return true; });
  next(one);
  is_slow = true;
  clock_.pass(seconds(1));
  std::thread looking([&] { next(one); });
  looks.get_future().wait();
  auto told = std::async(std::launch::async, [&] {
    page.stream({}, request("GET", "/admin/v1/events"), [] { return true; });
    return next(other);
  });
  EXPECT_EQ(told.wait_for(seconds(20)), std::future_status::ready);
  goes_on.set_value();
  looking.join();
  EXPECT_THAT(told.get(), HasSubstr("event: overview")) << "as it was seen last";
}

TEST_F(LiveForPeople, IsBounded_AndSaysOnceWhenToComeAgain) {
  std::vector<Response> open;
  for (std::size_t at = 0; at < LivePage::most_of_one; ++at) open.push_back(watch(token_));
  const auto full = watch(token_);
  EXPECT_EQ(full.status, 429);
  EXPECT_EQ(
      std::ranges::count(full.headers, "Retry-After", &std::pair<std::string, std::string>::first),
      1);
}

TEST_F(LiveForPeople, IsForWhoMaySee) {
  EXPECT_EQ(ask(request("GET", "/admin/v1/events")).status, 401);
}

TEST_F(LiveForPeople, HealthSaysWhyAndTheDatesOneWorriesAbout) {
  figures_.not_ready = {"the disk is full"};
  figures_.mappings = "abc";
  figures_.last_backup = 1'700'000'000;
  const auto health = shown("health", "auditor");
  EXPECT_FALSE(health["ready"].is_true());
  EXPECT_EQ(health["reasons"].items().at(0).text(), "the disk is full");
  EXPECT_EQ(health["mappings"].text(), "abc");
  EXPECT_THAT(health["last_backup"].text(), testing::StartsWith("2023-11-14T22:13:20"));
  EXPECT_FALSE(health.has("last_verify")) << "never is said by its absence";
  EXPECT_TRUE(health["store"]["writable"].is_true());
}

}  // namespace
}  // namespace gateway::http::admin::tests
