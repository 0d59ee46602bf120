#include "gateway/outbox/judge.hpp"

#include <array>
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
constexpr std::array<StatusRule, 10> status_rules = {{
    {200, 299, Kind::delivered},
    {300, 399, Kind::target_wrong},  // a redirect is never followed
    {401, 401, Kind::target_wrong},
    {403, 404, Kind::target_wrong},  // 404: the base is not there
    {405, 405, Kind::target_wrong},  // takes no transactions
    {408, 408, Kind::again},
    {425, 425, Kind::again},
    {429, 429, Kind::again},
    {400, 499, Kind::dead},
    {500, 599, Kind::again},
}};

constexpr std::size_t longest_answer = 64 * 1024;
/// About a day of pauses of 150 s on average.
constexpr int most_fatal_attempts = 600;

bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

/// A login page of a proxy answers 200 and has stored nothing.
bool is_no_answer_of_a_server(const TargetAnswer& answer) {
  return !is_blank(answer.body) && !fhir::parse_json(answer.body);
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

Kind kind_of(const TargetAnswer& answer, int attempts) {
  Kind kind = Kind::target_wrong;  // no HTTP status at all
  for (const auto& rule : status_rules) {
    if (answer.status < rule.first || answer.status > rule.last) continue;
    kind = rule.kind;
    break;
  }
  if (kind == Kind::delivered && is_no_answer_of_a_server(answer)) return Kind::target_wrong;
  if (kind == Kind::again && answer.status >= 500 && attempts >= most_fatal_attempts &&
      says_fatal(answer)) {
    return Kind::dead;
  }
  return kind;
}

}  // namespace

Verdict judge(const base::Result<TargetAnswer>& answer, int attempts) {
  if (!answer) {
    const bool wrong = answer.error().kind == base::ErrorKind::configuration;
    return {wrong ? Kind::target_wrong : Kind::again, {}, shortened(answer.error().text())};
  }
  return {kind_of(*answer, attempts), answer->retry_after,
          shortened(std::to_string(answer->status) + ' ' + answer->body)};
}

}  // namespace gateway::outbox
