#include "gateway/intake/compose.hpp"

#include <algorithm>
#include <deque>
#include <exception>
#include <limits>
#include <numeric>
#include <set>
#include <utility>

#include "gateway/base/log.hpp"
#include "gateway/fhir/json_view.hpp"
#include "gateway/intake/compose_bundle.hpp"
#include "gateway/intake/consequences.hpp"
#include "gateway/intake/follow_ups.hpp"
#include "gateway/intake/prepare.hpp"
#include "gateway/intake/refused_header.hpp"
#include "gateway/mapping/converted_index.hpp"
#include "gateway/mapping/kept_account.hpp"
#include "gateway/mapping/revise.hpp"
#include "gateway/mapping/revise_elements.hpp"

namespace gateway::intake {
namespace {

using mapping::Issue;

constexpr std::size_t longest_word = 16;  // of a type or trigger; a refused one may be anything

store::AuditRow audit_row(const Work& work, const char* event, std::string outcome,
                          base::Instant now) {
  return {event, now, work.agent, work.listener, std::move(outcome), {}, {}};
}

std::string outcome_of(const Verdict& verdict) {
  return std::string(rule_of(verdict.situation).application);
}

store::Arrival arrival_of(Work& work) {
  auto& message = *work.message;
  store::Arrival arrival;
  arrival.key = message.key;
  arrival.received = work.received;
  arrival.listener = work.listener;
  arrival.message_type = message.header.type.substr(0, longest_word);
  if (!message.header.trigger.empty())
    arrival.message_type += "^" + message.header.trigger.substr(0, longest_word);
  arrival.bytes = std::move(message.bytes);
  arrival.size = message.size;
  return arrival;
}

/// The answer to a duplicate rides on a small commit of its own (TRUST R3).
store::Entry repeated(Work& work, const store::SeenArrival& seen, base::Instant now) {
  auto& message = *work.message;
  message.is_duplicate = true;
  if (auto first = decode(seen.answer)) message.verdict = std::move(*first);
  store::Entry entry;
  entry.duplicate = true;
  entry.first = seen.first;
  entry.patient = work.patient;
  entry.arrival.key = message.key;
  entry.arrival.received = work.received;
  entry.arrival.listener = work.listener;
  entry.audit.push_back(audit_row(work, "ingest-duplicate", outcome_of(message.verdict), now));
  entry.audit.back().detail = "arrival " + std::to_string(seen.first.value);
  return entry;
}

store::Entry rejected(Work& work, base::Instant now) {
  store::Entry entry;
  entry.arrival = arrival_of(work);
  entry.arrival.answer = encode(work.message->verdict);
  entry.patient = work.patient;
  entry.audit.push_back(audit_row(work, "refused", outcome_of(work.message->verdict), now));
  if (!work.message->verdict.errors.empty()) {
    entry.audit.back().detail = std::to_string(work.message->verdict.errors.front().code);
    entry.versions.push_back(refused_header(*work.message, work.received));
  }
  return entry;
}

mapping::Standing standing_as(const store::Current& current) {
  // What earlier works of the group write has no time yet: it is the latest.
  const auto updated = current.last_updated.microseconds;
  return {current.version,     current.deleted,
          current.body,        current.same,
          current.source_time, updated != 0 ? updated : std::numeric_limits<std::int64_t>::max()};
}

/// What stands for each resource of the conversion, in its order.
std::vector<std::optional<mapping::Standing>> standing_of(const Work& work, std::size_t w,
                                                          Standings& standings) {
  std::vector<std::optional<mapping::Standing>> out(work.prepared.size());
  for (std::size_t i = 0; i < out.size(); ++i) {
    const auto* current = standings.resource(w, i);
    if (current == nullptr) continue;
    out[i] = standing_as(*current);
    if (!work.prepared[i].digest && !current->deleted)  // the body itself was asked for
      out[i]->same = current->body == work.message->conversion.resources[i].body;
  }
  return out;
}

/// The revision, and what it means for other patients (T9).
struct Composed {
  mapping::Revision revision;
  std::vector<OrderMarks> marks;
};

Composed revised(const Work& work, std::size_t w,
                 const std::vector<std::optional<mapping::Standing>>& standing,
                 Standings& standings) {
  const auto& conversion = work.message->conversion;
  mapping::ConvertedIndex index(conversion);
  std::deque<mapping::Standing> further;  // of results that the message does not speak of
  const mapping::StandingLookup lookup =
      [&](const fhir::ResourceKey& key) -> const mapping::Standing* {
    if (const auto i = index.find(key)) return standing[*i] ? &*standing[*i] : nullptr;
    const auto* other = standings.named(key);
    if (other == nullptr || other->deleted) return nullptr;
    further.push_back(standing_as(*other));
    return &further.back();
  };
  const mapping::OrderContext orders{
      [&](std::string_view head) { return standings.observations(head); },
      work.message->catalogue.get()};
  Composed out{mapping::revise(conversion, lookup, orders), {}};
  for (const auto& order : standings.shared_orders(w)) {
    for (auto& marks :
         mapping::mark_mismatch(conversion, lookup, order.report, order.others, out.revision))
      out.marks.push_back({order.number, std::move(marks)});
  }
  return out;
}

/// Index rows of the versions whose rows the lane did not make, or made of another body. A Patient
/// among them changes the rows of all: they carry its identifiers.
void index_rest(const mapping::Conversion& conversion, std::vector<store::VersionWrite>& versions,
                std::vector<std::size_t> rest) {
  const auto is_patient = [&](std::size_t i) { return versions[i].key.type == "Patient"; };
  if (std::any_of(rest.begin(), rest.end(), is_patient)) {
    rest.resize(versions.size());
    std::iota(rest.begin(), rest.end(), std::size_t{0});
  }
  KnownPatients patients;
  for (const auto& resource : conversion.resources) {
    if (resource.key.type != "Patient") continue;
    if (auto json = fhir::JsonView::read(resource.body)) {
      patients.emplace_back(resource.key.id, fhir::search::patient_identifiers(*json));
    }
  }
  std::vector<BodyView> bodies;
  for (const auto i : rest) bodies.push_back({&versions[i].key, versions[i].body});
  std::vector<std::string> missing;
  auto fresh = index_bodies(bodies, patients, missing);
  for (std::size_t n = 0; n < rest.size(); ++n) {
    if (fresh[n].rows) versions[rest[n]].index = std::move(*fresh[n].rows);
  }
}

/// The versions of a revision with their index rows: the lane's where the body is still the
/// converted one, made here where not.
std::vector<store::VersionWrite> indexed(Work& work, mapping::Revision& revision) {
  const auto& conversion = work.message->conversion;
  std::vector<store::VersionWrite> versions;
  versions.reserve(revision.writes.size());
  std::vector<std::size_t> rest;
  mapping::ConvertedIndex index(conversion);
  for (auto& write : revision.writes) {
    const auto found = index.find(write.by);
    base::invariant(found.has_value(), "a revision writes what was converted");
    const std::size_t source = *found;
    auto& prepared = work.prepared[source];
    store::VersionWrite version{write.key,
                                std::move(write.body),
                                write.follows,
                                write.source_time,
                                conversion.sender,
                                prepared.order,
                                {},
                                {}};
    const bool as_converted = version.body == conversion.resources[source].body;
    if (as_converted) version.content = prepared.digest;
    if (as_converted && prepared.rows) {
      // After a conflict it is composed again, and its rows are made again.
      version.index = std::move(*prepared.rows);
      prepared.rows.reset();
    } else {
      rest.push_back(versions.size());
    }
    versions.push_back(std::move(version));
  }
  if (!rest.empty()) index_rest(conversion, versions, std::move(rest));
  return versions;
}

/// The entries of the site's list join the commit of the result they are about (W3).
void add_follow_ups(const mapping::Conversion& conversion,
                    std::vector<mapping::FollowUpWrite> entries,
                    std::vector<store::VersionWrite>& versions) {
  if (entries.empty()) return;
  std::vector<std::size_t> added;
  for (auto& entry : entries) {
    added.push_back(versions.size());
    versions.push_back({std::move(entry.key),
                        std::move(entry.body),
                        entry.follows,
                        std::nullopt,
                        std::move(entry.site),
                        {},
                        {},
                        {}});
  }
  index_rest(conversion, versions, std::move(added));
}

hl7v2::ErrorLine warning_line(const Issue& issue) {
  auto line = error_at(issue.where, mapping::condition_of(issue.code), issue.text);
  line.severity = issue.severity == mapping::Severity::information ? 'I' : 'W';
  line.issue = issue.code;
  line.diagnostic = mapping::remedy_of(issue.code);
  return line;
}

/// AA, with the warnings the sender's profile wants to hear and the one everybody hears.
Verdict verdict_of(const std::vector<Issue>& issues, bool control_id_reused, bool wants_warnings) {
  Verdict verdict;
  verdict.situation = control_id_reused ? Situation::control_id_reused : Situation::stored;
  std::set<std::pair<std::string_view, std::string_view>> said;
  for (const auto& issue : issues) {
    const bool wanted = wants_warnings || issue.code == "control-id-reused";
    if (wanted && said.emplace(issue.code, issue.where).second) {
      verdict.errors.push_back(warning_line(issue));
    }
  }
  return verdict;
}

/// W1: what concerns the message is a tag on its header.
void tag_header(mapping::Revision& revision) {
  for (auto& write : revision.writes) {
    if (write.key.type != "MessageHeader") continue;
    auto body = fhir::parse_json(write.body);
    if (!body) continue;
    mapping::tag_issue(*body, "control-id-reused");
    write.body = body->write();
  }
}

/// Asked once: composed again, after a conflict, the message still is the first.
const std::vector<store::ReviewItem>& gaps_of(MessageWork& message, Gaps& gaps) {
  const auto fields = std::exchange(message.unmapped, {});
  if (!fields.empty()) message.gaps = gaps.found(message.key.sender, fields);
  return message.gaps;
}

store::Entry accepted(Work& work, std::size_t w, Standings& standings, Gaps& gaps,
                      bool control_id_reused, const Routes& routes, base::Instant now) {
  auto& message = *work.message;
  const auto standing = standing_of(work, w, standings);
  auto [revision, marks] = revised(work, w, standing, standings);
  auto entries = follow_ups(work, w, revision, standing, standings);
  auto issues = message.conversion.issues;
  for (auto& issue : issues)
    for (const auto& [part, main] : revision.joined)
      if (issue.resource == part) issue.resource = main;
  std::erase_if(issues, [&](const Issue& issue) {
    const auto& all = revision.settled;
    return std::find(all.begin(), all.end(), std::pair(issue.code, issue.resource)) != all.end();
  });
  issues.insert(issues.end(), revision.issues.begin(), revision.issues.end());
  if (control_id_reused) {
    tag_header(revision);
    issues.push_back({"control-id-reused", mapping::severity_of("control-id-reused"), "MSH-10", "",
                      "this message control id came before with other content; both are kept"});
  }
  message.verdict = verdict_of(issues, control_id_reused, message.sender.profile->err_warnings);

  store::Entry entry;
  entry.patient = work.patient;
  entry.versions = indexed(work, revision);
  add_follow_ups(message.conversion, std::move(entries), entry.versions);
  entry.arrival = arrival_of(work);
  entry.arrival.answer = encode(message.verdict);
  entry.arrival.account = message.account;
  entry.unchanged = std::move(revision.unchanged);
  for (auto& again : revision.said_again)
    entry.later.push_back({std::move(again.key), again.version, again.source_time});
  entry.deliveries = routes.deliveries(entry.versions, entry.arrival.path);
  entry.reviews = reviews_of(issues);
  for (const auto& gap : gaps_of(message, gaps)) entry.reviews.push_back(gap);
  entry.consequences = consequences(work, std::move(marks), standings, routes, now);
  auto row = audit_row(work, "ingest", outcome_of(message.verdict), now);
  row.entities.reserve(entry.versions.size());
  for (const auto& version : entry.versions) row.entities.push_back(version.key.reference());
  entry.audit.push_back(std::move(row));
  return entry;
}

}  // namespace

std::optional<store::Entry> compose(Work& work, std::size_t w, Standings& standings, Gaps& gaps,
                                    const Routes& routes, base::Instant now) {
  if (work.bundle) return compose_bundle(work, w, standings, routes, now);
  auto& message = *work.message;
  message.is_duplicate = false;
  if (message.refused) message.verdict = *message.refused;
  const auto seen = standings.arrival(w);
  if (!seen) return std::nullopt;
  if (seen->seen == store::Seen::duplicate) return repeated(work, *seen, now);
  if (message.refused) return rejected(work, now);
  const bool reused = seen->seen == store::Seen::control_id_reused;
  try {
    return accepted(work, w, standings, gaps, reused, routes, now);
  } catch (const std::exception&) {
    // Nothing is written yet, so one message that contradicts us need not end the process, and come
    // again and end the next.
    base::log(base::Level::error, "intake.revision_broken",
              {{"listener", base::ConfiguredName(work.listener)}});
    message.refused = message.verdict =
        refusal(Situation::conversion_broken, "", 207, "internal error while converting");
    message.key.state = store::ArrivalState::rejected;
    return rejected(work, now);
  }
}

void take_back(Work& work, store::Entry& entry) {
  if (entry.duplicate) return;
  (work.message ? work.message->bytes : work.bundle->bundle.bytes) = std::move(entry.arrival.bytes);
}

}  // namespace gateway::intake
