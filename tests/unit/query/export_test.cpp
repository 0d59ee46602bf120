#include <fstream>
#include <map>
#include <sstream>

#include <gmock/gmock.h>

#include "gateway/query/export_writer.hpp"
#include "gateway/query/exports.hpp"
#include "gateway/security/scope.hpp"

#include "tests/unit/query/read_store.hpp"

namespace gateway::query {
namespace {

using fhir::search::ExportOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class Export : public tests::ReadStore {
 protected:
  Export() : files_(folder_.path() / "exports") {}

  static security::Principal client(const std::string& scopes = "system/*.rs",
                                    const std::string& name = "CN=client") {
    return {name, *security::parse_scopes(scopes), "", true};
  }
  static store::VersionWrite observation(const std::string& id, std::int64_t follows = 0,
                                         const std::string& more = "") {
    return version({"Observation", id},
                   R"(,"status":"final","code":{"coding":[{"code":"c"}]})" + more, follows);
  }
  void fill(int count, const std::string& stem = "o") {
    for (int i = 0; i < count; ++i) commit({observation(stem + std::to_string(100 + i))});
  }
  ExportJob job(const std::string& query, const std::string& scopes = "system/*.rs") {
    ExportJob job;
    job.id = "job" + std::to_string(++jobs_);
    job.client = "CN=client";
    job.scopes = scopes;
    job.query = query;
    job.as_of = (*store_->snapshot())->commit();
    EXPECT_TRUE(files_.begin(job));
    return job;
  }
  void run(ExportJob& job) {
    ExportWriter writer(*store_, files_, clock_, job, limits_);
    for (;;) {
      const auto more = writer.step();
      ASSERT_TRUE(more) << more.error().text();
      if (!*more) return;
    }
  }
  std::string text(const ExportJob& job) {
    std::string all;
    for (const auto& file : job.files) {
      const auto bytes = files_.read(job, file);
      EXPECT_TRUE(bytes) << file.name;
      all += bytes ? *bytes : "";
    }
    return all;
  }
  /// Ids of its lines, in order.
  std::vector<std::string> ids(const ExportJob& job) {
    std::vector<std::string> found;
    std::istringstream lines(text(job));
    for (std::string line; std::getline(lines, line);) {
      const auto read = fhir::parse_json(line);
      EXPECT_TRUE(read) << line;
      found.push_back((*read)["id"].text());
    }
    return found;
  }
  std::string refusal(const std::string& query, const std::string& scopes = "system/*.rs") {
    ExportJob job;
    job.scopes = scopes;
    job.query = query;
    const auto plan = plan_of(job);
    return plan ? "" : plan.error().what.substr(0, plan.error().what.find(' '));
  }

  ExportFolder files_;
  ExportWriter::Limits limits_{.page_rows = 3, .page_bytes = 1000, .file_bytes = 100000};

 private:
  int jobs_ = 0;
};

TEST_F(Export, EveryResourceIsOneLineOfStoredBytesAndEachIsThereOnce) {
  fill(10);
  auto all = job("_type=Observation");
  run(all);
  EXPECT_THAT(ids(all), SizeIs(10));
  EXPECT_EQ(all.lines(), 10);
  const auto first = reader_->read(client(), {"Observation", "o100"});
  EXPECT_TRUE(text(all).starts_with(fhir::served(*first) + "\n"));
}

TEST_F(Export, APageOfFewMatchesHoldsNoStateOfTheStoreForLong) {
  fill(20);
  commit({observation("last", 0, R"(,"status":"cancelled")")});
  limits_.page_looks_at = 5;
  auto sparse = job("_type=Observation&_typeFilter=Observation?code=c%26_id=o119");
  ExportWriter writer(*store_, files_, clock_, sparse, limits_);
  int pages = 1;
  for (auto more = writer.step(); more && *more; more = writer.step()) ++pages;
  EXPECT_GE(pages, 4) << "each from a state of its own";
  EXPECT_THAT(ids(sparse), ElementsAre("o119"));
}

TEST_F(Export, ItShowsWhatStoodWhenItBegan) {
  fill(4);
  auto all = job("_type=Observation");
  commit({observation("o100", 1, R"(,"issued":"later")")});
  fill(3, "later");
  run(all);
  EXPECT_THAT(ids(all), ElementsAre("o100", "o101", "o102", "o103"));
  EXPECT_THAT(text(all), testing::Not(HasSubstr("later")));
}

TEST_F(Export, AFileThatIsFullIsFollowedByAnother) {
  fill(10);
  limits_.file_bytes = 400;
  auto all = job("_type=Observation");
  run(all);
  EXPECT_GT(all.files.size(), 2u);
  EXPECT_EQ(all.files[1].name, "Observation-2.ndjson");
  for (const auto& file : all.files) {
    EXPECT_LE(file.bytes, 400);
    EXPECT_THAT(file.sha256, SizeIs(64));
  }
  EXPECT_THAT(ids(all), SizeIs(10));
}

TEST_F(Export, StoppedAnywhereItGoesOnWithoutALineTooManyOrTooFew) {
  fill(20);
  limits_.file_bytes = 700;
  auto whole = job("_type=Observation,Patient");
  run(whole);
  for (int stop = 0; stop < 8; ++stop) {
    auto kept = job("_type=Observation,Patient");
    kept.as_of = whole.as_of;
    {
      ExportJob lost = kept;
      ExportWriter writer(*store_, files_, clock_, lost, limits_);
      for (int step = 0; step < stop; ++step) ASSERT_TRUE(writer.step());
      ASSERT_TRUE(writer.save());
      kept = *read_job(write_job(lost));
      ASSERT_TRUE(writer.step());  // what nobody noted down
    }
    run(kept);
    EXPECT_EQ(text(kept), text(whole)) << stop;
    EXPECT_EQ(kept.files.size(), whole.files.size()) << stop;
  }
}

TEST_F(Export, WhatMeetsTwoFiltersIsThereOnce) {
  fill(3);
  commit({observation("x1", 0, R"(,"category":[{"coding":[{"code":"lab"}]}])")});
  auto all =
      job("_type=Observation&_typeFilter=Observation%3Fcategory%3Dlab"
          "&_typeFilter=Observation%3Fcode%3Dc");
  run(all);
  EXPECT_THAT(ids(all), ElementsAre("x1", "o100", "o101", "o102"));
}

TEST_F(Export, ScopeIsAppliedAndATypeOutOfItIsRefusedByNameAlone) {
  fill(2);
  commit({observation("x1", 0, R"(,"category":[{"coding":[{"code":"lab"}]}])")});
  auto part = job("", "system/Observation.rs?category=lab");
  run(part);
  EXPECT_THAT(ids(part), ElementsAre("x1"));
  EXPECT_EQ(refusal("_type=Patient", "system/Observation.rs"), "scope-missing");
  EXPECT_EQ(refusal("", "system/Observation.r"), "scope-missing");
}

TEST_F(Export, AFilterIsASearchWithoutControls) {
  EXPECT_EQ(refusal("_typeFilter=Observation%3Fcode%3Dc"), "");
  EXPECT_EQ(refusal("_typeFilter=Observation%3Fcod%3Dc"), "search-unknown-parameter");
  EXPECT_EQ(refusal("_typeFilter=Observation%3F_count%3D5"), "search-bad-value");
  EXPECT_EQ(refusal("_typeFilter=Observation%3Fpatient.family%3Dx", "system/Observation.rs"),
            "scope-missing");
}

TEST_F(Export, SinceIsLaterThanAndDeletionsAreToldApart) {
  commit({observation("before"), observation("gone")});
  const auto since = precise_text({(*store_->snapshot())->commit()});
  auto gone = version({"Observation", "gone"}, "", 1);
  gone.body.clear();
  gone.index = {};
  commit({gone, observation("after")});
  auto all = job("_type=Observation&_since=" + since);
  run(all);
  ASSERT_THAT(all.files, SizeIs(2));
  EXPECT_FALSE(all.files[0].is_of_deletions);
  EXPECT_TRUE(all.files[1].is_of_deletions);
  EXPECT_THAT(*files_.read(all, all.files[0]), HasSubstr("after"));
  EXPECT_EQ(all.files[0].lines, 1);
  EXPECT_THAT(*files_.read(all, all.files[1]),
              HasSubstr(R"("request":{"method":"DELETE","url":"Observation/gone"})"));
}

TEST_F(Export, WhatWasDeletedAfterTheEndOfAWindowIsNotTold) {
  commit({observation("gone")});
  const auto since = precise_text({(*store_->snapshot())->commit()});
  commit({observation("between")});
  const auto until = precise_text({(*store_->snapshot())->commit() + 1});
  auto gone = version({"Observation", "gone"}, "", 1);
  gone.body.clear();
  gone.index = {};
  clock_.pass(std::chrono::seconds(1));
  commit({gone});
  auto window = job("_type=Observation&_since=" + since + "&_until=" + until);
  run(window);
  ASSERT_THAT(window.files, SizeIs(1));
  EXPECT_FALSE(window.files[0].is_of_deletions);
  EXPECT_THAT(*files_.read(window, window.files[0]), HasSubstr("between"));
}

TEST_F(Export, AJobIsReadBackAsItWasWritten) {
  auto one = job("_type=Observation");
  one.after = std::string("\0\xff", 2);
  one.files = {{"Observation-1.ndjson", "Observation", false, 3, 400, "ab"}};
  const auto back = read_job(write_job(one));
  ASSERT_TRUE(back);
  EXPECT_EQ(write_job(*back), write_job(one));
  EXPECT_EQ(back->after, one.after);
  EXPECT_FALSE(read_job("{}"));
  EXPECT_FALSE(read_job("cut"));
}

// ---- as clients meet it ------------------------------------------------------------------------

class Exporting : public Export {
 protected:
  ExportSettings settings() const { return {.folder = folder_.path() / "exports"}; }
  static ExportJob finished(Exports& exports, const std::string& id) {
    for (;;) {
      const auto job = exports.status(client(), id);
      if (!job && job.error().what.starts_with("rate-limited")) continue;
      EXPECT_TRUE(job) << job.error().text();
      if (!job || job->state != ExportJob::State::running) return job ? *job : ExportJob{};
    }
  }
};

TEST_F(Exporting, WhoIsNotTheClientWithTheSameScopesFindsNothing) {
  fill(2);
  Exports exports(*store_, clock_, settings());
  const auto id = exports.begin(client(), {.query = "_type=Observation"});
  ASSERT_TRUE(id) << id.error().text();
  const auto job = finished(exports, id->id);
  ASSERT_EQ(job.state, ExportJob::State::complete) << job.failure;
  EXPECT_TRUE(exports.file(client(), id->id, "Observation-1.ndjson"));
  for (const auto& other : {client("system/*.rs", "CN=other"), client("system/Observation.rs")}) {
    EXPECT_EQ(exports.status(other, id->id).error().kind, base::ErrorKind::not_found);
    EXPECT_EQ(exports.cancel(other, id->id).error().kind, base::ErrorKind::not_found);
    EXPECT_EQ(exports.file(other, id->id, "Observation-1.ndjson").error().kind,
              base::ErrorKind::not_found);
  }
  EXPECT_FALSE(exports.file(client(), id->id, "job.json"));
  EXPECT_FALSE(exports.file(client(), id->id, "../../gateway.db"));
}

TEST_F(Exporting, WhatIsDeletedIsGoneFromTheDiskToo) {
  fill(2);
  Exports exports(*store_, clock_, settings());
  const auto id = exports.begin(client(), {.query = "_type=Observation"});
  finished(exports, id->id);
  EXPECT_TRUE(std::filesystem::exists(settings().folder / id->id));
  EXPECT_TRUE(exports.cancel(client(), id->id));
  EXPECT_FALSE(exports.status(client(), id->id));
  EXPECT_FALSE(std::filesystem::exists(settings().folder / id->id));
}

TEST_F(Exporting, TheNextProcessGoesOnWithWhatWasBegun) {
  fill(5);
  auto begun = job("_type=Observation");
  Exports exports(*store_, clock_, settings());
  const auto done = finished(exports, begun.id);
  EXPECT_EQ(done.state, ExportJob::State::complete) << done.failure;
  EXPECT_EQ(done.lines(), 5);
}

TEST_F(Exporting, EachKickOffFileAndDeletionIsAudited) {
  fill(1);
  const auto audited = [this] { return store_->verify()->audit_rows; };
  const auto before = audited();
  Exports exports(*store_, clock_, settings());
  const auto id = exports.begin(client(), {.query = "_type=Observation"});
  EXPECT_EQ(audited(), before + 1);
  finished(exports, id->id);
  EXPECT_EQ(audited(), before + 1);
  ASSERT_TRUE(exports.file(client(), id->id, "Observation-1.ndjson"));
  EXPECT_EQ(audited(), before + 2);
  ASSERT_TRUE(exports.cancel(client(), id->id));
  EXPECT_EQ(audited(), before + 3);
  EXPECT_THAT(store_->verify()->problems, IsEmpty());
}

TEST_F(Exporting, AClientHasOneThatRunsAndAsksNowAndThen) {
  fill(2);
  const auto begun = job("_type=Observation");
  reader_.reset();
  store_.reset();
  store_ = *store::sqlite::open(
      {.file = folder_.path() / "gateway.db", .min_free_bytes = 1, .readers = 1}, clock_, metrics_);
  auto held = store_->snapshot();  // so that the writer waits for it
  Exports exports(*store_, clock_, settings());
  const auto again = exports.begin(client(), {.query = "_type=Observation"});
  ASSERT_FALSE(again);
  EXPECT_THAT(again.error().what, HasSubstr("rate-limited"));
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(exports.status(client(), begun.id));
  const auto hasty = exports.status(client(), begun.id);
  ASSERT_FALSE(hasty);
  EXPECT_THAT(hasty.error().what, HasSubstr("rate-limited"));
  clock_.pass(std::chrono::seconds(1));
  EXPECT_TRUE(exports.status(client(), begun.id));
  EXPECT_EQ(exports.oldest_state(), base::Instant{begun.as_of});
  held->reset();
  EXPECT_EQ(finished(exports, begun.id).state, ExportJob::State::complete);
  EXPECT_FALSE(exports.oldest_state());
  EXPECT_TRUE(exports.begin(client(), {.query = "_type=Observation"}));
}

TEST_F(Exporting, ItExpiresADayAfterItsEnd) {
  fill(1);
  Exports exports(*store_, clock_, settings());
  const auto id = exports.begin(client(), {.query = "_type=Observation"});
  finished(exports, id->id);
  clock_.pass(std::chrono::hours(24));
  exports.housekeeping();
  EXPECT_TRUE(exports.status(client(), id->id));
  clock_.pass(std::chrono::seconds(1));
  exports.housekeeping();
  EXPECT_FALSE(exports.status(client(), id->id));
  EXPECT_FALSE(std::filesystem::exists(settings().folder / id->id));
}

TEST_F(Exporting, WhatTheDiskHoldsForThemIsLimited) {
  fill(3);
  auto few = settings();
  few.most_bytes = 300;
  Exports exports(*store_, clock_, few);
  const auto id = exports.begin(client(), {.query = "_type=Observation"});
  const auto job = finished(exports, id->id);
  EXPECT_EQ(job.state, ExportJob::State::failed);
  EXPECT_THAT(job.failure, HasSubstr("no room"));
  EXPECT_THAT(job.files, IsEmpty());
}

TEST_F(Exporting, WhatIsLeftOutIsTold) {
  fill(1);
  Exports exports(*store_, clock_, settings());
  const auto begun = exports.begin(
      client(), {.query = "_type=Observation,Medication&colour=blue", .is_lenient = true});
  ASSERT_TRUE(begun) << begun.error().text();
  EXPECT_THAT(begun->ignored, ElementsAre("_type", "colour"));
}

TEST_F(Exporting, AnUnknownPatientIsToldBeforeItBegins) {
  Exports exports(*store_, clock_, settings());
  const auto refused =
      exports.begin(client(), {.of = ExportOf::patients, .query = "patient=nobody"});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, base::ErrorKind::not_found);
  EXPECT_FALSE(std::filesystem::exists(settings().folder));
}

}  // namespace
}  // namespace gateway::query
