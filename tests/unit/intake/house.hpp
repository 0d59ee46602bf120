#pragma once
#include <future>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "gateway/fhir/json.hpp"
#include "gateway/fhir/search/query.hpp"
#include "gateway/intake/intake.hpp"
#include "gateway/observe/names.hpp"
#include "gateway/store/sqlite/database.hpp"
#include "gateway/store/sqlite/engine.hpp"

#include "tests/support/faulty_store.hpp"
#include "tests/support/files.hpp"
#include "tests/support/hand_clock.hpp"
#include "tests/support/mappings.hpp"

namespace gateway::intake {

using namespace std::chrono_literals;

/// A real store in a folder of its own, a faulty one before it, and an intake before that.
struct House {
  using Profile = mapping::SenderProfile;

  tests::TemporaryFolder folder;
  tests::HandClock clock;
  observe::Metrics metrics;
  base::Bell bell;
  std::unique_ptr<store::Store> engine;
  std::unique_ptr<tests::FaultyStore> store;
  ListenerPolicy listener{"mllp:2575", {"*"}, false, {"P"}};
  Options options{.instance = "clinic-a", .lanes = 2, .routes = {}};
  std::unique_ptr<Intake> intake;

  House() {
    store::sqlite::Options at{.file = folder.path() / "state" / "gateway.db", .min_free_bytes = 1};
    auto opened = store::sqlite::open(at, clock, metrics);
    if (!opened) throw std::runtime_error(opened.error().text());
    engine = std::move(*opened);
    store = std::make_unique<tests::FaultyStore>(*engine);
  }
  ~House() {
    store->release();
    intake.reset();
  }

  static std::string sample(std::string_view number) {
    for (const auto& file :
         std::filesystem::directory_iterator(tests::source_dir() / "tests" / "samples")) {
      if (file.path().filename().string().starts_with(number)) return tests::read_file(file.path());
    }
    throw std::runtime_error("no such sample");
  }

  /// The shipped mappings, with other rules for unknown senders.
  static std::shared_ptr<const mapping::Catalogue> catalogue(std::string_view in_default = "") {
    auto files = tests::shipped_mappings();
    for (auto& file : files) {
      if (in_default.empty() || file.path != "senders/default.json") continue;
      auto json = fhir::parse_json(file.text, {.comments = true});
      const auto more = fhir::parse_json(in_default);
      if (!json || !more) throw std::runtime_error("not JSON");
      for (const auto& [name, value] : more->members()) json->set(name, value);
      file.text = json->pretty();
    }
    auto compiled = mapping::compile(files);
    if (!compiled.catalogue) throw std::runtime_error(compiled.problems.front().text);
    return compiled.catalogue;
  }

  Intake& open(std::shared_ptr<const mapping::Catalogue> mappings = catalogue()) {
    intake = std::make_unique<Intake>(*store, std::move(mappings), options, clock, metrics, bell);
    return *intake;
  }

  std::future<Answered> begin(std::string_view bytes) {
    if (!intake) open();
    auto promise = std::make_shared<std::promise<Answered>>();
    auto answer = promise->get_future();
    Received received{base::Buffer(bytes), &listener, {}, clock.now()};
    intake->receive(std::move(received),
                    [promise](Answered a) { promise->set_value(std::move(a)); });
    return answer;
  }
  static Answered end(std::future<Answered> answer) {
    if (answer.wait_for(60s) != std::future_status::ready) throw std::runtime_error("no answer");
    return answer.get();
  }
  Answered say(std::string_view bytes) { return end(begin(bytes)); }

  std::future<base::Result<BundleOutcome>> begin(ReceivedBundle bundle) {
    if (!intake) open();
    auto promise = std::make_shared<std::promise<base::Result<BundleOutcome>>>();
    auto answer = promise->get_future();
    intake->receive(std::move(bundle), [promise](auto o) { promise->set_value(std::move(o)); });
    return answer;
  }
  base::Result<BundleOutcome> say(ReceivedBundle bundle) {
    auto answer = begin(std::move(bundle));
    if (answer.wait_for(60s) != std::future_status::ready) throw std::runtime_error("no answer");
    return answer.get();
  }

  /// Until so many wait for the store.
  void await_held(std::size_t many) {
    auto& held = metrics.gauge(observe::names::held_messages);
    const auto deadline = std::chrono::steady_clock::now() + 60s;
    while (held.value() < static_cast<double>(many)) {
      if (std::chrono::steady_clock::now() > deadline) throw std::runtime_error("never held");
      std::this_thread::sleep_for(1ms);
    }
  }

  /// Current resources a search finds.
  std::vector<fhir::Version> found(std::string_view type, std::string_view query) {
    auto parsed = fhir::search::parse(type, query);
    if (!parsed) throw std::runtime_error(parsed.error().text());
    auto snapshot = engine->snapshot();
    if (!snapshot) throw std::runtime_error(snapshot.error().text());
    store::Search search;
    search.query = &*parsed;
    auto page = (*snapshot)->search(search);
    if (!page) throw std::runtime_error(page.error().text());
    std::vector<fhir::Version> out;
    for (auto& row : page->rows) out.push_back(std::move(row.version));
    return out;
  }
  /// Changes the store's file behind the engine's back.
  void damage(const std::string& sql) {
    store::sqlite::Connection connection;
    if (!connection.open((folder.path() / "state" / "gateway.db").string(), SQLITE_OPEN_READWRITE))
      throw std::runtime_error("the store's file does not open");
    connection.script(sql);
    if (connection.failure() != SQLITE_OK) throw std::runtime_error("no such damage");
  }
  store::Verification verified() {
    auto verification = engine->verify();
    if (!verification) throw std::runtime_error(verification.error().text());
    for (const auto& problem : verification->problems) throw std::runtime_error(problem);
    return *verification;
  }
};

/// All of them wait while the store is away; when it is back they are one group.
inline std::vector<Answered> say_in_one_group(House& house,
                                              const std::vector<std::string>& messages) {
  house.store->fail_commits(base::ErrorKind::unavailable);
  std::vector<std::future<Answered>> answers;
  for (const auto& message : messages) answers.push_back(house.begin(message));
  house.await_held(messages.size());
  house.store->heal();
  std::vector<Answered> said;
  for (auto& answer : answers) said.push_back(House::end(std::move(answer)));
  EXPECT_EQ(house.store->largest_group(), messages.size());
  return said;
}

/// The message with one piece replaced by another; the piece must be there.
inline std::string with(std::string message, std::string_view piece, std::string_view other) {
  const auto at = message.find(piece);
  if (at == std::string::npos) throw std::runtime_error("not in the message");
  return message.replace(at, piece.size(), other);
}

/// A segment of an acknowledgement, "" if there is none.
inline std::string segment(const std::string& message, std::string_view name) {
  const auto at = message.find("\r" + std::string(name));
  if (at == std::string::npos) return "";
  return message.substr(at + 1, message.find('\r', at + 1) - at - 1);
}
inline std::string msa(const Answered& answered) {
  return segment(answered.bytes, "MSA");
}
inline std::string err(const Answered& answered) {
  return segment(answered.bytes, "ERR");
}

}  // namespace gateway::intake
