#pragma once
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <stdexcept>
#include <thread>

#include <gtest/gtest.h>

#include "gateway/fhir/json.hpp"
#include "gateway/observe/names.hpp"
#include "gateway/outbox/outbox.hpp"
#include "gateway/store/sqlite/engine.hpp"

#include "tests/support/files.hpp"
#include "tests/support/hand_clock.hpp"

namespace gateway::outbox {

using namespace std::chrono_literals;
inline constexpr std::chrono::seconds longest{60};

/// What a target was sent and what it says; shared, so that it outlives the outbox.
class Script {
 public:
  using Say = std::function<base::Result<TargetAnswer>(const Post&)>;

  base::Result<TargetAnswer> post(const Post& post) {
    Say say;
    {
      std::unique_lock lock(mutex_);
      ids_.push_back(id_of(post));
      paths_.push_back(post.path);
      changed_.notify_all();
      changed_.wait(lock, [this] { return !held_; });
      say = say_;
    }
    return say ? say(post) : TargetAnswer{200, R"({"resourceType":"Bundle"})", {}};
  }
  /// What stands below the base; a target that nobody taught to answer is no FHIR server.
  base::Result<TargetAnswer> get(const std::string& path) {
    const std::lock_guard lock(mutex_);
    if (answers_) return answers_(path);
    return TargetAnswer{404, "", {}};
  }
  void answers(std::function<base::Result<TargetAnswer>(const std::string&)> answers) {
    const std::lock_guard lock(mutex_);
    answers_ = std::move(answers);
  }
  void say(Say say) {
    const std::lock_guard lock(mutex_);
    say_ = std::move(say);
  }
  void say(int status) {
    say([status](const Post&) { return TargetAnswer{status, "", {}}; });
  }
  void hold(bool held) {
    {
      const std::lock_guard lock(mutex_);
      held_ = held;
    }
    changed_.notify_all();
  }
  bool was_sent(std::size_t posts) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, longest, [&] { return ids_.size() >= posts; });
  }
  std::vector<std::string> ids() {
    const std::lock_guard lock(mutex_);
    return ids_;
  }
  std::vector<std::string> paths() {
    const std::lock_guard lock(mutex_);
    return paths_;
  }

  /// Id and value of the one resource of a Bundle: "o1=3".
  static std::string id_of(const Post& post) {
    const auto json = fhir::parse_json(post.body);
    if (!json) return "no JSON";
    const auto& resource = (*json)["entry"].items().at(0)["resource"];
    return resource["id"].text() + "=" + resource["valueInteger"].text();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  Say say_;
  std::function<base::Result<TargetAnswer>(const std::string&)> answers_;
  bool held_ = false;
  std::vector<std::string> ids_, paths_;
};

class ScriptedTarget final : public Target {
 public:
  explicit ScriptedTarget(std::shared_ptr<Script> script) : script_(std::move(script)) {}
  base::Result<TargetAnswer> post(const Post& post) override { return script_->post(post); }
  base::Result<TargetAnswer> get(const std::string& path) override { return script_->get(path); }

 private:
  std::shared_ptr<Script> script_;
};

struct Case {
  tests::TemporaryFolder folder;
  tests::HandClock clock;
  observe::Metrics metrics;
  base::Bell bell;
  std::unique_ptr<store::Store> store;
  std::shared_ptr<Script> target = std::make_shared<Script>();
  std::unique_ptr<Outbox> outbox;
  std::map<std::string, std::int64_t> versions;
  int arrivals = 0;

  Case() { open(); }
  void open() {
    outbox.reset();
    store.reset();
    auto opened = store::sqlite::open(
        {.file = folder.path() / "state" / "gateway.db", .min_free_bytes = 1}, clock, metrics);
    if (!opened) throw std::runtime_error(opened.error().text());
    store = std::move(*opened);
  }
  void start(int lanes = 4, int batch_messages = 1, bool deletes = true) {
    outbox = std::make_unique<Outbox>(*store, "clinic-a", clock, metrics, bell);
    TargetSettings settings{"hospital", lanes, batch_messages};
    settings.deletes = deletes;
    outbox->add(settings, std::make_unique<ScriptedTarget>(target));
    outbox->start();
  }
  /// A version of an Observation of a patient, to be delivered.
  void arrive(const std::string& patient, const std::string& id, int value,
              const std::string& path = "") {
    write(patient, id,
          R"({"resourceType":"Observation","id":")" + id + R"(","meta":{},"valueInteger":)" +
              std::to_string(value) + "}",
          path);
  }
  void remove(const std::string& patient, const std::string& id) { write(patient, id, "", ""); }
  void write(const std::string& patient, const std::string& id, const std::string& body,
             const std::string& path) {
    store::Entry entry;
    entry.arrival.key = {"lab", "M" + std::to_string(++arrivals),
                         base::sha256(std::to_string(arrivals))};
    entry.arrival.bytes = std::to_string(arrivals);
    entry.arrival.path = path;
    entry.patient = {patient};
    store::VersionWrite version;
    version.key = {"Observation", id};
    version.body = body;
    version.follows = versions[id]++;
    version.index.patient = patient;
    entry.versions.push_back(std::move(version));
    entry.deliveries.push_back({"hospital"});
    const auto outcome = store->commit({&entry, 1});
    if (!outcome || outcome->front().kind != store::Outcome::Kind::stored) {
      throw std::runtime_error(outcome ? "not stored" : outcome.error().text());
    }
    bell.ring();
  }
  store::TargetBacklog backlog() {
    const auto backlogs = store->backlog();
    if (!backlogs) throw std::runtime_error(backlogs.error().text());
    for (const auto& one : *backlogs) {
      if (one.target == "hospital") return one;
    }
    return {};
  }
  bool counted(const char* result, std::int64_t times) {
    return counted(
        metrics.counter(observe::names::deliveries, {{"target", "hospital"}, {"result", result}}),
        times);
  }
  static bool counted(observe::Counter& counter, std::int64_t times) {
    const auto deadline = std::chrono::steady_clock::now() + longest;
    while (counter.value() < times && std::chrono::steady_clock::now() < deadline) {
      std::this_thread::sleep_for(1ms);
    }
    return counter.value() >= times;
  }
  /// Until nothing is pending; time passes meanwhile as the test wants it to.
  bool drained(std::chrono::seconds a_turn = 0s) {
    const auto deadline = std::chrono::steady_clock::now() + longest;
    while (backlog().pending > 0) {
      if (std::chrono::steady_clock::now() > deadline) return false;
      clock.pass(a_turn);
      bell.ring();
      std::this_thread::sleep_for(2ms);
    }
    return true;
  }
};

}  // namespace gateway::outbox
