#pragma once
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/time.hpp"
#include "gateway/http/admin/caller.hpp"
#include "gateway/http/message.hpp"
#include "gateway/store/store.hpp"

namespace gateway::http::admin {

/// A certificate of this gateway, and where it shows it.
struct CertificateUse {
  std::string used_by, subject;
  base::Instant not_after;
};

/// What only the whole gateway knows of itself; counts are since its start.
struct Figures {
  std::string version, instance, store_kind;
  base::Instant started;
  std::vector<std::string> not_ready;      // reasons; none: it is ready
  std::map<std::string, double> answers;   // by code
  std::optional<double> ack_p50, ack_p99;  // seconds
  double reviews_open = 0;
  std::string mappings;                            // their version
  std::optional<double> last_backup, last_verify;  // seconds since 1970; nullopt: never, here
  /// What was read anew while it ran, and how often: "mappings taken".
  std::map<std::string, double> reloads;
  std::vector<CertificateUse> certificates;
};
/// A sender that the mappings have a file of.
struct SenderFacts {
  std::string name;
  std::vector<std::string> certificates;  // that alone may send as it; none: any of its listener
};
struct TargetFacts {
  std::string name, kind, address;
  std::string circuit;  // "closed", "trying", "open"
};

/// How the whole is asked; called by any thread.
struct Surroundings {
  std::function<Figures()> figures;
  std::function<std::vector<SenderFacts>()> senders;
  std::function<std::vector<TargetFacts>()> targets;
};

/// What an operator sees without opening anything: how it goes, who sends, what goes where, what
/// waits for a decision; and the trail, for auditors. Who may is decided before. Any thread.
class TrafficPage {
 public:
  TrafficPage(store::Store& store, Surroundings surroundings, const base::Clock& clock,
              NoteShown note);

  Response overview();
  /// What readiness says, with the dates that people ask for when they worry.
  Response health();
  /// ?after=&count=: open items, newest first.
  Response reviews(std::string_view query);
  Response senders();
  Response targets();
  /// ?kind=&after=&count=: newest first. That it was read is a row of it.
  Response audit(const Caller& who, std::string_view query);

 private:
  store::Store& store_;
  const Surroundings surroundings_;
  const base::Clock& clock_;
  const NoteShown note_;
};

}  // namespace gateway::http::admin
