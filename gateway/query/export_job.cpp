#include "gateway/query/export_job.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <numeric>

#include "gateway/base/hash.hpp"
#include "gateway/fhir/json.hpp"
#include "gateway/fhir/writer.hpp"

namespace gateway::query {
namespace {

using fhir::search::ExportOf;

constexpr std::string_view format = "2";
constexpr std::array<std::string_view, 3> kinds{"everything", "patients", "group"};
constexpr std::array<std::string_view, 3> states{"running", "complete", "failed"};

std::int64_t number(const fhir::Json& json) {
  std::int64_t value = 0;
  const std::string& text = json.text();
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

void write(fhir::JsonWriter& json, const ExportFile& file) {
  json.begin_object().member("name", file.name).member("type", file.type);
  json.key("deletions").boolean(file.is_of_deletions);
  json.key("lines").integer(file.lines).key("bytes").integer(file.bytes);
  json.member("sha256", file.sha256).end_object();
}

ExportFile read(const fhir::Json& json) {
  return {json["name"].text(),   json["type"].text(),   json["deletions"].is_true(),
          number(json["lines"]), number(json["bytes"]), json["sha256"].text()};
}

}  // namespace

base::Result<fhir::search::ExportQuery> ExportJob::asked() const {
  auto read = fhir::search::parse_export(query, of, is_lenient);
  if (!read || of != ExportOf::group) return read;
  for (const std::string& patient : read->patients)
    if (std::ranges::find(members, patient) == members.end())
      return base::Error{base::ErrorKind::not_found,
                         "unknown-id a patient who is named is no member of the group",
                         "http.patient", "name members, or leave patient out"};
  if (read->patients.empty()) read->patients = members;
  return read;
}

security::Principal ExportJob::principal() const {
  auto parsed = security::parse_scopes(scopes);
  return {client, parsed ? *std::move(parsed) : std::vector<security::Scope>(), role, true};
}

bool ExportJob::belongs_to(const security::Principal& who) const {
  return who.authenticated && who.name == client && who.role == role &&
         security::to_text(who.scopes) == scopes;
}

std::int64_t ExportJob::lines() const {
  return std::accumulate(files.begin(), files.end(), std::int64_t{0},
                         [](std::int64_t sum, const auto& file) { return sum + file.lines; });
}

std::int64_t ExportJob::bytes() const {
  return std::accumulate(files.begin(), files.end(), std::int64_t{0},
                         [](std::int64_t sum, const auto& file) { return sum + file.bytes; });
}

std::string precise_text(base::Instant instant) {
  auto text = base::to_text(instant);  // …123Z
  const auto rest = std::to_string(1000 + (instant.microseconds % 1000 + 1000) % 1000);
  text.pop_back();
  return text + rest.substr(1) + 'Z';
}

std::string write_job(const ExportJob& job) {
  fhir::JsonWriter json;
  json.begin_object().member("format", format).member("id", job.id).member("request", job.request);
  json.member("client", job.client).member("role", job.role).member("scopes", job.scopes);
  json.member("of", kinds[static_cast<std::size_t>(job.of)]).member("query", job.query);
  json.key("members").begin_array();
  for (const std::string& member : job.members) json.string(member);
  json.end_array();
  json.key("lenient").boolean(job.is_lenient).key("as_of").integer(job.as_of);
  json.key("begun").integer(job.begun.microseconds).key("ended").integer(job.ended.microseconds);
  json.member("state", states[static_cast<std::size_t>(job.state)]).member("failure", job.failure);
  json.key("stage").integer(static_cast<long long>(job.stage));
  json.member("after", base::base64(job.after)).key("files").begin_array();
  for (const ExportFile& file : job.files) write(json, file);
  json.end_array().end_object();
  return json.take();
}

std::optional<ExportJob> read_job(std::string_view text) {
  const auto read_json = fhir::parse_json(text);
  if (!read_json) return std::nullopt;
  const fhir::Json& json = *read_json;
  const auto after = base::base64_decode(json["after"].text());
  const auto* state = std::find(states.begin(), states.end(), json["state"].text());
  const auto* kind = std::find(kinds.begin(), kinds.end(), json["of"].text());
  if (json["format"].text() != format || !after || state == states.end() || kind == kinds.end())
    return std::nullopt;
  ExportJob job;
  job.id = json["id"].text();
  job.request = json["request"].text();
  job.client = json["client"].text();
  job.role = json["role"].text();
  job.scopes = json["scopes"].text();
  job.of = static_cast<ExportOf>(kind - kinds.begin());
  for (const fhir::Json& member : json["members"].items()) job.members.push_back(member.text());
  job.query = json["query"].text();
  job.is_lenient = json["lenient"].is_true();
  job.as_of = number(json["as_of"]);
  job.begun = {number(json["begun"])};
  job.ended = {number(json["ended"])};
  job.state = static_cast<ExportJob::State>(state - states.begin());
  job.failure = json["failure"].text();
  job.stage = static_cast<std::size_t>(number(json["stage"]));
  job.after = *after;
  for (const fhir::Json& file : json["files"].items()) job.files.push_back(read(file));
  return job;
}

}  // namespace gateway::query
