#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "gateway/outbox/backoff.hpp"
#include "gateway/push/pusher.hpp"

namespace gateway::push {

/// What the lines share.
struct Works {
  store::Store& store;
  query::Reader& reader;
  intake::Intake& intake;
  const access::Access& access;
  const Settings& settings;
  const Connect& connect;
  const base::Clock& clock;
  observe::Counter& delivered;
  observe::Counter& retried;
};

/// One subscription and its receiver. One thread at a time.
class Line {
 public:
  Line(Works works, std::string id);

  /// The subscription may have been written: it is read again before the next step.
  void read_again() { is_read_ = false; }

  /// Reads the subscription, and ends it where its client has no access; tells nobody. Before doors
  /// open: what is not numbered while it stands would be missed without a gap.
  void prepare() { (void)read(); }

  /// Does what is due next. When to come again, in steady microseconds; nullopt: never, there is
  /// nobody to tell any more.
  std::optional<std::int64_t> step();
  bool fails() const { return failures_ > 0; }

 private:
  enum class Reading { ready, ended, away };
  Reading read();
  Reading end(std::string_view why);
  std::optional<std::int64_t> tell();
  std::int64_t later(bool said_yes, std::optional<std::chrono::seconds> retry_after);
  bool post(const topics::Notice& notice, std::optional<std::chrono::seconds>& retry_after);
  topics::Notice notice(topics::Kind kind, std::int64_t count) const;
  bool keep(const query::Told& told);
  bool set_state(topics::State state, std::string_view error);
  std::int64_t now() const { return works_.clock.steady_microseconds(); }

  const Works works_;
  const std::string id_;
  outbox::Backoff backoff_;
  bool is_read_ = false;
  bool has_answered_ = false;  // the handshake, or it was active already
  fhir::Version version_;
  topics::Subscription what_;
  security::Principal who_;
  std::unique_ptr<outbox::Target> target_;
  int failures_ = 0;            // in a row
  std::int64_t last_told_ = 0;  // steady microseconds
};

}  // namespace gateway::push
