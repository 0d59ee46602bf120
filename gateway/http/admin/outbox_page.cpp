#include "gateway/http/admin/outbox_page.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "gateway/fhir/json.hpp"
#include "gateway/fhir/search/encoding.hpp"
#include "gateway/fhir/writer.hpp"

namespace gateway::http::admin {
namespace {

using fhir::Json;
using fhir::JsonWriter;

constexpr std::string_view root = "/admin/outbox";
constexpr std::size_t most_listed = 1'000;
constexpr std::size_t longest_body = 64 * 1024;
constexpr std::array<std::string_view, 5> people = {"operator", "analyst", "reviewer", "auditor",
                                                    "administrator"};
constexpr std::array<std::string_view, 7> states = {"queued", "sending",    "waiting",  "delivered",
                                                    "dead",   "superseded", "discarded"};

Response json(int status, std::string body) {
  return {status,
          "application/json",
          {{"Cache-Control", "no-store"}, {"X-Content-Type-Options", "nosniff"}},
          std::move(body),
          "admin/outbox"};
}

Response refused(int status, std::string_view what, std::string_view remedy) {
  JsonWriter out;
  out.begin_object().key("error").begin_object().member("what", what).member("remedy", remedy);
  return json(status, out.end_object().end_object().take());
}

Response refused(const base::Error& error) {
  using Kind = base::ErrorKind;
  const int status = error.kind == Kind::not_found                                    ? 404
                     : error.kind == Kind::forbidden                                  ? 403
                     : error.kind == Kind::unavailable || error.kind == Kind::unknown ? 503
                                                                                      : 400;
  return refused(status, error.what, error.remedy);
}

std::optional<std::int64_t> number(std::string_view text) {
  std::int64_t value = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  if (read.ec != std::errc() || read.ptr != text.data() + text.size()) return std::nullopt;
  return value;
}

/// A parameter of the query, decoded; "" if it is not given.
std::string parameter(std::string_view query, std::string_view name) {
  while (!query.empty()) {
    auto one = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), one.size() + 1));
    if (!one.starts_with(name) || one.size() <= name.size() || one[name.size()] != '=') continue;
    return fhir::search::form_decoded(one.substr(name.size() + 1)).value_or("");
  }
  return "";
}

/// False: it is no time.
bool take_since(const std::string& text, std::optional<base::Instant>& since) {
  if (text.empty()) return true;
  const auto time = base::parse_fhir_time(text);
  if (time) since = base::Instant{time->instant_begin()};
  return time.has_value();
}

Response no_time() {
  return refused(400, "since is no time", "write it as 2026-11-30T08:00:00Z");
}

void write_letter(JsonWriter& out, const store::Letter& letter) {
  out.begin_object().key("delivery").integer(letter.sequence).member("target", letter.target);
  out.key("arrival").integer(letter.arrival.value).member("sender", letter.sender);
  out.member_if("message_type", letter.message_type);
  out.member("received", base::to_text(letter.received));
  out.member("state", states.at(static_cast<std::size_t>(letter.state)));
  out.key("attempts").integer(letter.attempts).member("answer", letter.answer).end_object();
}

Response decided(const base::Result<outbox::Desk::Decided>& decided) {
  if (!decided) return refused(decided.error());
  JsonWriter out;
  out.begin_object().key("deliveries").integer(decided->letters);
  out.member_if("awaits", decided->awaits);
  return json(decided->awaits.empty() ? 200 : 202, out.end_object().take());
}

/// The body of a decision, which is JSON and says so (a form of another site's cannot).
base::Result<Json> body_of(const Request& request) {
  if (!request.header("content-type").starts_with("application/json"))
    return base::Error{base::ErrorKind::unsupported, "a decision is application/json", "", ""};
  if (request.body.size() > longest_body)
    return base::Error{base::ErrorKind::too_large, "this is too long for a decision", "", ""};
  return fhir::parse_json(request.body);
}

}  // namespace

bool OutboxPage::serves(std::string_view path) {
  return path == root || path.starts_with(std::string(root) + "/");
}

std::optional<Response> OutboxPage::admit(const security::Principal& who) {
  if (!who.authenticated)
    return refused(401, "who asks is not known here", "show a certificate of access.certificates");
  if (std::find(people.begin(), people.end(), who.role) == people.end())
    return refused(403, "this is for people with a role",
                   "have a role named in access.certificates");
  return std::nullopt;
}

Response OutboxPage::answer(const Request& request, const security::Principal& who,
                            std::string_view door) {
  if (auto refusal = admit(who)) return *std::move(refusal);
  const std::string_view rest = std::string_view(request.path).substr(root.size());
  if (rest.empty())
    return request.method == "GET" ? list(request) : refused(405, "this is only read", "GET it");
  if (request.method != "POST") return refused(405, "a decision is posted", "POST it");
  if (who.role != "operator")
    return refused(403, "only an operator decides about dead letters", "ask an operator");
  if (rest == "/retry") return decide(request, who, door, store::LetterDecision::retry);
  if (rest == "/discard") return decide(request, who, door, store::LetterDecision::discard);
  if (rest == "/agree") return agree(request, who);
  return refused(404, "there is no such decision", "retry, discard or agree");
}

Response OutboxPage::list(const Request& request) {
  store::LettersAsked asked;
  asked.target = parameter(request.query, "target");
  asked.dead = parameter(request.query, "pending") != "true";
  if (!take_since(parameter(request.query, "since"), asked.since)) return no_time();
  asked.after = number(parameter(request.query, "after")).value_or(0);
  const auto count = number(parameter(request.query, "count")).value_or(100);
  asked.most = static_cast<std::size_t>(std::clamp<std::int64_t>(count, 1, most_listed)) + 1;
  auto letters = desk_.list(asked);
  if (!letters) return refused(letters.error());
  const bool more = letters->size() == asked.most;
  if (more) letters->pop_back();
  JsonWriter out;
  out.begin_object().key("deliveries").begin_array();
  for (const auto& letter : *letters) write_letter(out, letter);
  out.end_array();
  if (more) out.key("after").integer(letters->back().sequence);
  return json(200, out.end_object().take());
}

Response OutboxPage::decide(const Request& request, const security::Principal& who,
                            std::string_view door, store::LetterDecision what) {
  const auto body = body_of(request);
  if (!body) return refused(body.error());
  store::LettersAsked which;
  which.target = (*body)["target"].text();
  if (!take_since((*body)["since"].text(), which.since)) return no_time();
  outbox::DeskDecision decision{what, who.name, "", (*body)["reason"].text(), std::string(door),
                                {}};
  for (const Json& one : (*body)["deliveries"].items()) {
    const auto sequence = number(one.text());
    if (!sequence) return refused(400, "deliveries are numbers", "as the list shows them");
    decision.sequences.push_back(*sequence);
  }
  std::sort(decision.sequences.begin(), decision.sequences.end());
  return decided(desk_.decide(std::move(decision), std::move(which)));
}

Response OutboxPage::agree(const Request& request, const security::Principal& who) {
  const auto body = body_of(request);
  if (!body) return refused(body.error());
  return decided(desk_.agree((*body)["word"].text(), who.name));
}

}  // namespace gateway::http::admin
