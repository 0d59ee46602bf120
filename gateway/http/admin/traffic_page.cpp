#include "gateway/http/admin/traffic_page.hpp"

#include <algorithm>
#include <limits>
#include <span>

#include "gateway/access/people/account.hpp"
#include "gateway/fhir/writer.hpp"
#include "gateway/http/admin/answers.hpp"
#include "gateway/query/journal.hpp"

namespace gateway::http::admin {
namespace {

using fhir::JsonWriter;

constexpr std::int64_t second = 1'000'000, day = 86'400 * second;
/// Of what a target said, what stands in a table; the outbox and the message have all of it.
constexpr std::size_t longest_trouble = 300;
/// Rows that a page by kind looks at before it is shown as it is, with `next`.
constexpr std::size_t rows_at_once = 500;
constexpr int most_turns = 20;

/// Seconds, to a tenth of a millisecond.
std::string seconds_text(double seconds) {
  const auto parts = static_cast<long long>(seconds * 10'000 + 0.5);
  return std::to_string(parts / 10'000) + '.' + std::to_string(10'000 + parts % 10'000).substr(1);
}

double age_of(const store::TargetBacklog& backlog, base::Instant now) {
  if (!backlog.oldest) return 0;
  return std::max(0.0, static_cast<double>(now.microseconds - backlog.oldest->microseconds) / 1e6);
}

void write_outbox(JsonWriter& out, const std::vector<store::TargetBacklog>& backlog,
                  base::Instant now) {
  std::int64_t pending = 0, dead = 0;
  double oldest = 0;
  for (const auto& target : backlog) {
    pending += target.pending;
    dead += target.dead;
    oldest = std::max(oldest, age_of(target, now));
  }
  out.key("outbox").begin_object().key("pending").integer(pending).key("oldest_seconds");
  out.raw(seconds_text(oldest)).key("dead").integer(dead).end_object();
}

void write_certificates(JsonWriter& out, const std::vector<CertificateUse>& certificates,
                        base::Instant now) {
  out.key("certificates").begin_array();
  for (const auto& one : certificates) {
    out.begin_object().member("used_by", one.used_by).member("subject", one.subject);
    out.member("not_after", base::to_text(one.not_after)).key("days_left");
    out.integer((one.not_after.microseconds - now.microseconds) / day).end_object();
  }
  out.end_array();
}

/// Of seconds since 1970; left out where it never was.
void write_date(JsonWriter& out, std::string_view name, std::optional<double> seconds) {
  if (!seconds) return;
  const auto whole = static_cast<std::int64_t>(*seconds);
  out.member(name, base::to_text(base::Instant{whole * second}));
}

void write_answers(JsonWriter& out, const Figures& figures) {
  out.key("answers").begin_object();
  for (const char* code : {"AA", "AE", "AR"}) {
    const auto at = figures.answers.find(code);
    out.key(code).integer(at == figures.answers.end() ? 0 : static_cast<long long>(at->second));
  }
  out.end_object();
  if (!figures.ack_p50 || !figures.ack_p99) return;
  out.key("ack_seconds").begin_object().key("p50").raw(seconds_text(*figures.ack_p50));
  out.key("p99").raw(seconds_text(*figures.ack_p99)).end_object();
}

void write_store(JsonWriter& out, const Figures& figures) {
  out.key("store").begin_object().member("kind", figures.store_kind).key("ready");
  out.boolean(figures.not_ready.empty());
  std::string why;
  for (const auto& reason : figures.not_ready) why += (why.empty() ? "" : "; ") + reason;
  out.member_if("why", why).end_object();
}

void write_record(JsonWriter& out, const store::AuditRecord& record) {
  const auto& row = record.row;
  out.begin_object().key("row").integer(record.number).member("at", base::to_text(row.at));
  out.member("kind", row.event).member_if("agent", row.agent).member_if("source", row.source);
  out.member_if("address", row.address).member_if("outcome", row.outcome);
  out.member_if("detail", row.detail);
  if (record.arrival != 0) out.key("arrival").integer(record.arrival);
  if (row.count != 0) out.key("count").integer(row.count);
  if (!row.entities.empty()) {
    out.key("entities").begin_array();
    for (const auto& entity : row.entities) out.string(entity);
    out.end_array();
  }
  out.end_object();
}

Response ended(JsonWriter& out, std::int64_t next) {
  out.end_array();
  if (next != 0) out.member("next", std::to_string(next));
  return json(200, out.end_object().take());
}

}  // namespace

TrafficPage::TrafficPage(store::Store& store, Surroundings surroundings, const base::Clock& clock,
                         NoteShown note)
    : store_(store),
      surroundings_(std::move(surroundings)),
      clock_(clock),
      note_(std::move(note)) {}

Response TrafficPage::overview() {
  const auto figures = surroundings_.figures();
  const auto now = clock_.now();
  JsonWriter out;
  out.begin_object().member("version", figures.version).member("instance", figures.instance);
  out.member("started", base::to_text(figures.started)).member("now", base::to_text(now));
  write_store(out, figures);
  // A store that cannot be read is what the page is there to say: what it would tell is left out.
  const auto minute = store_.arrived_since({now.microseconds - 60 * second});
  const auto hour = store_.arrived_since({now.microseconds - 3'600 * second});
  const auto total = store_.arrived_since({0});
  if (minute && hour && total) {
    out.key("messages").begin_object().key("last_minute").integer(*minute);
    out.key("last_hour").integer(*hour).key("total").integer(*total).end_object();
  }
  write_answers(out, figures);
  if (const auto backlog = store_.backlog()) write_outbox(out, *backlog, now);
  out.key("reviews").begin_object().key("open");
  out.integer(static_cast<long long>(figures.reviews_open)).end_object();
  write_certificates(out, figures.certificates, now);
  return json(200, out.end_object().take());
}

Response TrafficPage::health() {
  const auto figures = surroundings_.figures();
  const auto kept = store_.health();
  JsonWriter out;
  out.begin_object().key("ready").boolean(figures.not_ready.empty());
  out.key("reasons").begin_array();
  for (const auto& reason : figures.not_ready) out.string(reason);
  out.end_array().member("version", figures.version).member("instance", figures.instance);
  out.member("started", base::to_text(figures.started)).member("now", base::to_text(clock_.now()));
  out.member("mappings", figures.mappings).key("store").begin_object();
  out.member("kind", figures.store_kind).key("writable").boolean(kept.writable);
  out.member_if("why", kept.reason).key("bytes").integer(kept.bytes);
  if (kept.free_bytes > 0) out.key("free_bytes").integer(kept.free_bytes);
  out.end_object();
  write_date(out, "last_backup", figures.last_backup);
  write_date(out, "last_verify", figures.last_verify);
  if (const auto head = store_.audit_head()) {
    out.key("trail").begin_object().key("rows").integer(head->number);
    if (const auto vouched = store_.vouched(); vouched && vouched->head.number > 0)
      out.member("signed_at", base::to_text(vouched->at))
          .key("signed_rows")
          .integer(vouched->head.number);
    out.end_object();
  }
  out.key("reloads").begin_object();
  for (const auto& [what, times] : figures.reloads)
    out.key(what).integer(static_cast<long long>(times));
  out.end_object();
  write_certificates(out, figures.certificates, clock_.now());
  return json(200, out.end_object().take());
}

Response TrafficPage::reviews(std::string_view query) {
  const auto page = page_of(query, std::numeric_limits<std::int64_t>::max());
  if (!page) return no_page();
  if (const auto state = parameter(query, "state"); !state.empty() && state != "open")
    return refused(400, "", "only open items are listed", "leave state away, or say open");
  const auto items = store_.open_reviews(page->after, page->count + 1);
  if (!items) return refused(items.error());
  const auto shown = std::min(items->size(), page->count);
  JsonWriter out;
  out.begin_object().key("items").begin_array();
  for (const auto& item : std::span(*items).first(shown)) {
    out.begin_object().member("id", std::to_string(item.number)).member("kind", item.code);
    out.member("severity", item.severity).member("opened", base::to_text(item.received));
    out.key("arrival").integer(item.arrival.value).member("sender", item.sender);
    out.member_if("place", item.where).member("detail", item.text).end_object();
  }
  return ended(out, items->size() > shown ? (*items)[shown - 1].number : 0);
}

Response TrafficPage::senders() {
  struct Row {
    std::optional<SenderFacts> profile;
    std::optional<store::SenderLine> line;
  };
  const auto seen = store_.senders();
  if (!seen) return refused(seen.error());
  std::map<std::string, Row> rows;
  for (const auto& line : *seen) rows[line.name].line = line;
  for (auto& facts : surroundings_.senders()) rows[facts.name].profile = facts;
  JsonWriter out;
  out.begin_object().key("items").begin_array();
  for (const auto& [name, row] : rows) {
    out.begin_object().member("name", name);
    out.member("profile", row.profile ? name : "default").key("certificates").begin_array();
    if (row.profile)
      for (const auto& subject : row.profile->certificates) out.string(subject);
    out.end_array();
    if (row.line) out.member("last_message", base::to_text(row.line->last_received));
    out.key("messages").integer(row.line ? row.line->messages : 0).end_object();
  }
  return ended(out, 0);
}

Response TrafficPage::targets() {
  const auto backlog = store_.backlog();
  if (!backlog) return refused(backlog.error());
  const auto now = clock_.now();
  JsonWriter out;
  out.begin_object().key("items").begin_array();
  for (const auto& target : surroundings_.targets()) {
    const auto at = std::ranges::find(*backlog, target.name, &store::TargetBacklog::target);
    const auto waits = at == backlog->end() ? store::TargetBacklog{} : *at;
    out.begin_object().member("name", target.name).member("kind", target.kind);
    out.member("address", target.address).member_if("circuit", target.circuit);
    out.key("pending").integer(waits.pending).key("dead").integer(waits.dead);
    out.key("oldest_seconds").raw(seconds_text(age_of(waits, now)));
    if (const auto trouble = store_.last_trouble(target.name); trouble && !trouble->empty()) {
      bool exact = true;
      out.member("last_error", query::as_far_as_readable(
                                   std::string_view(*trouble).substr(0, longest_trouble), exact));
    }
    out.end_object();
  }
  return ended(out, 0);
}

Response TrafficPage::audit(const Caller& who, std::string_view query) {
  store::AuditAsk asked;
  const auto page = page_of(query, asked.before);
  if (!page) return no_page();
  const auto kind = parameter(query, "kind");
  asked.before = page->after;
  asked.most = kind.empty() ? page->count : rows_at_once;
  std::vector<store::AuditRecord> found;
  bool more = true;
  for (int turn = 0; turn < most_turns && more && found.size() < page->count; ++turn) {
    const auto rows = store_.audited(asked);
    if (!rows) return refused(rows.error());
    more = rows->size() == asked.most;
    for (const auto& row : *rows) {
      asked.before = row.number;
      if (kind.empty() || row.row.event == kind) found.push_back(row);
      if (found.size() == page->count) break;
    }
    more = more || (!rows->empty() && rows->back().number != asked.before);
  }
  auto row =
      access::people::row_of("trail-read", who.actor(), clock_.now(), "200", std::string(query));
  row.entities = {"AuditEvent"};
  row.count = static_cast<std::int64_t>(found.size());
  if (auto noted = note_(std::move(row)); !noted) return refused(noted.error());
  JsonWriter out;
  out.begin_object().key("items").begin_array();
  for (const auto& record : found) write_record(out, record);
  return ended(out, more && asked.before > 1 ? asked.before : 0);
}

}  // namespace gateway::http::admin
