#include "gateway/http/admin/messages_page.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "gateway/access/people/account.hpp"
#include "gateway/access/people/roles.hpp"
#include "gateway/fhir/writer.hpp"
#include "gateway/http/admin/answers.hpp"
#include "gateway/http/admin/arrival_text.hpp"
#include "gateway/http/admin/letter_text.hpp"
#include "gateway/intake/said.hpp"
#include "gateway/mapping/kept_account.hpp"

namespace gateway::http::admin {
namespace {

using fhir::JsonWriter;
using store::ArrivalKind;
using store::ArrivalLine;
using store::ArrivalState;

/// A page goes on looking so often before it is shown as it is, with `next`.
constexpr int most_looks = 8;

/// A search as it was asked; and of what is rejected, by which code.
struct MessagesAsked {
  store::ArrivalsAsked arrivals;
  std::string code;  // "": any
};

/// What one of the query's words asks. A remedy: it cannot be read.
std::string_view take_state(const std::string& state, MessagesAsked& out) {
  if (state.empty()) return "";
  if (state == "accepted") {
    out.arrivals.state = ArrivalState::accepted;
  } else if (state == "duplicate") {
    out.arrivals.repeated = true;
  } else if (state == "rejected" || state == "error") {
    out.arrivals.state = ArrivalState::rejected;
    out.code = state == "error" ? "AE" : "AR";
  } else {
    return "state is accepted, rejected, error or duplicate";
  }
  return "";
}

std::string_view take_times(std::string_view query, MessagesAsked& out) {
  const auto since = parameter(query, "since"), until = parameter(query, "until");
  const auto from = base::parse_fhir_time(since), to = base::parse_fhir_time(until);
  if ((!since.empty() && !from) || (!until.empty() && !to))
    return "write since and until as 2026-11-30T08:00:00Z";
  if (from) out.arrivals.from = {from->instant_begin()};
  if (to) out.arrivals.until = {to->instant_end() - 1};
  return "";
}

struct Found {
  std::vector<ArrivalLine> lines;
  std::int64_t before = 0;
};

base::Result<Found> look(store::Store& store, MessagesAsked asked) {
  Found out;
  for (int looks = 0; looks < most_looks; ++looks) {
    auto page = store.arrivals(asked.arrivals);
    if (!page) return page.error();
    out.before = page->before;
    for (auto& line : page->lines) {
      if (!asked.code.empty() && code_of(line) != asked.code) continue;
      const bool is_last = &line == &page->lines.back();
      out.lines.push_back(std::move(line));
      if (out.lines.size() < asked.arrivals.most) continue;
      if (!is_last) out.before = out.lines.back().number.value;
      return out;
    }
    if (page->before == 0) return out;
    asked.arrivals.before = page->before;
  }
  return out;
}

void write_letters(JsonWriter& out, const std::vector<store::Letter>& letters) {
  out.key("deliveries").begin_array();
  for (const auto& letter : letters) {
    out.begin_object().key("delivery").integer(letter.sequence).member("target", letter.target);
    out.member("state", state_text(letter.state)).key("attempts").integer(letter.attempts);
    out.member_if("answer", letter.answer).end_object();
  }
  out.end_array();
}

void write_account(JsonWriter& out, const query::MessageContent& content) {
  out.key("account").begin_array();
  for (const auto& field : content.account) {
    out.begin_object().member("place", field.place).member_if("name", field.name);
    out.member("value", field.value).member("fate", field.fate).member_if("why", field.why);
    if (!field.paths.empty()) {
      out.key("paths").begin_array();
      for (const auto& path : field.paths) out.string(path);
      out.end_array();
    }
    out.end_object();
  }
  out.end_array();
}

void write_resources(JsonWriter& out, const store::ArrivalWhole& arrival) {
  out.key("resources").begin_array();
  for (const auto& version : arrival.versions) {
    out.begin_object().member("reference", version.key.reference());
    out.member("version", std::to_string(version.version));
    out.key("body").raw(version.deleted ? std::string_view("null")
                                        : std::string_view(version.body));
    out.end_object();
  }
  out.end_array();
  if (arrival.unchanged.empty()) return;
  out.key("unchanged").begin_array();
  for (const auto& key : arrival.unchanged) out.string(key.reference());
  out.end_array();
}

void write_reviews(JsonWriter& out, const std::vector<store::ReviewLine>& reviews) {
  if (reviews.empty()) return;
  out.key("issues").begin_array();
  for (const auto& one : reviews) {
    out.begin_object().member("code", one.code).member("severity", one.severity);
    out.member_if("place", one.where).member_if("resource", one.resource);
    out.member("text", one.text).end_object();
  }
  out.end_array();
}

Response no_such_message() {
  return refused(404, "", "there is no such message", "arrivals are numbers, as lists show them");
}

}  // namespace

MessagesPage::MessagesPage(store::Store& store, query::Journal& journal, const base::Clock& clock,
                           NoteShown note, Openings& openings)
    : store_(store),
      journal_(journal),
      clock_(clock),
      note_(std::move(note)),
      openings_(openings) {}

base::Result<void> MessagesPage::note_search(const Caller& who, std::string_view query,
                                             const std::vector<std::string>& patients,
                                             std::size_t found) {
  auto row = access::people::row_of("messages-searched", who.actor(), clock_.now(), "200",
                                    std::string(query));
  for (const auto& id : patients) row.entities.push_back("Patient/" + id);
  row.count = static_cast<std::int64_t>(found);
  return note_(std::move(row));
}

Response MessagesPage::list(const Caller& who, std::string_view query) {
  MessagesAsked asked;
  const auto page = page_of(query, asked.arrivals.before);
  if (!page) return no_page();
  asked.arrivals.before = page->after;
  asked.arrivals.most = page->count;
  asked.arrivals.sender = parameter(query, "sender");
  asked.arrivals.control_id = parameter(query, "control_id");
  for (const auto remedy : {take_state(parameter(query, "state"), asked), take_times(query, asked)})
    if (!remedy.empty()) return refused(400, "", "this cannot be searched by", remedy);
  if (const auto patient = parameter(query, "patient"); !patient.empty()) {
    if (!access::people::may(who.role, access::people::Action::open_content))
      return refused(403, "role", "your role may not search by patient",
                     "ask somebody whose role may open content");
    auto patients = journal_.patients_with(patient);
    if (!patients) return refused(patients.error());
    asked.arrivals.patients = *std::move(patients);
  }
  const auto found = look(store_, asked);
  if (!found) return refused(found.error());
  if (asked.arrivals.patients)
    if (auto noted = note_search(who, query, *asked.arrivals.patients, found->lines.size()); !noted)
      return refused(noted.error());
  JsonWriter out;
  out.begin_object().key("items").begin_array();
  for (const ArrivalLine& line : found->lines) {
    out.begin_object();
    write_line(out, line);
    out.end_object();
  }
  out.end_array();
  if (found->before != 0) out.member("next", std::to_string(found->before));
  return json(200, out.end_object().take());
}

Response MessagesPage::open(const Caller& who, const std::string& name, std::string_view query) {
  std::int64_t number = 0;
  const auto* end = name.data() + name.size();
  if (std::from_chars(name.data(), end, number).ptr != end || number < 1) return no_such_message();
  auto reason = reason_asked(query);
  if (!reason) return refused(reason.error());
  const auto arrival = store_.arrival({number});
  if (!arrival) return refused(arrival.error());
  if (!*arrival) return no_such_message();
  if (who.role == reviewer) {
    if ((*arrival)->line.reviews == 0)
      return refused(403, "not-on-worklist", "a reviewer opens what is on the review list",
                     "ask an operator or analyst");
    if (!*reason) *reason = worklist;
  }
  const auto opening = openings_.of(who, "arrival " + std::to_string(number), *reason);
  return opening ? whole(who, **arrival, *opening) : masked(**arrival);
}

Response MessagesPage::masked(const store::ArrivalWhole& arrival) const {
  JsonWriter out;
  out.begin_object();
  write_line(out, arrival.line);
  write_letters(out, arrival.letters);
  out.key("masked").boolean(true).member(
      "remedy", "say why you open it: ?reason=" + std::string(opening_reasons));
  return json(200, out.end_object().take());
}

Response MessagesPage::whole(const Caller& who, const store::ArrivalWhole& arrival,
                             const Opening& opening) {
  const auto what = "arrival " + std::to_string(arrival.line.number.value);
  if (auto noted = openings_.note(who, what, opening, arrival.patient); !noted)
    return refused(noted.error());
  const auto content = journal_.content_of(arrival);
  JsonWriter out;
  out.begin_object();
  write_line(out, arrival.line);
  out.member("reason", opening.reason.word).member("visible_until", base::to_text(opening.until));
  out.member("raw", content.text);
  if (!content.exact) out.key("raw_exact").boolean(false);
  std::string answers;
  for (const auto& block :
       intake::said_again(arrival.line.answer, arrival.bytes, arrival.line.received))
    answers += block;
  bool exact = true;
  if (arrival.line.kind == ArrivalKind::hl7v2)
    out.member("acknowledgement", query::as_far_as_readable(answers, exact));
  write_account(out, content);
  if (!content.agrees) out.key("agrees").boolean(false);
  write_resources(out, arrival);
  write_reviews(out, arrival.reviews);
  write_letters(out, arrival.letters);
  return json(200, out.end_object().take());
}

}  // namespace gateway::http::admin
