#include "gateway/http/admin/patients_page.hpp"

#include <algorithm>

#include "gateway/access/people/account.hpp"
#include "gateway/fhir/bundle.hpp"
#include "gateway/fhir/timeline.hpp"
#include "gateway/fhir/writer.hpp"
#include "gateway/http/admin/answers.hpp"
#include "gateway/http/admin/arrival_text.hpp"

namespace gateway::http::admin {
namespace {

using fhir::JsonWriter;

/// Of how many results the versions before are read, and how many messages are named: a chart is
/// for eyes.
constexpr std::size_t most_corrected = 200, most_messages = 100;

/// What the console reads by: who may was decided by the role.
security::Principal reading_as(const Caller& who) {
  security::Principal out;
  out.name = who.name;
  out.authenticated = true;
  out.scopes = *security::parse_scopes("system/Patient.rs system/Observation.rs");
  return out;
}

Response no_such_patient() {
  return refused(404, "", "there is no such patient", "find them by an identifier first");
}

}  // namespace

Response PatientsPage::find(const Caller& who, std::string_view query) {
  const auto identifier = parameter(query, "identifier");
  if (identifier.empty())
    return refused(400, "", "which patient?", "give identifier, as it stands on paper");
  const auto found = journal_.patients_with(identifier);
  if (!found) return refused(found.error());
  auto row = access::people::row_of("patients-searched", who.actor(), clock_.now(), "200",
                                    std::string(query));
  for (const auto& id : *found) row.entities.push_back("Patient/" + id);
  row.count = static_cast<std::int64_t>(found->size());
  if (auto noted = note_(std::move(row)); !noted) return refused(noted.error());
  JsonWriter out;
  out.begin_object().key("items").begin_array();
  for (const auto& id : *found) out.begin_object().member("patient", id).end_object();
  return json(200, out.end_array().end_object().take());
}

base::Result<bool> PatientsPage::is_on_worklist(const std::string& patient) {
  store::ArrivalsAsked asked;
  asked.patients = {patient};
  asked.most = most_messages;
  const auto page = store_.arrivals(asked);
  if (!page) return page.error();
  return std::ranges::any_of(page->lines, [](const auto& line) { return line.reviews > 0; });
}

Response PatientsPage::open(const Caller& who, const std::string& patient, std::string_view query) {
  if (!fhir::is_id(patient)) return no_such_patient();
  auto reason = reason_asked(query);
  if (!reason) return refused(reason.error());
  if (who.role == reviewer) {
    const auto waits = is_on_worklist(patient);
    if (!waits) return refused(waits.error());
    if (!*waits)
      return refused(403, "not-on-worklist", "a reviewer opens what is on the review list",
                     "ask an operator or analyst");
    if (!*reason) *reason = worklist;
  }
  if (const auto opening = openings_.of(who, "Patient/" + patient, *reason))
    return whole(who, patient, *opening);
  JsonWriter out;
  out.begin_object().member("patient", patient).key("masked").boolean(true);
  out.member("remedy", "say why you open it: ?reason=" + std::string(opening_reasons));
  return json(200, out.end_object().take());
}

Response PatientsPage::whole(const Caller& who, const std::string& patient,
                             const Opening& opening) {
  const auto reader = reading_as(who);
  const auto all = fhir::search::parse("Observation", "");
  if (!all) return refused(all.error());
  const auto timeline = reader_.timeline(reader, patient, *all);
  if (!timeline)
    return timeline.error().kind == base::ErrorKind::not_found ? no_such_patient()
                                                               : refused(timeline.error());
  const auto before = earlier(reader, timeline->results);
  if (!before) return refused(before.error());
  const auto sent = messages(patient);
  if (!sent) return refused(sent.error());
  if (auto noted = openings_.note(who, "chart", opening, patient, timeline->results.size()); !noted)
    return refused(noted.error());
  JsonWriter out;
  out.begin_object().member("patient", patient).member("reason", opening.reason.word);
  out.member("visible_until", base::to_text(opening.until)).key("timeline");
  out.raw(fhir::cycle_timeline(timeline->patient.key, timeline->as_of, timeline->results));
  out.key("earlier").raw(*before).key("messages").raw(*sent);
  return json(200, out.end_object().take());
}

/// What a corrected result said before stays visible, struck out.
base::Result<std::string> PatientsPage::earlier(const security::Principal& reader,
                                                const std::vector<fhir::Version>& results) {
  JsonWriter out;
  out.begin_array();
  std::size_t read = 0;
  for (const auto& result : results) {
    if (result.version < 2 || read == most_corrected) continue;
    ++read;
    const auto page = reader_.history(reader, result.key, {});
    if (!page) return page.error();
    for (const auto& version : page->rows) {
      if (version.deleted || version.version == result.version) continue;
      out.begin_object().member("observation", version.key.reference());
      out.member("version", std::to_string(version.version)).key("body").raw(version.body);
      out.end_object();
    }
  }
  return out.end_array().take();
}

base::Result<std::string> PatientsPage::messages(const std::string& patient) {
  store::ArrivalsAsked asked;
  asked.patients = {patient};
  asked.most = most_messages;
  const auto page = store_.arrivals(asked);
  if (!page) return page.error();
  JsonWriter out;
  out.begin_array();
  for (const auto& line : page->lines) {
    out.begin_object();
    write_line(out, line);
    out.end_object();
  }
  return out.end_array().take();
}

}  // namespace gateway::http::admin
