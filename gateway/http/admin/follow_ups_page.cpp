#include "gateway/http/admin/follow_ups_page.hpp"

#include <set>

#include "gateway/access/people/account.hpp"
#include "gateway/fhir/bundle.hpp"
#include "gateway/fhir/canonical.hpp"
#include "gateway/fhir/search/encoding.hpp"
#include "gateway/fhir/writer.hpp"
#include "gateway/http/admin/answers.hpp"

namespace gateway::http::admin {
namespace {

using fhir::Json;
using fhir::JsonWriter;

constexpr std::size_t longest_note = 1'000;

/// What the console acts by; who may was decided by the role.
security::Principal acting_as(const Caller& who) {
  security::Principal out;
  out.name = who.name;
  out.role = "reviewer";
  out.authenticated = true;
  out.scopes = *security::parse_scopes("system/Task.rus");
  return out;
}

std::string asked(std::string_view states, std::size_t count) {
  const auto code = fhir::canonical::code_system("review-kind") + "|site-follow-up";
  return "code=" + fhir::search::form_encoded(code) + "&status=" + std::string(states) +
         "&_sort=-_lastUpdated&_count=" + std::to_string(count);
}

/// "" of another state than these.
std::string_view states_of(const std::string& word) {
  if (word.empty() || word == "open") return "requested,received,accepted,in-progress,on-hold";
  return word == "ended" ? "completed,rejected,failed,cancelled" : "";
}

std::string patient_of(const Json& task) {
  const auto& reference = task["for"]["reference"].text();
  return reference.starts_with("Patient/") ? reference.substr(8) : "";
}

void write_entry(JsonWriter& out, const fhir::Version& version, const Json& task) {
  out.begin_object().member("task", version.key.id);
  out.member("version", std::to_string(version.version));
  out.member("status", task["status"].text()).member("description", task["description"].text());
  out.member_if("rule", task["groupIdentifier"]["value"].text());
  out.member_if("site", task["requester"]["display"].text());
  out.member_if("patient", patient_of(task)).member_if("result", task["focus"]["reference"].text());
  out.member_if("authored", task["authoredOn"].text());
  out.member_if("due", task["restriction"]["period"]["end"].text());
  out.member_if("owner", task["owner"]["display"].text());
  out.member_if("why", task["statusReason"]["text"].text());
  out.member_if("mark", task["businessStatus"]["text"].text());
  out.key("notes").begin_array();
  for (const Json& note : task["note"].items()) {
    out.begin_object().member_if("author", note["authorString"].text());
    out.member("text", note["text"].text()).end_object();
  }
  out.end_array().end_object();
}

/// JSON Patch (RFC 6902): status and owner, and what the person says to it.
std::string patch_of(const Caller& who, const std::string& status, const std::string& note) {
  const auto& name = who.session && !who.session->shown.empty() ? who.session->shown : who.name;
  JsonWriter out;
  const auto set = [&](std::string_view op, std::string_view path) -> JsonWriter& {
    return out.begin_object().member("op", op).member("path", path).key("value");
  };
  out.begin_array();
  set("replace", "/status").string(status).end_object();
  set("add", "/owner").begin_object().member("display", name).end_object().end_object();
  if (!note.empty())
    set("add", "/note/-")
        .begin_object()
        .member("authorString", name)
        .member("text", note)
        .end_object()
        .end_object();
  return out.end_array().take();
}

/// An OperationOutcome in the words of this API.
Response refused_as(const Response& answer) {
  const auto body = fhir::parse_json(answer.body);
  const Json none;
  const Json& issues = body ? (*body)["issue"] : none;
  const Json& issue = issues.items().empty() ? none : issues.items().front();
  const auto& text = issue["details"]["text"].text();
  return refused(answer.status,
                 issue["details"]["coding"].items().empty()
                     ? ""
                     : issue["details"]["coding"].items().front()["code"].text(),
                 text.empty() ? "this could not be changed" : text, issue["diagnostics"].text());
}

}  // namespace

Response FollowUpsPage::list(const Caller& who, std::string_view query) {
  const auto states = states_of(parameter(query, "state"));
  if (states.empty()) return refused(400, "", "there is no such state", "state is open or ended");
  const auto page = page_of(parameter(query, "count").empty() ? "" : query, 0);
  auto search = fhir::search::parse("Task", asked(states, page ? page->count : 50));
  if (!search) return refused(search.error());
  search->cursor = parameter(query, "after");
  const auto found = reader_.search(acting_as(who), *search);
  if (!found) return refused(found.error());
  auto row = access::people::row_of("follow-ups-read", who.actor(), clock_.now(), "200", "");
  JsonWriter out;
  out.begin_object().key("items").begin_array();
  std::set<std::string> patients;
  for (const auto& version : found->rows) {
    const auto task = fhir::parse_json(version.body);
    if (!task) continue;
    if (const auto patient = patient_of(*task); !patient.empty()) patients.insert(patient);
    write_entry(out, version, *task);
  }
  for (const auto& patient : patients) row.entities.push_back("Patient/" + patient);
  row.count = static_cast<std::int64_t>(found->rows.size());
  if (auto noted = note_(std::move(row)); !noted) return refused(noted.error());
  out.end_array().member_if("next", found->next);
  return json(200, out.end_object().take());
}

Response FollowUpsPage::decide(const Caller& who, const std::string& task, const Json& body) {
  const auto &status = body["status"].text(), &version = body["version"].text();
  const auto& note = body["note"].text();
  if (!fhir::is_id(task)) return refused(404, "", "there is no such entry", "the list shows them");
  if (status.empty() || version.empty())
    return refused(400, "", "which way, and of which version?", "send status and version");
  if (note.size() > longest_note)
    return refused(400, "note", "the note is too long", "at most 1,000 bytes");
  Request asked;
  asked.method = "PATCH";
  asked.path = "/fhir/Task/" + task;
  asked.headers = {{"content-type", "application/json-patch+json"},
                   {"if-match", "W/\"" + version + "\""}};
  asked.body = patch_of(who, status, note);
  asked.peer.address = who.address + ":0";
  asked.received = clock_.now();
  const auto answer = change_(asked, acting_as(who));
  if (answer.status != 200) return refused_as(answer);
  JsonWriter out;
  return json(200, out.begin_object().member("status", status).end_object().take());
}

}  // namespace gateway::http::admin
