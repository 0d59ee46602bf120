/// Sub-room http/rest: FHIR over HTTP: request in, query or intake called, response out.
#pragma once
#include <string>

#include "gateway/access/access.hpp"
#include "gateway/base/time.hpp"
#include "gateway/http/message.hpp"
#include "gateway/intake/intake.hpp"
#include "gateway/query/reader.hpp"

namespace gateway::http::rest {

struct ApiSettings {
  std::string base_url;  // "https://host:8443/fhir"
  std::string version;   // of the software
  std::string instance;
};

/// Everything below /fhir. Any thread.
class Api {
 public:
  Api(ApiSettings settings, const access::Access& access, query::Reader& reader,
      intake::Intake& intake, const base::Clock& clock);
  Response answer(const Request& request);

 private:
  ApiSettings settings_;
  const access::Access& access_;
  query::Reader& reader_;
  intake::Intake& intake_;
  const base::Clock& clock_;
};

}  // namespace gateway::http::rest
