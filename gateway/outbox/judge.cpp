#include "gateway/outbox/judge.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>

#include "gateway/fhir/json.hpp"

namespace gateway::outbox {
namespace {

using Kind = Verdict::Kind;

struct StatusRule {
  int first, last;
  Kind kind;
};

/// TRUST §6.2, first match. What no row names is about this message if 4xx.
constexpr std::array<StatusRule, 11> status_rules = {{
    {200, 299, Kind::delivered},
    {300, 399, Kind::target_wrong},  // a redirect is never followed
    {401, 401, Kind::target_wrong},
    {403, 404, Kind::target_wrong},  // 404: the base is not there
    {405, 405, Kind::target_wrong},  // takes no transactions
    {408, 408, Kind::again},
    {412, 412, Kind::precondition},
    {425, 425, Kind::again},
    {429, 429, Kind::again},
    {400, 499, Kind::dead},
    {500, 599, Kind::again},
}};

constexpr std::size_t longest_answer = 64 * 1024;

bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

bool is_cut(const TargetAnswer& answer) {
  return answer.body.size() >= most_answer_bytes;
}

/// A login page of a proxy answers 200 and has stored nothing.
bool is_no_answer_of_a_server(const TargetAnswer& answer) {
  return !is_blank(answer.body) && !fhir::parse_json(answer.body);
}

/// The worst status of the entries of an answer; 0: none failed. Some servers take a transaction
/// for a batch, and answer 200 whatever became of its entries.
int failed_entry(const TargetAnswer& answer) {
  if (answer.body.find("-response") == std::string::npos) return 0;
  const auto json = fhir::parse_json(answer.body);
  if (!json || (*json)["resourceType"].text() != "Bundle") return 0;
  int worst = 0;
  for (const auto& entry : (*json)["entry"].items()) {
    const auto& status = entry["response"]["status"].text();
    int number = 0;
    std::from_chars(status.data(), status.data() + status.size(), number);
    if (number >= 400) worst = std::max(worst, number);
  }
  return worst;
}

bool says_fatal(const TargetAnswer& answer) {
  const auto json = fhir::parse_json(answer.body);
  if (!json || (*json)["resourceType"].text() != "OperationOutcome") return false;
  for (const auto& issue : (*json)["issue"].items()) {
    if (issue["severity"].text() == "fatal") return true;
  }
  return false;
}

/// At most so many bytes, not cut inside a character.
std::string shortened(std::string text) {
  if (text.size() <= longest_answer) return text;
  std::size_t end = longest_answer;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  text.resize(end);
  return text;
}

Kind kind_of(int status) {
  for (const auto& rule : status_rules)
    if (status >= rule.first && status <= rule.last) return rule.kind;
  return Kind::target_wrong;  // no HTTP status at all
}

Kind kind_of(const TargetAnswer& answer) {
  const Kind kind = kind_of(answer.status);
  if (kind != Kind::delivered) return kind;
  if (is_cut(answer)) return answer.body.starts_with('{') ? kind : Kind::target_wrong;
  if (is_no_answer_of_a_server(answer)) return Kind::target_wrong;
  const int failed = failed_entry(answer);
  if (failed == 0) return kind;
  // Of an entry, "not found" and the like are said of what it holds.
  const Kind of_entry = kind_of(failed);
  return of_entry == Kind::target_wrong ? Kind::dead : of_entry;
}

}  // namespace

Verdict judge(const base::Result<TargetAnswer>& answer) {
  Verdict verdict;
  if (!answer) {
    const bool wrong = answer.error().kind == base::ErrorKind::configuration;
    verdict.kind = wrong ? Kind::target_wrong : Kind::again;
    verdict.answer = shortened(answer.error().text());
    verdict.crashed = answer.error().kind == base::ErrorKind::unknown;
    return verdict;
  }
  verdict.kind = kind_of(*answer);
  verdict.is_cut = is_cut(*answer);
  verdict.retry_after = answer->retry_after;
  verdict.answer = shortened(std::to_string(answer->status) + ' ' + answer->body);
  if (answer->status >= 500) {
    verdict.is_fatal = says_fatal(*answer);
    verdict.crashed = answer->status == 502 || answer->status == 504;  // a proxy's word for it
  }
  return verdict;
}

}  // namespace gateway::outbox
