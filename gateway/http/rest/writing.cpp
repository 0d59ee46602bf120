#include "gateway/http/rest/writing.hpp"

#include <algorithm>
#include <future>
#include <memory>

#include "gateway/fhir/bundle.hpp"
#include "gateway/fhir/canonical.hpp"
#include "gateway/fhir/outcome.hpp"
#include "gateway/fhir/search/parameters.hpp"
#include "gateway/http/rest/api.hpp"
#include "gateway/http/rest/dates.hpp"
#include "gateway/http/rest/errors.hpp"

namespace gateway::http::rest {
namespace {

using security::Interaction;

/// The sender that minted a resource from HL7v2: the end of its `meta.source`.
std::string minted_by(const fhir::Version& version) {
  const auto json = fhir::parse_json(version.body);
  const std::string prefix = fhir::canonical::sender("");
  if (!json) return "";
  const std::string& source = (*json)["meta"]["source"].text();
  return source.rfind(prefix, 0) == 0 ? source.substr(prefix.size()) : "";
}

base::Error not_written(const std::string& type, const std::string& where) {
  return {base::ErrorKind::unsupported,
          "method-not-offered " + type + " entries are written by the gateway alone", where,
          "leave the entry out: they never travel"};
}

}  // namespace

bool may_write(const security::Principal& who, const std::string& type) {
  return security::allowed(who, Interaction::create, type).has_value() &&
         security::allowed(who, Interaction::update, type).has_value();
}

bool may_write_something(const security::Principal& who) {
  const auto writes = [](const security::Scope& scope) { return scope.create || scope.update; };
  return std::any_of(who.scopes.begin(), who.scopes.end(), writes);
}

base::Error no_scope(const std::string& type) {
  return {base::ErrorKind::forbidden,
          "scope-missing no scope of this client allows writing " + type, "",
          "ask the operator of this gateway for the scope"};
}

base::Result<intake::BundleOutcome> Api::commit(const Request& request,
                                                const security::Principal& who,
                                                std::vector<fhir::RequestedWrite> writes,
                                                std::string bytes) {
  // The handler thread waits here: a FHIR writer is answered after the commit, like a laboratory.
  // Shared: the thread that answers may still be leaving set_value when this one goes on.
  const auto promise = std::make_shared<std::promise<base::Result<intake::BundleOutcome>>>();
  auto answer = promise->get_future();
  intake_.receive(
      intake::ReceivedBundle{std::move(writes), std::move(bytes), who, "https", request.received,
                             std::string(request.header("x-immunogate-path"))},
      [promise](base::Result<intake::BundleOutcome> outcome) {
        promise->set_value(std::move(outcome));
      });
  return answer.get();
}

Response Api::transaction(const Request& request, const security::Principal& who) {
  const auto json = fhir::parse_json(request.body);
  if (!json) return refused(json.error());
  auto writes = fhir::read_transaction(*json);
  if (!writes) return refused(writes.error());
  for (std::size_t i = 0; i < writes->size(); ++i) {
    const std::string& type = (*writes)[i].key.type;
    if (!may_write(who, type)) return refused(no_scope(type));
    if (fhir::search::is_writable(type)) continue;
    const std::string where = "Bundle.entry[" + std::to_string(i) + "].request.url";
    Response refusal = refused(fhir::search::is_served(type) ? not_written(type, where)
                                                             : unknown_type(type, where));
    refusal.status = 422;  // a 404 or 405 would say that /fhir itself is not here
    return refusal;
  }
  if (!who.is_source())
    return refused({base::ErrorKind::forbidden, "scope-missing role source needed", "",
                    "new data enters by HL7v2, or from a client that has the role `source`"});
  if ((*json)["type"].text() == "batch") return batch(request, who, std::move(*writes));
  auto outcome = commit(request, who, std::move(*writes), request.body);
  if (!outcome) return refused(outcome.error());
  return {200,
          "application/fhir+json",
          {{"Cache-Control", "no-store"}},
          fhir::transaction_response(outcome->results, settings_.base_url),
          "fhir/transaction"};
}

/// Each entry is an arrival of its own: one that is refused takes none of the others with it. (What
/// is no batch of PUTs at all was refused before.)
Response Api::batch(const Request& request, const security::Principal& who,
                    std::vector<fhir::RequestedWrite> writes) {
  std::vector<fhir::BatchResult> results;
  for (auto& write : writes) {
    std::string bytes = write.body;
    auto outcome = commit(request, who, {std::move(write)}, std::move(bytes));
    if (outcome)
      results.push_back({std::move(outcome->results.front()), 0, ""});
    else
      results.push_back(
          {std::nullopt, status_of(outcome.error()), fhir::operation_outcome(outcome.error())});
  }
  return {200,
          "application/fhir+json",
          {{"Cache-Control", "no-store"}},
          fhir::batch_response(results, settings_.base_url),
          "fhir/batch"};
}

Response Api::put(const Request& request, const Path& path, const security::Principal& who) {
  if (!may_write(who, path.type)) return refused(no_scope(path.type));
  const fhir::ResourceKey key{path.type, path.id};
  if (!who.is_source()) {
    const auto standing = reader_.read(who, key);
    const std::string owner = standing ? minted_by(*standing) : "";
    if (!owner.empty())
      return refused({base::ErrorKind::conflict, "owned-by-sender owned by sender " + owner, "",
                      "correct it by an ORU or by remap"});
    return refused({base::ErrorKind::forbidden, "scope-missing role source needed", "",
                    "new data enters by HL7v2, or from a client that has the role `source`"});
  }
  const auto json = fhir::parse_json(request.body);
  if (!json) return refused(json.error());
  auto body = fhir::normalised(*json, key, path.type);
  if (!body) return refused(body.error());
  // `If-None-Match: *` creates only: it asks for version 0, that nothing stands.
  const bool create_only = request.header("if-none-match") == "*";
  const std::string if_match = create_only ? "W/\"0\"" : std::string(request.header("if-match"));
  fhir::RequestedWrite write{key, std::move(*body), if_match, 0};
  // If-Match is the better of the two where both are said (RFC 9110 §13.2.2).
  if (if_match.empty())
    write.unmodified_since_seconds = read_http_date(request.header("if-unmodified-since"));
  auto outcome = commit(request, who, {std::move(write)}, request.body);
  if (!outcome) return refused(outcome.error());
  const fhir::WriteResult& result = outcome->results.front();
  const std::string url = settings_.base_url + "/" + key.reference();
  const auto version = std::to_string(result.version);
  Response response{result.created ? 201 : 200, "application/fhir+json", {}, "", "fhir/update"};
  response.headers = {{"ETag", "W/\"" + version + "\""},
                      {"Location", url + "/_history/" + version},
                      {"Cache-Control", "no-store"}};
  if (request.header("prefer").find("return=minimal") == std::string_view::npos) {
    fhir::Version written{key, result.version, result.last_updated, false,
                          *fhir::normalised(*json, key, path.type)};
    response.body = fhir::served(written);
  }
  return response;
}

}  // namespace gateway::http::rest
