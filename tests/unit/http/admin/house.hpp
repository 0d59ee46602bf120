#pragma once
#include "gateway/fhir/json.hpp"
#include "gateway/http/admin/administration.hpp"

#include "tests/support/mappings.hpp"
#include "tests/unit/access/people/house.hpp"

namespace gateway::http::admin::tests {

namespace people = access::people;

/// /admin/v1/ on a real store, asked as a browser, a command or a certificate asks.
class Desk : public people::tests::House {
 protected:
  static Request request(const std::string& method, const std::string& path,
                         const std::string& body = "{}") {
    Request out;
    out.method = method;
    out.path = path;
    out.peer.address = "10.0.0.1:40000";
    if (method == "GET") return out;
    out.headers = {{"content-type", "application/json"}, {"sec-fetch-site", "same-origin"}};
    out.body = body;
    return out;
  }
  static void set(Request& request, const std::string& name, const std::string& value) {
    std::erase_if(request.headers, [&](const auto& one) { return one.first == name; });
    if (!value.empty()) request.headers.emplace_back(name, value);
  }
  /// With the session's cookie and token.
  static Request as(const std::string& token, Request request) {
    set(request, "cookie", "other=1; __Host-clinic-a=" + token);
    if (request.method != "GET") set(request, "x-csrf-token", people::Sessions::csrf_token(token));
    return request;
  }
  static security::Principal certificate(const std::string& role) {
    security::Principal who;
    who.name = "CN=somebody";
    who.role = role;
    who.authenticated = true;
    return who;
  }
  Response ask(const Request& request, const security::Principal& who = {},
               std::string_view door = "https") {
    return administration_.answer(request, who, door);
  }
  static fhir::Json json(const Response& response) { return *fhir::parse_json(response.body); }
  static std::string code_of(const Response& response) {
    return json(response)["error"]["code"].text();
  }
  static std::string header(const Response& response, std::string_view name) {
    for (const auto& [key, value] : response.headers)
      if (key == name) return value;
    return "";
  }
  /// The token of a Set-Cookie.
  static std::string token_of(const Response& response) {
    const auto cookie = header(response, "Set-Cookie");
    const auto begin = cookie.find('=') + 1;
    return cookie.substr(begin, cookie.find(';') - begin);
  }

  outbox::Desk letters_{*store_, clock_, [] {}};
  OutboxPage outbox_{letters_};
  /// The shipped mappings, compiled once in a test program.
  static std::shared_ptr<const mapping::Catalogue> mappings() {
    static const auto compiled = mapping::compile(::tests::shipped_mappings());
    return compiled.catalogue;
  }
  query::Explainer explainer_{*store_, mappings()};
  query::Journal journal_{*store_, explainer_};
  Figures figures_;
  std::vector<SenderFacts> senders_;
  std::vector<TargetFacts> targets_;
  const NoteShown note_ = [this](store::AuditRow row) -> base::Result<void> {
    return store_->audit({&row, 1});
  };
  Openings openings_{clock_, metrics_, note_};
  MessagesPage messages_{*store_, journal_, clock_, note_, openings_};
  query::Reader reader_{*store_, clock_};
  PatientsPage patients_{*store_, reader_, journal_, clock_, note_, openings_};
  TrafficPage traffic_{
      *store_,
      {[this] { return figures_; }, [this] { return senders_; }, [this] { return targets_; }},
      clock_,
      note_};
  LivePage live_{*store_, [this] { return traffic_.overview().body; }};
  std::vector<Request> changed_;
  Response task_answer_{200, "application/fhir+json", {}, "{}"};
  FollowUpsPage follow_ups_{reader_, clock_, note_,
                            [this](const Request& request, const security::Principal&) {
                              changed_.push_back(request);
                              return task_answer_;
                            }};
  PeoplePage people_{{"clinic-a"}, accounts_, sign_in_, sessions_, nullptr};
  std::vector<store::AuditRow> refused_;
  Administration administration_{
      {"clinic-a"},
      sessions_,
      {people_, outbox_, messages_, traffic_, patients_, live_, follow_ups_},
      [this](store::AuditRow row) { refused_.push_back(row); }};
};

}  // namespace gateway::http::admin::tests
