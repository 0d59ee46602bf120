#include "gateway/intake/refused_header.hpp"

#include "gateway/fhir/bundle.hpp"
#include "gateway/fhir/canonical.hpp"
#include "gateway/fhir/writer.hpp"
#include "gateway/mapping/identity.hpp"

namespace gateway::intake {
namespace {

namespace canonical = fhir::canonical;

constexpr const char* outcome_id = "why";

/// The issue-type of FHIR for a situation.
std::string_view type_of(Situation situation) {
  switch (situation) {
    case Situation::structure_broken:
      return "structure";
    case Situation::not_taken:
      return "not-supported";
    case Situation::not_hl7:
      return "invalid";
    case Situation::over_limit:
      return "too-long";
    default:
      return "exception";
  }
}

/// "OBX[2]-5"; "" where no segment is named.
std::string place_of(const hl7v2::ErrorLine& line) {
  std::string place = line.segment;
  if (line.sequence > 1) place += '[' + std::to_string(line.sequence) + ']';
  if (line.field > 0) place += '-' + std::to_string(line.field);
  return place;
}

void issue(fhir::JsonWriter& json, const hl7v2::ErrorLine& line, Situation situation) {
  json.begin_object().member("severity", "error").member("code", type_of(situation));
  json.key("details").begin_object().key("coding").begin_array().begin_object();
  json.member("system", canonical::code_system(canonical::issue_codes)).member("code", line.issue);
  json.end_object().end_array().member_if("text", line.text).end_object();
  json.member_if("diagnostics", line.diagnostic);
  if (const auto place = place_of(line); !place.empty())
    json.key("location").begin_array().string(place).end_array();
  json.end_object();
}

void unknown(fhir::JsonWriter& json) {
  json.begin_object().key("extension").begin_array().begin_object();
  json.member("url", canonical::standard_extension("data-absent-reason"));
  json.member("valueCode", "unknown").end_object().end_array().end_object();
}

void event(fhir::JsonWriter& json, const std::string& trigger) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  const bool is_event = trigger.size() == 3 && trigger[0] >= 'A' && trigger[0] <= 'Z' &&
                        is_digit(trigger[1]) && is_digit(trigger[2]);
  json.key("eventCoding");
  if (!is_event) return unknown(json);
  json.begin_object().member("system", canonical::v2_table("0003")).member("code", trigger);
  json.end_object();
}

std::string body_of(const MessageWork& message, const std::string& id) {
  const auto& verdict = message.verdict;
  // Of another one the name is text from outside.
  const bool is_known = message.sender.profile != &message.catalogue->default_profile();
  fhir::JsonWriter json;
  json.begin_object().member("resourceType", "MessageHeader").member("id", id);
  json.key("meta").begin_object();
  if (is_known) json.member("source", canonical::sender(message.sender.name));
  json.key("tag").begin_array().begin_object();
  json.member("system", canonical::code_system(canonical::issue_codes));
  json.member("code", verdict.errors.front().issue).end_object().end_array().end_object();
  json.key("contained").begin_array().begin_object();
  json.member("resourceType", "OperationOutcome").member("id", outcome_id);
  json.key("issue").begin_array();
  for (const auto& line : verdict.errors) issue(json, line, verdict.situation);
  json.end_array().end_object().end_array();
  event(json, message.header.trigger);
  json.key("source").begin_object();
  if (is_known) json.member("name", message.sender.name);
  json.key("_endpoint");
  unknown(json);
  json.end_object().key("response").begin_object();
  const auto& number = message.header.control_id;
  json.member("identifier", fhir::is_id(number) ? number : id).member("code", "fatal-error");
  json.key("details").begin_object().member("reference", std::string("#") + outcome_id);
  json.end_object().end_object().end_object();
  return json.take();
}

}  // namespace

store::VersionWrite refused_header(const MessageWork& message, base::Instant received) {
  const std::string hash(base::bytes_of(message.key.bytes));
  // With the time: the same bytes are refused anew where the first time was not kept as such.
  const auto id = mapping::own_id(
      'm', "refused",
      {message.key.sender, message.key.control_id, hash, std::to_string(received.microseconds)});
  store::VersionWrite write;
  write.key = {"MessageHeader", id};
  write.body = body_of(message, id);
  write.owner = message.key.sender;
  const auto view = fhir::JsonView::read(write.body);
  base::invariant(view.has_value(), "what we write is JSON");
  write.index = fhir::search::index_rows(write.key, *view, {});
  return write;
}

}  // namespace gateway::intake
