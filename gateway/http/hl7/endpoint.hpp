/// Sub-room http/hl7: HL7v2 over HTTP: POST /hl7v2, the answer is the acknowledgement.
#pragma once
#include <optional>

#include "gateway/http/message.hpp"
#include "gateway/intake/intake.hpp"
#include "gateway/observe/metrics.hpp"

namespace gateway::http::hl7 {

/// Takes `application/hl7-v2` and `x-application/hl7-v2+er7`; a client certificate is required.
class Endpoint {
 public:
  Endpoint(intake::ListenerPolicy policy, intake::Intake& intake, observe::Metrics& metrics);
  Response answer(const Request& request);
  /// http::Site::admit: what speaks against a message before it is read.
  std::optional<Response> admit(const Request& request) const;
  /// http::Site::keeps_beginning: a message over the limit is kept by its head and answered AR.
  static bool keeps_beginning() { return true; }
  /// http::Site::refuse: what the server refused by itself, in words: a sender reads no FHIR.
  static Response refused(const Refusal& refusal);

 private:
  intake::ListenerPolicy policy_;
  intake::Intake& intake_;
  observe::Histogram& acknowledgement_seconds_;
};

}  // namespace gateway::http::hl7
