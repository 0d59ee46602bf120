#include "gateway/mapping/follow_up_task.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

#include "gateway/base/time.hpp"
#include "gateway/fhir/canonical.hpp"
#include "gateway/fhir/writer.hpp"

namespace gateway::mapping {
namespace {

using fhir::Json;

constexpr std::string_view profile = "follow-up-task";

// What a person may still do something about; `requested` and `cancelled` are the gateway's words.
constexpr std::array open_statuses{std::string_view("requested"),   std::string_view("received"),
                                   std::string_view("accepted"),    std::string_view("ready"),
                                   std::string_view("in-progress"), std::string_view("on-hold")};

bool is_open(const Json* task) {
  return task != nullptr && std::find(open_statuses.begin(), open_statuses.end(),
                                      (*task)["status"].text()) != open_statuses.end();
}

bool is_ours(const Json& task) {
  return task["status"].text() == "requested" || task["status"].text() == "cancelled";
}

/// The day of the sample from which the next one is counted.
std::optional<std::int64_t> counted_from(const Json& task) {
  const auto day = base::parse_fhir_time(task["restriction"]["period"]["start"].text());
  return day ? day->local_day() : std::nullopt;
}

std::string description(const SiteRule& rule, const std::string& due) {
  std::string out = "Site convention of " + rule.site + ", not a laboratory finding: " + rule.text;
  if (!due.empty()) out += ": " + due;
  return out + " (" + rule.name + ", version " + rule.version + ", " + rule.author + ", " +
         rule.date + ")";
}

void input(fhir::JsonWriter& json, const char* type, std::string_view text) {
  json.begin_object().key("type").begin_object().member("text", type).end_object();
  json.member("valueString", text).end_object();
}

void write_head(fhir::JsonWriter& json, const SiteRule& rule, const std::string& id) {
  namespace canonical = fhir::canonical;
  json.begin_object().member("resourceType", "Task").member("id", id);
  json.key("meta").begin_object().key("profile").begin_array();
  json.string(canonical::profile(profile)).end_array().end_object();
  json.key("groupIdentifier")
      .begin_object()
      .member("system", canonical::identifier_system("site-convention"))
      .member("value", rule.name)
      .end_object();
  json.member("status", "requested").member("intent", "proposal");
  json.key("code").begin_object().key("coding").begin_array().begin_object();
  json.member("system", canonical::code_system("review-kind"));
  json.member("code", "site-follow-up").member("display", "Site follow-up");
  json.end_object().end_array().end_object();
}

fhir::Body requested(const FollowUpSubject& subject, const std::string& id,
                     std::string_view authored) {
  const auto& [rule, seen, result, unused] = subject;
  const std::string due = rule.is_repeat() ? due_date(rule, *seen.collected) : "";
  fhir::JsonWriter json;
  write_head(json, rule, id);
  json.member("description", description(rule, due));
  json.key("focus").begin_object().member("reference", result).end_object();
  if (!seen.patient.empty())
    json.key("for").begin_object().member("reference", seen.patient).end_object();
  json.member("authoredOn", authored);
  json.key("requester").begin_object().member("type", "Organization");
  json.member("display", rule.site).end_object();
  json.key("note").begin_array().begin_object();
  json.member("authorString", rule.author).member("text", rule.caution);
  json.end_object().end_array();
  if (!due.empty()) {
    json.key("restriction").begin_object().key("period").begin_object();
    json.member("start", date_text(*seen.collected)).member("end", due);
    json.end_object().end_object();
  }
  json.key("input").begin_array();
  input(json, "convention", rule.name);
  input(json, "version", rule.version);
  input(json, "author", rule.author);
  input(json, "date", rule.date);
  json.end_array().end_object();
  return json.take();
}

/// Where FHIR lists it: behind the status.
void set_words(Json& task, const char* element, std::string words) {
  Json text = Json::object({{"text", Json::string(std::move(words))}});
  auto& members = task.members();
  if (task.has(element)) {
    task.set(element, std::move(text));
    return;
  }
  const auto status = std::find_if(members.begin(), members.end(),
                                   [](const auto& member) { return member.first == "status"; });
  members.emplace(status == members.end() ? status : status + 1, element, std::move(text));
}

std::optional<fhir::Body> cancelled(const FollowUpSubject& subject, const Json* standing,
                                    const char* why) {
  if (!is_open(standing)) return std::nullopt;
  Json task = *standing;
  task.set("status", Json::string("cancelled"));
  set_words(task, "statusReason",
            subject.seen.status == "entered-in-error" ? "the result was withdrawn" : why);
  return task.write();
}

std::optional<fhir::Body> marked_off(const SiteRule& rule, const Json* standing) {
  if (!is_open(standing)) return std::nullopt;
  Json task = *standing;
  set_words(task, "businessStatus", "the convention was switched off on " + rule.off_since);
  return task == *standing ? std::nullopt : std::optional(task.write());
}

std::optional<fhir::Body> asked_for(const FollowUpSubject& subject, const std::string& id,
                                    const Json* standing) {
  if (!subject.rule.enabled) return marked_off(subject.rule, standing);
  if (standing == nullptr) return requested(subject, id, subject.authored);
  // Whoever took it up decides; the next sample begins a new round.
  const bool next_round = subject.rule.is_repeat() &&
                          counted_from(*standing).value_or(INT64_MIN) < *subject.seen.collected;
  if (!is_ours(*standing) && !next_round) return std::nullopt;
  const std::string& first = (*standing)["authoredOn"].text();
  auto body = requested(subject, id, first.empty() || next_round ? subject.authored : first);
  if (next_round) return body;
  return body == standing->write() ? std::nullopt : std::optional(std::move(body));
}

}  // namespace

std::optional<fhir::Body> revised_follow_up(const FollowUpSubject& subject, const std::string& id,
                                            const Json* standing) {
  const Meets met = meets(subject.rule, subject.seen);
  if (!subject.rule.is_repeat()) {
    if (met == Meets::yes) return asked_for(subject, id, standing);
    return cancelled(subject, standing, "the result as it stands does not meet the convention");
  }
  const bool rests_on_it =
      standing != nullptr && (*standing)["focus"]["reference"].text() == subject.result;
  const auto last = standing != nullptr ? counted_from(*standing) : std::nullopt;
  const auto& collected = subject.seen.collected;
  // Of two results of one day the first keeps the entry.
  const bool later =
      !last || !collected || *collected > *last || (*collected == *last && !is_open(standing));
  // A sample that is no later, or says nothing, decides only the entry that rests on it.
  if (!rests_on_it && (met == Meets::silent || !later)) return std::nullopt;
  if (met == Meets::yes) return asked_for(subject, id, standing);
  return cancelled(subject, standing,
                   met == Meets::no ? "the status during which the sample is repeated has ended"
                                    : "the result it is counted from no longer counts");
}

}  // namespace gateway::mapping
