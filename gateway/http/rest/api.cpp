#include "gateway/http/rest/api.hpp"

#include <algorithm>

#include "gateway/fhir/bundle.hpp"
#include "gateway/fhir/owned.hpp"
#include "gateway/fhir/search/parameters.hpp"
#include "gateway/http/rest/capability.hpp"
#include "gateway/http/rest/definitions.hpp"
#include "gateway/http/rest/errors.hpp"
#include "gateway/http/rest/negotiation.hpp"
#include "gateway/http/rest/offered.hpp"
#include "gateway/observe/names.hpp"
#include "gateway/query/restrict.hpp"

namespace gateway::http::rest {
namespace {

using security::Interaction;

base::Error not_known(const Request& request) {
  return {base::ErrorKind::forbidden,  // 401 by its code
          request.peer.present() ? "certificate-unknown this certificate has no access here"
                                 : "token-missing a client certificate or a token is needed",
          "", "ask the operator of this gateway for access"};
}

base::Error rate_limited() {
  return {base::ErrorKind::unavailable, "rate-limited this client asks too much at once", "",
          "ask again after the seconds that Retry-After says"};
}

/// draft-ietf-httpapi-ratelimit-headers: the policy, and what is left of it.
void tell_rate(Response& response, const Throttle::Entered& entered,
               const Throttle::Limits& limits) {
  const int burst = limits.per_second * Throttle::Limits::burst_seconds;
  if (!entered.place)
    response.headers.emplace_back("Retry-After", std::to_string(entered.retry_after_seconds));
  else if (entered.remaining > burst / 2)
    return;  // nothing a client need know yet
  response.headers.emplace_back("RateLimit-Policy",
                                "\"client\";q=" + std::to_string(burst) +
                                    ";w=" + std::to_string(Throttle::Limits::burst_seconds));
  response.headers.emplace_back("RateLimit", "\"client\";r=" + std::to_string(entered.remaining) +
                                                 ";t=" + std::to_string(entered.reset_seconds));
}

bool is_metadata(const Path& path) {
  return path.last == "metadata" && path.type.empty();
}

/// 405 of a type or of one of its resources.
Response not_offered(const Request& request, const Path& path) {
  const auto allow = path.id.empty() ? allowed_on_type(path.type) : allowed_on_instance(path.type);
  const auto asked = request.method == "DELETE" ? Interaction::remove : Interaction::update;
  if (!offers(asked, path.type)) {
    Response response = refused(not_offered_on(asked, path.type));
    response.headers.emplace_back("Allow", allow);
    return response;
  }
  return rest::not_offered(allow, "this is not done here");
}

bool is_reading(const std::string& method) {
  return method == "GET" || method == "HEAD";
}

}  // namespace

Api::Api(ApiSettings settings, const Services& services)
    : settings_(std::move(settings)),
      clock_(services.clock),
      access_(services.access),
      tokens_(services.tokens),
      metrics_(services.metrics),
      reader_(services.reader),
      explainer_(services.explainer),
      exports_(services.exports),
      intake_(services.intake),
      audit_(services.audit),
      trail_(services.trail),
      throttle_(settings_.throttle, services.clock) {
  publish({});
}

void Api::publish(fhir::Artefacts artefacts) {
  const auto statement =
      capability_statement(settings_.base_url, settings_.version, artefacts,
                           !settings_.manners.origins.empty(), settings_.token_url);
  const auto added = artefacts.add(statement, "", "CapabilityStatement");
  base::invariant(static_cast<bool>(added), "our own statement is a resource");
  auto published = std::make_shared<const fhir::Artefacts>(std::move(artefacts));
  auto package = std::make_shared<const Response>(package_of(*published));
  const std::lock_guard lock(mutex_);
  artefacts_ = std::move(published);
  package_ = std::move(package);
}

std::shared_ptr<const fhir::Artefacts> Api::artefacts() const {
  const std::lock_guard lock(mutex_);
  return artefacts_;
}

Response Api::package(const Request& request) const {
  if (!is_reading(request.method))
    return end(request, rest::not_offered("GET, HEAD", "the package can only be read"));
  const auto package = [this] {
    const std::lock_guard lock(mutex_);
    return package_;
  }();
  const auto& etag = package->headers.front().second;
  const auto tags = request.header("if-none-match");
  if (tags != "*" && tags.find(etag) == tags.npos) return end(request, *package);
  Response unchanged{304, package->content_type, package->headers, "", package->route};
  return end(request, std::move(unchanged));
}

Response Api::metadata(const Request& request) const {
  if (!is_reading(request.method))
    return rest::not_offered("GET, HEAD", "metadata can only be read");
  Response response = read_definition(request, {"CapabilityStatement", "immunogate"}, *artefacts());
  response.route = "fhir/metadata";
  return response;
}

Response Api::on_definition(const Request& request, const Path& path,
                            const security::Principal& who) {
  const bool reads = !path.id.empty() && path.last.empty();
  const auto scope =
      query::restricted(who, reads ? Interaction::read : Interaction::search, path.type);
  if (!scope) return refused(scope.error());
  const auto all = artefacts();
  if (path.type == "CodeSystem" && path.id.empty() && path.last == "$lookup")
    return lookup(request, *all);
  if (path.type == "ValueSet" && path.last == "$expand") return expand(request, path.id, *all);
  if (path.type == "ConceptMap" && path.last == "$translate")
    return translate(request, path.id, *all);
  if (path.last == "_search" && path.id.empty() && request.method == "POST")
    return search_definitions(request, path.type, *all, settings_.base_url);
  if (!path.last.empty()) return refused(unknown_operation());
  if (!is_reading(request.method))
    return rest::not_offered("GET, HEAD", path.type +
                                              " changes with the mappings of this gateway, never "
                                              "over FHIR");
  return reads ? read_definition(request, {path.type, path.id}, *all)
               : search_definitions(request, path.type, *all, settings_.base_url);
}

base::Result<access::Identity> Api::shown(const Request& request) const {
  const auto credentials = std::ranges::count_if(
      request.headers, [](const auto& header) { return header.first == "authorization"; });
  if (credentials > 1)
    return base::Error{base::ErrorKind::forbidden, "token-invalid credentials are there twice", "",
                       "send one Authorization"};
  return access::shown(request.peer, request.header("authorization"), tokens_);
}

base::Result<security::Principal> Api::asking(const Request& request) const {
  const auto identity = shown(request);
  if (!identity) return identity.error();
  auto who = access_.principal_of(*identity);
  if (!who.authenticated) return not_known(request);
  return who;
}

/// For shares and audit.
security::Principal Api::named(const Asking& asks) {
  return asks ? *asks : security::Principal{.name = "anonymous"};
}

/// By reason alone: who it was is for the audit.
void Api::count_denied(const Response& response) const {
  if (metrics_ == nullptr || (response.status != 401 && response.status != 403)) return;
  metrics_
      ->counter(observe::names::auth_denied,
                {{"door", "https"}, {"reason", response.status == 401 ? "unknown" : "scope"}})
      .add();
}

Api::Draft Api::drafted(const Request& request, const security::Principal* known) {
  const Path path = parse_path(request.path);
  if (request.method == "OPTIONS") return {options(path), {}, {}};
  if (auto unacceptable = not_acceptable(request)) return {*std::move(unacceptable), {}, {}};
  auto asks = known != nullptr ? Asking(*known) : asking(request);
  if (asks) asks->shown = std::make_shared<security::Shown>();
  const auto who = named(asks);
  auto entered = throttle_.enter(who.name);
  Response response =
      entered.place ? read_and_dispatch(request, path, asks) : refused(rate_limited());
  auto row = to_note(request, path, who, response);
  return {std::move(response), std::move(row), std::move(entered)};
}

Response Api::whole(const Request& request, Response response,
                    const std::optional<Throttle::Entered>& entered) const {
  count_denied(response);
  if (entered) tell_rate(response, *entered, throttle_.limits());
  return end(request, std::move(response));
}

Response Api::answer(const Request& request) {
  return once_noted(request, drafted(request));
}

Response Api::answer(const Request& request, const security::Principal& who) {
  return once_noted(request, drafted(request, &who));
}

Response Api::once_noted(const Request& request, Draft draft) {
  if (draft.row)
    if (auto noted = audit_.shown(*std::move(draft.row)); !noted)
      draft.response = refused(noted.error());
  return whole(request, std::move(draft.response), draft.entered);
}

/// An answer that leaves once it is noted down; its place among those being answered is held until
/// then.
class Api::Noted final : public store::Awaiting {
 public:
  Noted(const Api& api, std::shared_ptr<const Request> request,
        std::shared_ptr<Answering> answering, Draft draft)
      : answering_(std::move(answering)),
        api_(api),
        request_(std::move(request)),
        response_(api.whole(*request_, std::move(draft.response), draft.entered)),
        entered_(std::move(draft.entered)) {}
  void hear(const base::Result<void>& outcome) override {
    if (!outcome) response_ = api_.whole(*request_, refused(outcome.error()), entered_);
    entered_.reset();
    answering_->put(std::move(response_));
  }
  void ring() override { answering_->ring(); }

