#include <future>
#include <memory>

#include "gateway/fhir/entry_references.hpp"
#include "gateway/fhir/json_patch.hpp"
#include "gateway/fhir/outcome.hpp"
#include "gateway/fhir/owned.hpp"
#include "gateway/fhir/places.hpp"
#include "gateway/http/rest/api.hpp"
#include "gateway/http/rest/binary.hpp"
#include "gateway/http/rest/dates.hpp"
#include "gateway/http/rest/errors.hpp"
#include "gateway/http/rest/media.hpp"
#include "gateway/http/rest/offered.hpp"
#include "gateway/query/visible.hpp"

namespace gateway::http::rest {
namespace {

using Kind = AskedWrite::Kind;

std::string_view route_of(Kind kind) {
  switch (kind) {
    case Kind::create:
      return "fhir/create";
    case Kind::update:
      return "fhir/update";
    case Kind::remove:
      break;
  }
  return "fhir/delete";
}

base::Result<AskedWrite> asked_by(const Request& request, const Path& path, Kind kind) {
  AskedWrite asked;
  asked.kind = kind;
  asked.type = path.type;
  asked.id = path.id;
  if (kind != Kind::create && path.id.empty()) asked.condition = request.query;
  // If-Modified-Since is of GET and HEAD alone, and ignored elsewhere (RFC 9110 §13.1.3).
  const auto taken =
      take_conditions(asked, {{request.header("if-match"), "http.If-Match"},
                              {request.header("if-none-match"), "http.If-None-Match"},
                              {request.header("if-none-exist"), "http.If-None-Exist"},
                              {}});
  if (!taken) return taken.error();
  // If-Match is the better of the two where both are said (RFC 9110 §13.2.2).
  if (kind != Kind::create && asked.if_match.empty())
    asked.unmodified_since_seconds = read_http_date(request.header("if-unmodified-since"));
  return asked;
}

/// What a written Subscription wants to be told of from then on; of other types nothing changes.
std::vector<topics::InterestChange> interests_of(const AskedWrite& asked,
                                                 const fhir::ResourceKey& key) {
  if (key.type != "Subscription") return {};
  if (!asked.interest) return {{key.id, nullptr}};  // deleted, or off
  auto interest = *asked.interest;
  interest.subscription = key.id;  // which a create has only now
  return {{key.id, std::make_shared<const topics::Interest>(std::move(interest))}};
}

/// A patch of a client's own subscription is an update to what it makes of the version that stands,
/// and of no other one.
base::Result<fhir::Json> patched_own(query::Reader& reader, const security::Principal& who,
                                     const fhir::Json& patch, AskedWrite& asked) {
  const fhir::ResourceKey key{asked.type, asked.id};
  const auto standing = reader.standing(who, asked.interaction(), key);
  if (!standing) return standing.error();
  if (!*standing || (*standing)->deleted) return query::unknown(key);
  auto body = fhir::parse_json((*standing)->body);
  if (!body) return body.error();
  if (asked.if_match.empty()) asked.if_match = fhir::etag((*standing)->version);
  return fhir::patched(*std::move(body), patch);
}

/// Of a write that is no entry of a Bundle.
base::Error without_entry(base::Error error) {
  if (error.where.starts_with("Bundle.entry[")) error.where.clear();
  return error;
}

}  // namespace

base::Result<intake::BundleOutcome> Api::commit(const Request& request,
                                                const security::Principal& who,
                                                std::vector<fhir::RequestedWrite> writes,
                                                std::string bytes,
                                                std::vector<topics::InterestChange> interests) {
  // The handler thread waits here: a FHIR writer is answered after the commit, like a laboratory.
  // Shared: the thread that answers may still be leaving set_value when this one goes on.
  const auto promise = std::make_shared<std::promise<base::Result<intake::BundleOutcome>>>();
  auto answer = promise->get_future();
  intake_.receive(
      intake::ReceivedBundle{std::move(writes), std::move(bytes), who, "https", request.received,
                             std::string(request.header("x-immunogate-path")),
                             std::move(interests)},
      [promise](base::Result<intake::BundleOutcome> outcome) {
        promise->set_value(std::move(outcome));
      });
  return answer.get();
}

base::Result<Written> Api::write(const Request& request, const security::Principal& who,
                                 const AskedWrite& asked, const std::string& bytes) {
  for (int attempt = 0;; ++attempt) {
    const Decider decider(reader_, who, settings_.base_url, attempt);
    const auto aim = decider.aim(asked);
    if (!aim) return aim.error();
    if (!aim->writes) return nothing_to_write(asked, *aim, reader_, who);
    if (attempt == 0 && asked.resource != nullptr) {
      const fhir::FindReferred find = [&](std::string_view text) { return decider.referred(text); };
      auto done = fhir::resolve_references(*asked.resource, {}, "", find, root_of(asked));
      if (!done) return done.error();
    }
    auto write = decider.write_of(asked, *aim);
    if (!write) return write.error();
    Written written;
    written.body = write->body;
    auto outcome = commit(request, who, {*std::move(write)}, bytes, interests_of(asked, aim->key));
    if (outcome) {
      written.result = std::move(outcome->results.front());
      return written;
    }
    if (!is_taken_over(outcome.error(), attempt)) return without_entry(outcome.error());
  }
}

bool Api::is_taken_over(const base::Error& error, int attempt) {
  constexpr int most_attempts = 8;  // each means that somebody else got on
  return fhir::error_code(error) == "concurrent-update" && attempt + 1 < most_attempts;
}

Response Api::write_one(const Request& request, const Path& path, const security::Principal& who,
                        AskedWrite::Kind kind) {
  auto said = asked_by(request, path, kind);
  if (!said) return refused(said.error());
  AskedWrite& asked = *said;
  if (!may(who, asked.interaction(), path.type)) return refused(no_scope(path.type));
  fhir::Json resource;
  if (path.type == "Binary" && !is_fhir_json(media_type(request.header("content-type")))) {
    resource = binary_of(request, path.id);
    asked.resource = &resource;
  } else if (request.method == "PATCH" && path.type != "Subscription") {
    auto json = fhir::parse_json(request.body);
    if (!json) return refused(json.error());
    resource = *std::move(json);
    asked.patch = &resource;
  } else if (kind != Kind::remove) {
    auto json = fhir::parse_json(request.body);
    const bool is_own = fhir::is_owned(path.type);
    if (json && request.method == "PATCH") json = patched_own(reader_, who, *json, asked);
    if (!json && (who.is_source() || is_own)) return refused(json.error());
    if (json) resource = *std::move(json);
    asked.resource = &resource;
    if (path.type == "Group") {
      if (auto fine = sign_group(who, resource); !fine) return refused(fine.error());
    } else if (is_own) {
      auto interest = subscribed(request, who, resource);
      if (!interest) return refused(interest.error());
      asked.interest = *std::move(interest);
      if (auto room = has_room(who, asked); !room) return refused(room.error());
    }
  }
  const std::string bytes = kind == Kind::remove ? "DELETE " + request.path : request.body;
  const auto written = write(request, who, asked, bytes);
  if (!written) return refused(written.error());
  return answer_of(*written, request, settings_.base_url, route_of(kind));
}

}  // namespace gateway::http::rest
