#pragma once
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "gateway/base/ids.hpp"
#include "gateway/base/time.hpp"
#include "gateway/fhir/resource.hpp"
#include "gateway/store/delivery.hpp"

namespace gateway::store {

enum class ArrivalState : std::uint8_t { accepted, rejected };
/// `consequence`: no arrival of its own, but what another patient's message changed here; it came
/// with that message and was written together with it.
enum class ArrivalKind : std::uint8_t { hl7v2, bundle, consequence };

/// An arrival as it is listed. Consequences are not: they are told with what they came with.
struct ArrivalLine {
  base::ArrivalNumber number;
  ArrivalKind kind = ArrivalKind::hl7v2;
  ArrivalState state = ArrivalState::accepted;
  std::string sender, control_id;
  base::Instant received;
  std::string listener, message_type;
  std::int64_t size = 0;        // bytes received
  std::int64_t repeats = 0;     // how often it came again
  std::int64_t reviews = 0;     // how many review items it gave
  std::string answer, account;  // as Arrival's
};

/// Which arrivals, newest first. What is empty asks nothing; all that is asked must hold.
struct ArrivalsAsked {
  std::string sender, control_id;
  /// Ids of Patients: what is filed under one of them, or changed something there. What changed
  /// nothing is filed under nobody.
  std::optional<std::vector<std::string>> patients;
  base::Instant from{0}, until{std::numeric_limits<std::int64_t>::max()};
  std::optional<ArrivalState> state;
  bool repeated = false;                                           // those that came again
  std::int64_t before = std::numeric_limits<std::int64_t>::max();  // only those of lower numbers
  std::size_t most = 50;
};

/// A page may hold fewer than `most`, or none, though there is more: so much is looked at at once.
struct ArrivalsPage {
  std::vector<ArrivalLine> lines;
  std::int64_t before = 0;  // where the next one begins; 0: this is the last
};

/// An item of the review list.
struct ReviewLine {
  std::int64_t number = 0;
  base::ArrivalNumber arrival;
  std::string sender;
  base::Instant received;                             // of the arrival
  std::string code, severity, where, resource, text;  // of mapping::Issue
};

/// An arrival, whole.
struct ArrivalWhole {
  ArrivalLine line;
  std::string patient;                       // id of the Patient it is filed under; ""
  std::string bytes;                         // as Arrival's
  std::vector<fhir::Version> versions;       // that it wrote, in entry order
  std::vector<fhir::ResourceKey> unchanged;  // that it spoke of and did not change
  std::vector<Letter> letters;               // its deliveries
  std::vector<ReviewLine> reviews;
};

/// A sender that something came from.
struct SenderLine {
  std::string name;
  std::int64_t messages = 0;
  base::ArrivalNumber last;
  base::Instant last_received;
};

}  // namespace gateway::store
