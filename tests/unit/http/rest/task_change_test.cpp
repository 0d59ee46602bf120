// What a reviewer may change of an entry (FHIR.md §1.1).
#include "gateway/http/rest/task_change.hpp"

#include <gtest/gtest.h>

namespace {

std::string judged(const std::string& before, const std::string& after) {
  const auto a = gateway::fhir::parse_json(before), b = gateway::fhir::parse_json(after);
  const auto fine = gateway::http::rest::check_task_change(*a, *b, "Task");
  return fine ? "" : fine.error().where + ": " + fine.error().what;
}

std::string task(const std::string& status, const std::string& rest = "") {
  return R"({"resourceType":"Task","id":"t","status":")" + status + '"' + rest + '}';
}

TEST(TaskChange, OnlyFourElementsAreAReviewersToChange) {
  EXPECT_EQ(
      judged(task("requested"),
             task("accepted", R"(,"owner":{"display":"A"},"note":[{"text":"x"}],"output":[])")),
      "");
  for (const std::string element : {"description", "for", "focus", "priority", "_status", "meta"})
    EXPECT_EQ(judged(task("requested"), task("requested", ",\"" + element + "\":\"x\"")),
              "Task." + element + ": invalid-resource this element is not a reviewer's to change");
  EXPECT_NE(judged(task("requested", R"(,"description":"x")"), task("requested")), "");
}

TEST(TaskChange, TheStatusGoesOnAndNeverBack) {
  const char* statuses[] = {"requested", "received",  "accepted", "rejected", "in-progress",
                            "on-hold",   "completed", "failed",   "cancelled"};
  const std::string legal =
      "requested>received requested>accepted requested>rejected requested>in-progress "
      "requested>on-hold requested>completed requested>failed received>accepted "
      "received>rejected received>in-progress received>on-hold received>completed "
      "received>failed accepted>rejected accepted>in-progress accepted>on-hold "
      "accepted>completed accepted>failed in-progress>on-hold in-progress>completed "
      "in-progress>failed on-hold>rejected on-hold>in-progress on-hold>completed on-hold>failed ";
  for (const std::string from : statuses)
    for (const std::string to : statuses) {
      const bool is_legal = from == to || legal.find(from + '>' + to + ' ') != std::string::npos;
      EXPECT_EQ(judged(task(from), task(to)).empty(), is_legal) << from << " " << to;
    }
}

TEST(TaskChange, TheErrorListsTheLegalOnes) {
  EXPECT_EQ(judged(task("in-progress"), task("accepted")),
            "Task.status: task-transition it goes on to on-hold, completed, failed");
  EXPECT_EQ(judged(task("completed"), task("in-progress")),
            "Task.status: task-transition this entry has ended");
  EXPECT_NE(judged(task("requested"), task("hold")), "");
  EXPECT_NE(judged(task("requested"), task("")), "");
}

}  // namespace
