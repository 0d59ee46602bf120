#include "gateway/app/readiness.hpp"

#include <istream>
#include <iterator>
#include <string>

#include <Poco/Exception.h>
#include <Poco/Net/HTTPClientSession.h>
#include <Poco/Net/HTTPRequest.h>
#include <Poco/Net/HTTPResponse.h>

#include "gateway/fhir/json.hpp"

namespace gateway::app {
namespace {

constexpr long patience_seconds = 5;

/// A door that listens everywhere is asked on this host.
std::string reachable(const std::string& host) {
  return host == "0.0.0.0" ? "127.0.0.1" : host == "::" ? "::1" : host;
}

std::string reasons_of(const std::string& body) {
  std::string all;
  if (const auto answer = fhir::parse_json(body))
    for (const fhir::Json& reason : (*answer)["reasons"].items())
      all += (all.empty() ? "" : "; ") + reason.text();
  return all.empty() ? "it does not say why" : all;
}

}  // namespace

base::Result<void> ask_ready(const Address& operations) {
  const std::string where = operations.host + ":" + std::to_string(operations.port);
  try {
    Poco::Net::HTTPClientSession session(reachable(operations.host), operations.port);
    session.setTimeout(Poco::Timespan(patience_seconds, 0));
    Poco::Net::HTTPRequest request(Poco::Net::HTTPRequest::HTTP_GET, "/readyz",
                                   Poco::Net::HTTPRequest::HTTP_1_1);
    session.sendRequest(request);
    Poco::Net::HTTPResponse response;
    std::istream& in = session.receiveResponse(response);
    const std::string body{std::istreambuf_iterator<char>(in), {}};
    if (response.getStatus() == Poco::Net::HTTPResponse::HTTP_OK) return {};
    return base::Error{base::ErrorKind::unavailable, "not ready: " + reasons_of(body), where,
                       "its log says more"};
  } catch (const Poco::Exception&) {
    return base::Error{base::ErrorKind::unavailable, "nobody answers", where,
                       "is the gateway running, and is this its operations.listen?"};
  }
}

}  // namespace gateway::app