 private:
  const std::shared_ptr<Answering> answering_;  // goes last: until then the API stands
  const Api& api_;
  const std::shared_ptr<const Request> request_;
  Response response_;
  std::optional<Throttle::Entered> entered_;
};

void Api::answer(std::shared_ptr<const Request> request, std::shared_ptr<Answering> answering) {
  Draft draft = drafted(*request);
  if (draft.row) {
    auto row = *std::move(draft.row);
    return audit_.shown(
        std::move(row),
        std::make_shared<Noted>(*this, std::move(request), std::move(answering), std::move(draft)));
  }
  answering->put(whole(*request, std::move(draft.response), draft.entered));
  answering->ring();
}

Response Api::read_and_dispatch(const Request& request, const Path& path, const Asking& asks) {
  if (request.body.empty()) return dispatch(request, path, asks);
  if (auto unreadable = not_readable(request)) return *std::move(unreadable);
  if (request.header("content-encoding").empty()) return dispatch(request, path, asks);
  Request unpacked = request;
  if (auto damaged = unpack(unpacked, settings_.manners)) return *std::move(damaged);
  return dispatch(unpacked, path, asks);
}

std::optional<Response> Api::admit(const Request& request) const {
  if (auto unacceptable = not_acceptable(request)) return end(request, *std::move(unacceptable));
  const Path path = parse_path(request.path);
  if (auto refusal = not_admitted(request, path))
    return end(request, audited(request, path, named(asking(request)), *std::move(refusal)));
  if (auto unreadable = not_readable(request)) return end(request, *std::move(unreadable));
  return std::nullopt;
}

Response Api::end(const Request& request, Response response) const {
  return finished(request, std::move(response), settings_.manners);
}

Response Api::refuse(const Request& request, const Refusal& refusal) const {
  return end(request, refused(refusal));
}

Response Api::nowhere(const Request& request) const {
  return end(request,
             refused({base::ErrorKind::not_found, "unknown-type nothing answers at this path", "",
                      "the FHIR API is below /fhir"}));
}

/// Nobody is asked who they are: a browser asks this before it shows a certificate.
Response Api::options(const Path& path) const {
  if (path.type.empty() && path.last.empty()) return rest::options("GET, HEAD, POST, OPTIONS");
  if (!path.job.empty()) return rest::options("GET, HEAD, DELETE, OPTIONS");
  if (!path.last.empty() || !fhir::search::is_served(path.type))
    return rest::options("GET, HEAD, POST, OPTIONS");
  const auto allow = path.id.empty() ? allowed_on_type(path.type) : allowed_on_instance(path.type);
  return rest::options(allow + (allow.empty() ? "OPTIONS" : ", OPTIONS"));
}

std::optional<Response> Api::not_admitted(const Request& request, const Path& path) const {
  if (is_metadata(path)) return std::nullopt;  // which no body changes
  const auto asks = asking(request);
  if (!asks) return refused(asks.error());
  const auto& who = *asks;
  // Who may only read sends batches too: of what they ask.
  if (path.last.empty() && offers(Interaction::update, path.type)) {
    const bool creates =
        request.method == "POST" && path.id.empty() && offers(Interaction::create, path.type);
    const bool updates =
        request.method == "PUT" || (request.method == "PATCH" && offers_patch(path.type));
    if ((creates && !may(who, Interaction::create, path.type)) ||
        (updates && !may(who, Interaction::update, path.type)))
      return refused(no_scope(path.type));
  }
  return std::nullopt;
}

Response Api::dispatch(const Request& request, const Path& path, const Asking& asks) {
  if (is_metadata(path)) return metadata(request);
  if (path.type == ".well-known")  // open
    return refused({base::ErrorKind::not_found,
                    "unknown-operation no client of this gateway is registered for tokens", "",
                    "use a TLS client certificate: GET /fhir/metadata, rest.security"});
  if (!asks) return refused(asks.error());
  const auto& who = *asks;
  if (path.malformed) return refused(unknown_operation());
  if (path.type.empty()) {
    if (path.last == "_history") return whole_history(request, path, who);
    if (!path.job.empty()) return on_export(request, path, who);
    if (path.last == "$export") return begin_export(request, path, who);
    if (path.last.empty() && request.method == "POST") return transaction(request, who);
    return several(request, path, who);
  }
  if (!path.inside.empty()) return in_compartment(request, path, who);
  if (path.type == "AuditEvent") return on_trail(request, path, who);
  if (fhir::Artefacts::is_served(path.type)) return on_definition(request, path, who);
  if (!fhir::search::is_served(path.type)) return refused(unknown_type(path.type, ""));
  if (path.last == "$validate") return validate(request, path, who);
  return path.id.empty() ? on_type(request, path, who) : on_instance(request, path, who);
}

/// What is about one patient: a search as any other, with `patient` before what is asked.
Response Api::in_compartment(const Request& request, const Path& path,
                             const security::Principal& who) {
  const bool posted = request.method == "POST" && path.last == "_search";
  if (!path.last.empty() && !posted) return refused(unknown_operation());
  if (path.type != "Patient" || !fhir::is_id(path.id)) return refused(unknown_operation());
  if (path.inside == "*") return several(request, path, who);
  if (!fhir::search::is_served(path.inside)) return refused(unknown_type(path.inside, ""));
  if (!fhir::search::find_parameter(path.inside, "patient")) return refused(unknown_operation());
  if (!posted && !is_reading(request.method))
    return not_offered("GET, HEAD", "what is inside a compartment can only be searched");
  Request within = request;
  within.query = "patient=" + path.id + (request.query.empty() ? "" : "&" + request.query);
  return search(within, {.type = path.inside, .last = path.last}, who);
}

/// Of a type or of all.
Response Api::whole_history(const Request& request, const Path& path,
                            const security::Principal& who) {
  if (!is_reading(request.method)) return not_offered("GET, HEAD", "history can only be read");
  return path.version.empty() ? history(request, path, who) : refused(unknown_operation());
}

Response Api::on_type(const Request& request, const Path& path, const security::Principal& who) {
  const bool searchable = offers(Interaction::search, path.type);
  if (searchable && path.last == "_search")
    return request.method == "POST" ? search(request, path, who)
                                    : not_offered("POST", "_search is posted");
  if (searchable && path.last == "_history" && !fhir::is_owned(path.type))
    return whole_history(request, path, who);
  if (path.type == "Subscription" && path.last == "$status")
    return on_subscription(request, path, who);
  if (path.type == "Observation" && path.last == "$lastn") return last(request, who);
  if (path.type == "Patient" && path.last == "$export") return begin_export(request, path, who);
  if (!path.last.empty()) return refused(unknown_operation());
  if (searchable && is_reading(request.method)) return search(request, path, who);
  if (request.method == "POST" && offers(Interaction::create, path.type))
    return write_one(request, path, who, AskedWrite::Kind::create);
  if (request.method == "PUT" && offers(Interaction::create, path.type))  // conditional
    return write_one(request, path, who, AskedWrite::Kind::update);
  if (request.method == "DELETE" && offers(Interaction::remove, path.type))
    return write_one(request, path, who, AskedWrite::Kind::remove);
  return not_offered(request, path);
}

Response Api::on_instance(const Request& request, const Path& path,
                          const security::Principal& who) {
  if (path.last == "_history") {
    if (!is_reading(request.method)) return not_offered("GET, HEAD", "history can only be read");
    if (!path.version.empty()) return read(request, path, who);
    return has_history(path.type) ? history(request, path, who) : refused(unknown_operation());
  }
  if (path.type == "Subscription" &&
      (path.last == "$status" || path.last == "$events" || path.last == "$stream"))
    return on_subscription(request, path, who);
  if (path.type == "Group" && path.last == "$export") return begin_export(request, path, who);
  if (path.type == "Patient" && path.last == "$cycle-timeline") return timeline(request, path, who);
  if (path.type == "Patient" && path.last == "$everything") return everything(request, path, who);
  if (path.last == "$explain") return explain(request, path, who);
  if (path.last == "$meta") return meta(request, path, who);
  if (!path.last.empty()) return refused(unknown_operation());
  if (is_reading(request.method)) return read(request, path, who);
  if ((request.method == "PUT" && offers(Interaction::update, path.type)) ||
      (request.method == "PATCH" && offers_patch(path.type)))
    return write_one(request, path, who, AskedWrite::Kind::update);
  if (request.method == "DELETE" && offers(Interaction::remove, path.type))
    return write_one(request, path, who, AskedWrite::Kind::remove);
  return not_offered(request, path);
}

}  // namespace gateway::http::rest
