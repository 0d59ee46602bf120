#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gateway/fhir/search/index.hpp"
#include "gateway/hl7v2/header.hpp"
#include "gateway/hl7v2/message.hpp"
#include "gateway/intake/acknowledge.hpp"
#include "gateway/intake/intake.hpp"
#include "gateway/mapping/conversion.hpp"
#include "gateway/mapping/convert.hpp"

namespace gateway::intake {

/// What a lane makes of a resource before the committer sees it, so that the one writer does not.
struct PreparedResource {
  /// SHA-256 of the body. Absent: it belongs to an order, which is nearly always new, and whose
  /// resources are compared as they are where they stand.
  std::optional<base::Digest> digest;
  std::optional<fhir::search::IndexRows>
      rows;           // absent: its Patient's identifiers are not known yet
  std::string order;  // order number, for people; may be ""
};

/// One HL7v2 message on its way.
struct MessageWork {
  const ListenerPolicy* listener = nullptr;
  std::string bytes;        // as received
  std::uint64_t size = 0;   // of all
  bool over_limit = false;  // `bytes` is only the head
  store::ArrivalKey key;
  hl7v2::Header header;
  std::shared_ptr<const mapping::Catalogue> catalogue;  // keeps `sender.profile` alive
  mapping::Sender sender;
  std::optional<hl7v2::Message> message;      // until it is converted
  std::optional<Verdict> refused;             // walks the same road: committed, then answered
  mapping::Conversion conversion;             // its account is `account` by then
  std::string account;                        // mapping::kept()
  std::vector<fhir::ResourceKey> follow_ups;  // entries its results may have (DOMAIN.md W3)
  std::vector<std::string> unmapped;          // fields, of a sender with a profile of its own
  std::vector<store::ReviewItem> gaps;        // those of them that are new
  Verdict verdict;                            // what is answered once it is durable
  bool is_duplicate = false;
  Answer answer;
};

/// One FHIR transaction on its way.
struct BundleWork {
  ReceivedBundle bundle;
  base::Digest digest{};
  std::optional<base::Error> refused;      // found while composing; committed, then answered
  std::vector<fhir::WriteResult> results;  // in the order of the writes
  BundleAnswer answer;
};

/// What walks from a door through a lane to the committer. Exactly one of `message` and `bundle`.
struct Work {
  std::unique_ptr<MessageWork> message;
  std::unique_ptr<BundleWork> bundle;
  std::string listener, agent;  // for audit
  base::Instant received;
  std::int64_t held_since = 0;                     // steady microseconds of its receipt
  base::PatientKey patient;                        // it is filed under
  std::vector<base::PatientKey> further_patients;  // it speaks of as well
  std::size_t lane = 0;                            // of `patient`
  std::vector<std::size_t> further_lanes;          // of the others, each once, without `lane`
  std::vector<PreparedResource> prepared;          // aligned with resources or writes
  std::vector<std::string> other_patients;         // ids of Patients it speaks of but does not hold
  int conflicts = 0;
  bool outcome_unknown = false;  // a commit with it may have become durable
};
using Works = std::vector<std::unique_ptr<Work>>;

}  // namespace gateway::intake
