#include "gateway/http/rest/api.hpp"

#include "gateway/fhir/search/parameters.hpp"
#include "gateway/http/rest/capability.hpp"
#include "gateway/http/rest/errors.hpp"
#include "gateway/http/rest/negotiation.hpp"
#include "gateway/http/rest/writing.hpp"

namespace gateway::http::rest {
namespace {

base::Error unknown_operation() {
  return {base::ErrorKind::not_found, "unknown-operation there is no such operation", "",
          "GET /fhir/metadata lists what there is"};
}

base::Error not_known(const Request& request) {
  return {base::ErrorKind::forbidden,
          request.peer.present() ? "certificate-unknown this certificate has no access here"
                                 : "token-missing a client certificate or a token is needed",
          "", "ask the operator of this gateway for access"};
}

bool is_metadata(const Path& path) {
  return path.last == "metadata" && path.type.empty();
}

bool is_reading(const std::string& method) {
  return method == "GET" || method == "HEAD";
}

}  // namespace

Api::Api(ApiSettings settings, const access::Access& access, query::Reader& reader,
         intake::Intake& intake, const base::Clock& clock)
    : settings_(std::move(settings)),
      access_(access),
      reader_(reader),
      intake_(intake),
      clock_(clock) {}

Response Api::answer(const Request& request) {
  const Path path = parse_path(request.path);
  if (auto unacceptable = not_acceptable(request)) return finished(request, *unacceptable);
  if (!request.body.empty())
    if (auto unreadable = not_readable(request)) return finished(request, *unreadable);
  return finished(request, dispatch(request, path));
}

std::optional<Response> Api::admit(const Request& request) const {
  if (auto unacceptable = not_acceptable(request)) return finished(request, *unacceptable);
  if (auto refusal = not_admitted(request, parse_path(request.path)))
    return finished(request, *refusal);
  if (auto unreadable = not_readable(request)) return finished(request, *unreadable);
  return std::nullopt;
}

std::optional<Response> Api::not_admitted(const Request& request, const Path& path) const {
  if (is_metadata(path)) return std::nullopt;  // which no body changes
  const auto who = access_.principal_of(request.peer);
  if (!who.authenticated) return refused(not_known(request));
  const bool is_transaction = request.method == "POST" && path.type.empty() && path.last.empty();
  if (is_transaction && !may_write_something(who)) return refused(no_scope("anything"));
  if (request.method == "PUT" && !path.id.empty() && fhir::search::is_served(path.type) &&
      !may_write(who, path.type))
    return refused(no_scope(path.type));
  return std::nullopt;
}

Response Api::dispatch(const Request& request, const Path& path) {
  if (is_metadata(path)) {
    if (!is_reading(request.method)) return not_offered("GET, HEAD", "metadata can only be read");
    return {200,
            "application/fhir+json",
            {},
            capability_statement(settings_.base_url, settings_.version),
            "fhir/metadata"};
  }
  if (path.type == ".well-known")  // open
    return refused({base::ErrorKind::not_found,
                    "unknown-operation this gateway issues no SMART tokens yet", "",
                    "use a TLS client certificate: GET /fhir/metadata, rest.security"});
  const auto who = access_.principal_of(request.peer);
  if (!who.authenticated) return refused(not_known(request));
  if (path.malformed) return refused(unknown_operation());
  if (path.type.empty()) {
    if (path.last == "_history") return whole_history(request, path, who);
    if (!path.last.empty()) return refused(unknown_operation());
    if (request.method == "POST") return transaction(request, who);
    return not_offered("POST", "searching all types at once is not offered");
  }
  if (!fhir::search::is_served(path.type)) return refused(unknown_type(path.type, ""));
  return path.id.empty() ? on_type(request, path, who) : on_instance(request, path, who);
}

/// Of a type or of all.
Response Api::whole_history(const Request& request, const Path& path,
                            const security::Principal& who) {
  if (!is_reading(request.method)) return not_offered("GET, HEAD", "history can only be read");
  return path.version.empty() ? history(request, path, who) : refused(unknown_operation());
}

Response Api::on_type(const Request& request, const Path& path, const security::Principal& who) {
  if (!fhir::search::is_searchable(path.type))
    return not_offered("", path.type + " is read by its id, not searched");
  if (path.last == "_search")
    return request.method == "POST" ? search(request, path, who)
                                    : not_offered("POST", "_search is posted");
  if (path.last == "_history") return whole_history(request, path, who);
  if (path.type == "Observation" && path.last == "$lastn") return last(request, who);
  if (!path.last.empty()) return refused(unknown_operation());
  if (is_reading(request.method)) return search(request, path, who);
  if (!fhir::search::is_writable(path.type))
    return not_offered("GET, HEAD", path.type + " entries are written by this gateway itself");
  return not_offered("GET, HEAD", "new " + path.type +
                                      " resources come in by PUT with an id or in a transaction, "
                                      "from a source client");
}

Response Api::on_instance(const Request& request, const Path& path,
                          const security::Principal& who) {
  if (path.last == "_history") {
    if (!is_reading(request.method)) return not_offered("GET, HEAD", "history can only be read");
    return path.version.empty() ? history(request, path, who) : read(request, path, who);
  }
  if (path.type == "Patient" && path.last == "$cycle-timeline") return timeline(request, path, who);
  if (path.type == "Patient" && path.last == "$everything") return everything(request, path, who);
  if (!path.last.empty()) return refused(unknown_operation());
  if (is_reading(request.method)) return read(request, path, who);
  if (!fhir::search::is_writable(path.type))
    return not_offered("GET, HEAD", path.type + " entries are written by this gateway itself");
  if (request.method == "PUT") return put(request, path, who);
  return not_offered("GET, HEAD, PUT",
                     "resources minted from HL7v2 belong to their sender; corrections come as ORU");
}

}  // namespace gateway::http::rest
