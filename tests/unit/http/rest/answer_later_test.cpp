#include <condition_variable>
#include <mutex>
#include <optional>

#include <gmock/gmock.h>

#include "gateway/http/rest/api.hpp"

#include "tests/unit/intake/house.hpp"

using namespace gateway;
using testing::HasSubstr;
using testing::Not;

namespace {

/// The answer to one request, where it arrives.
class Arriving final : public http::Answering {
 public:
  void put(http::Response response) override {
    const std::lock_guard lock(mutex_);
    response_ = std::move(response);
  }
  void ring() override {
    const std::lock_guard lock(mutex_);
    rung_ = true;
    changed_.notify_all();
  }
  http::Response get() {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, std::chrono::seconds(10), [this] { return rung_; });
    return response_.value_or(http::Response{0, "", {}, "nothing came"});
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<http::Response> response_;  // guarded by mutex_
  bool rung_ = false;                       // guarded by mutex_
};

/// One client, who may read all; `most_queued` 0 where nothing can be noted down.
class AnswerLater : public testing::Test {
 protected:
  explicit AnswerLater(audit::Reads reads = audit::Reads::before_answer,
                       std::size_t most_queued = 100)
      : audit_(*house_.store,
               {.instance = "clinic-a",
                .reads = reads,
                .key = security::signing_key(std::string(32, 'k')),
                .most_queued = most_queued},
               house_.clock, house_.metrics) {
    house_.say(intake::House::sample("01"));
  }
  static std::vector<access::CertificateGrant> grants() {
    access::CertificateGrant grant;
    grant.rule.subject = {{"CN", "asker"}};
    grant.scopes = *security::parse_scopes("system/*.rs");
    return {grant};
  }
  http::Response ask(const std::string& path, const char* who = "asker") {
    const auto request = std::make_shared<http::Request>();
    request->method = "GET";
    request->path = "/fhir/" + path;
    request->peer.subject = {{"CN", who}};
    const auto arriving = std::make_shared<Arriving>();
    api_.answer(request, arriving);
    return arriving->get();
  }
  std::vector<std::string> audited() {
    std::vector<std::string> events;
    const auto records = house_.store->audited({});
    for (const auto& record : *records) events.push_back(record.row.event);
    return events;
  }

  intake::House house_;
  intake::Intake& intake_ = house_.open();
  query::Reader reader_{*house_.store, house_.clock};
  audit::Recorder audit_;
  audit::Trail trail_{*house_.store, house_.clock, {"clinic-a", "https://localhost/fhir"}};
  query::Explainer explainer_{*house_.store, intake::House::catalogue()};
  query::Exports exports_{
      *house_.store, house_.clock, {.folder = house_.folder.path() / "exports"}};
  access::Access access_{grants()};
  http::rest::Api api_{
      http::rest::ApiSettings{
          .base_url = "https://localhost/fhir", .version = "1", .throttle = {1, 1}},
      http::rest::Services{access_, reader_, explainer_, exports_, intake_, audit_, trail_,
                           house_.clock}};
};

TEST_F(AnswerLater, WhatIsShownIsInTheTrailWhenItIsAnswered) {
  const auto answer = ask("Patient");
  EXPECT_EQ(answer.status, 200);
  EXPECT_THAT(answer.body, HasSubstr("\"Patient\""));
  EXPECT_EQ(audited().front(), "search");
}

TEST_F(AnswerLater, APlaceAmongThoseBeingAnsweredIsGivenBackWithTheAnswer) {
  for (int i = 0; i < 10; ++i) EXPECT_EQ(ask("Patient").status, 200) << "one is answered at a time";
  EXPECT_EQ(ask("Patient").status, 429) << "ten at once are enough";
}

TEST_F(AnswerLater, WhatShowsNothingIsAnsweredWithoutTheTrail) {
  EXPECT_EQ(ask("metadata").status, 200);
  EXPECT_EQ(ask("Patient", "stranger").status, 401);
  EXPECT_THAT(audited(), testing::Each("ingest"));
}

class Threat12 : public AnswerLater {
 protected:
  Threat12() : AnswerLater(audit::Reads::queued, 0) {}
};

TEST_F(Threat12, WhatCannotBeNotedDownIsNotShown) {
  const auto answer = ask("Patient");
  EXPECT_EQ(answer.status, 503);
  EXPECT_THAT(answer.body, HasSubstr("audit-unavailable"));
  EXPECT_THAT(answer.body, Not(HasSubstr("\"Patient\"")));
}

}  // namespace
