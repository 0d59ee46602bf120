#include "gateway/fhir/outcome.hpp"

#include <algorithm>
#include <array>

#include "gateway/fhir/canonical.hpp"
#include "gateway/fhir/writer.hpp"

namespace gateway::fhir {
namespace {

struct KnownCode {
  std::string_view error_code;
  std::string_view issue_type;
};

/// FHIR.md §4: every code of CodeSystem/gateway-error and the FHIR issue-type it comes with.
constexpr auto known_codes = std::to_array<KnownCode>({
    {"search-unknown-parameter", "not-supported"},
    {"search-bad-modifier", "not-supported"},
    {"search-bad-value", "value"},
    {"search-unit-unknown", "not-supported"},
    {"search-too-costly", "too-costly"},
    {"cursor-forged", "invalid"},
    {"json-malformed", "invalid"},
    {"json-too-deep", "invalid"},
    {"duplicate-control", "invalid"},
    {"token-missing", "login"},
    {"token-invalid", "login"},
    {"token-expired", "expired"},
    {"token-replayed", "login"},
    {"certificate-unknown", "login"},
    {"scope-missing", "forbidden"},
    {"unknown-id", "not-found"},
    {"unknown-type", "not-supported"},
    {"unknown-operation", "not-supported"},
    {"method-not-offered", "not-supported"},
    {"resource-deleted", "deleted"},
    {"cursor-expired", "expired"},
    {"format-json-only", "not-supported"},
    {"version-r4-only", "not-supported"},
    {"owned-by-sender", "business-rule"},
    {"concurrent-update", "conflict"},
    {"task-transition", "business-rule"},
    {"version-mismatch", "conflict"},
    {"exists", "conflict"},
    {"multiple-matches", "multiple-matches"},
    {"body-too-large", "too-long"},
    {"url-too-long", "too-long"},
    {"headers-too-large", "too-long"},
    {"invalid-resource", "structure"},
    {"unresolved-reference", "structure"},
    {"status-regression", "business-rule"},
    {"rate-limited", "throttled"},
    {"store-unavailable", "transient"},
    {"audit-unavailable", "transient"},
    {"shutting-down", "transient"},
    {"timeout", "timeout"},
    {"internal", "exception"},
});

std::string_view issue_type(base::ErrorKind kind) {
  switch (kind) {
    case base::ErrorKind::malformed:
      return "invalid";
    case base::ErrorKind::not_found:
      return "not-found";
    case base::ErrorKind::unsupported:
      return "not-supported";
    case base::ErrorKind::forbidden:
      return "forbidden";
    case base::ErrorKind::too_large:
      return "too-long";
    case base::ErrorKind::conflict:
      return "conflict";
    case base::ErrorKind::unavailable:
      return "transient";
    case base::ErrorKind::unknown:
      return "incomplete";
    case base::ErrorKind::configuration:
      return "exception";
  }
  return "exception";
}

const KnownCode* find_code(std::string_view error_code) {
  const auto at = std::ranges::find(known_codes, error_code, &KnownCode::error_code);
  return at != known_codes.end() ? &*at : nullptr;
}

/// The place `parse_json` gives.
bool is_json_place(std::string_view where) {
  return where.starts_with("line ");
}

void write_issue(JsonWriter& out, const OutcomeIssue& issue) {
  out.begin_object().member("severity", issue.severity).member("code", issue.code);
  if (!issue.error_code.empty() || !issue.text.empty()) {
    out.key("details").begin_object();
    if (!issue.error_code.empty()) {
      out.key("coding").begin_array().begin_object();
      out.member("system", canonical::code_system(canonical::error_codes));
      out.member("code", issue.error_code).end_object().end_array();
    }
    out.member_if("text", issue.text).end_object();
  }
  out.member_if("diagnostics", issue.diagnostics);
  if (!issue.location.empty()) out.key("location").begin_array().string(issue.location).end_array();
  if (!issue.expression.empty())
    out.key("expression").begin_array().string(issue.expression).end_array();
  out.end_object();
}

}  // namespace

std::string place_name(std::string_view name) {
  const bool plain = !name.empty() && name.size() <= 64 && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
  return plain ? std::string(name) : "?";
}

std::string_view error_code(const base::Error& error) {
  const std::string_view first = std::string_view(error.what).substr(0, error.what.find(' '));
  if (const KnownCode* known = find_code(first)) return known->error_code;
  if (!is_json_place(error.where)) return {};
  return error.kind == base::ErrorKind::too_large ? "json-too-deep" : "json-malformed";
}

OutcomeIssue issue_of(const base::Error& error) {
  OutcomeIssue issue;
  issue.error_code = error_code(error);
  const KnownCode* known = find_code(issue.error_code);
  issue.code = known != nullptr ? known->issue_type : issue_type(error.kind);
  issue.text = error.what;
  if (!issue.error_code.empty() && issue.text.starts_with(issue.error_code))
    issue.text.erase(0, issue.error_code.size() + 1);
  issue.diagnostics = error.remedy;
  if (is_json_place(error.where)) {
    issue.text += " (" + error.where + ")";
  } else if (error.where.starts_with("http.")) {
    issue.location = error.where;
  } else {
    issue.expression = error.where;
  }
  return issue;
}

std::string operation_outcome(const std::vector<OutcomeIssue>& issues) {
  JsonWriter out;
  out.begin_object().member("resourceType", "OperationOutcome").key("issue").begin_array();
  if (issues.empty())
    out.begin_object()
        .member("severity", "information")
        .member("code", "informational")
        .end_object();
  for (const OutcomeIssue& issue : issues) write_issue(out, issue);
  return out.end_array().end_object().take();
}

std::string operation_outcome(const base::Error& error) {
  return operation_outcome(std::vector{issue_of(error)});
}

}  // namespace gateway::fhir
