#pragma once
#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "gateway/http/rest/api.hpp"

#include "tests/unit/intake/house.hpp"

namespace gateway::http::rest {

/// An API on a real store, asked without sockets; time is the test's.
class Served : public testing::Test {
 protected:
  static Request request(const std::string& method, const std::string& path,
                         const std::string& body, const char* who) {
    Request request;
    request.method = method;
    request.path = "/fhir/" + path.substr(0, path.find('?'));
    if (const auto at = path.find('?'); at != path.npos) request.query = path.substr(at + 1);
    request.headers = {{"content-type", "application/fhir+json"}, {"host", "localhost"}};
    request.body = body;
    request.peer.subject = {{"CN", who}};
    request.received = {1'742'829'300'000'000};
    return request;
  }
  std::unique_ptr<Api> serving(const access::Access& access) {
    return std::make_unique<Api>(
        ApiSettings{.base_url = "https://localhost/fhir", .version = "1"},
        Services{access, reader_, explainer_, exports_, intake_, audit_, trail_, house_.clock});
  }

  intake::House house_;
  intake::Intake& intake_ = house_.open();
  query::Reader reader_{*house_.store, house_.clock};
  audit::Recorder audit_{
      *house_.store,
      {.instance = "clinic-a", .key = security::signing_key(std::string(32, 'k'))},
      house_.clock,
      house_.metrics};
  audit::Trail trail_{*house_.store, house_.clock, {"clinic-a", "https://localhost/fhir"}};
  query::Explainer explainer_{*house_.store, intake::House::catalogue()};
  query::Exports exports_{
      *house_.store, house_.clock, {.folder = house_.folder.path() / "exports"}};
};

}  // namespace gateway::http::rest
