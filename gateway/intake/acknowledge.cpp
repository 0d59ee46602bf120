#include "gateway/intake/acknowledge.hpp"

#include <charconv>
#include <utility>

#include "gateway/base/parts.hpp"
#include "gateway/mapping/issue.hpp"

namespace gateway::intake {
namespace {

constexpr char field_end = '\x1F';
constexpr char record_end = '\x1E';

bool wants(std::string_view condition, bool success) {
  if (condition == "NE" || condition.empty()) return false;
  if (condition == "ER") return !success;
  if (condition == "SU") return success;
  return true;  // AL, and what table 0155 does not know: rather one answer too many
}

int number(std::string_view digits) {
  int value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return value;
}

void append_clean(std::string& out, std::string_view text, char end) {
  for (const char c : text) out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  out += end;
}

/// "5[2].1.2" into field, repetition, component, subcomponent.
void read_place(std::string_view place, hl7v2::ErrorLine& line) {
  int* const parts[] = {&line.field, &line.component, &line.subcomponent};
  for (int* part : parts) {
    auto piece = base::next_part(place, '.');
    const auto bracket = piece.find('[');
    *part = number(piece.substr(0, bracket));
    if (bracket != std::string_view::npos) line.repetition = number(piece.substr(bracket + 1));
  }
}

/// Warnings as a version without severities can say them: in MSA-3.
hl7v2::Acknowledgement in_form_of(int version, const Verdict& verdict) {
  hl7v2::Acknowledgement said{{}, verdict.text, {}};
  for (const auto& error : verdict.errors) {
    if (error.severity == 'E' || version >= 20500) {
      said.errors.push_back(error);
    } else if (said.text.empty()) {
      said.text = error.text;
    }
  }
  return said;
}

}  // namespace

const AckRule& rule_of(Situation situation) {
  const auto at = static_cast<std::size_t>(situation);
  base::invariant(at < ack_rules.size() && ack_rules[at].situation == situation,
                  "the rules stand in the order of the situations");
  return ack_rules[at];
}

hl7v2::ErrorLine error_at(std::string_view where, int code, std::string text) {
  hl7v2::ErrorLine line;
  line.code = code;
  line.text = std::move(text);
  auto segment = base::next_part(where, '-');
  const auto bracket = segment.find('[');
  line.sequence = bracket == std::string_view::npos ? 1 : number(segment.substr(bracket + 1));
  line.segment = segment.substr(0, bracket);
  if (line.segment.empty()) line.sequence = 0;
  read_place(where, line);
  return line;
}

namespace {

std::string_view issue_of(Situation situation) {
  switch (situation) {
    case Situation::structure_broken:
      return "message-malformed";
    case Situation::not_taken:
      return "message-not-taken";
    case Situation::not_hl7:
      return "message-unreadable";
    case Situation::over_limit:
      return "message-too-large";
    case Situation::conversion_broken:
    case Situation::store_unavailable:
    case Situation::stored:
    case Situation::control_id_reused:
      break;
  }
  return "gateway-failed";
}

}  // namespace

Verdict refusal(Situation situation, std::string_view where, int code, const std::string& text,
                const std::string& remedy) {
  auto line = error_at(where, code, text);
  line.issue = issue_of(situation);
  line.diagnostic = remedy.empty() ? std::string(mapping::remedy_of(line.issue)) : remedy;
  return {situation, text, {std::move(line)}};
}

std::vector<std::string_view> acknowledgement_codes(Situation situation,
                                                    const hl7v2::Header& header) {
  const AckRule& rule = rule_of(situation);
  if (!header.enhanced_mode()) return {rule.application};
  const bool committed = rule.commit == "CA";
  const bool success = rule.application == "AA";
  std::vector<std::string_view> codes;
  if (wants(header.accept_ack, committed)) codes.push_back(rule.commit);
  // Who asks for the application answer alone would wait for ever if a refusal were not said there.
  const bool may_follow = committed || codes.empty();
  if (may_follow && wants(header.application_ack, success)) codes.push_back(rule.application);
  return codes;
}

std::vector<std::string> acknowledgements(const Verdict& verdict, const hl7v2::Header& header,
                                          base::Instant now, std::uint64_t serial) {
  auto said = in_form_of(hl7v2::version_number(header.version_id), verdict);
  std::vector<std::string> blocks;
  for (const auto code : acknowledgement_codes(verdict.situation, header)) {
    said.code = code;
    // 16 digits of microseconds and three of the serial: within the 20 characters of MSH-10.
    const auto tail = std::to_string(1000 + (serial * 2 + blocks.size()) % 1000).substr(1);
    blocks.push_back(hl7v2::write(said, header, now, std::to_string(now.microseconds) + tail));
  }
  return blocks;
}

std::string encode(const Verdict& verdict) {
  std::string out = "1";
  out += static_cast<char>('a' + static_cast<int>(verdict.situation));
  append_clean(out, verdict.text, record_end);
  for (const auto& e : verdict.errors) {
    for (const int n : {e.sequence, e.field, e.repetition, e.component, e.subcomponent, e.code}) {
      append_clean(out, std::to_string(n), field_end);
    }
    append_clean(out, {&e.severity, 1}, field_end);
    append_clean(out, e.segment, field_end);
    append_clean(out, e.issue, field_end);
    append_clean(out, e.diagnostic, field_end);
    append_clean(out, e.text, record_end);
  }
  return out;
}

std::optional<Verdict> decode(std::string_view text) {
  if (text.size() < 2 || text[0] != '1') return std::nullopt;
  const auto situation = static_cast<std::size_t>(text[1] - 'a');
  if (situation >= ack_rules.size()) return std::nullopt;
  Verdict verdict;
  verdict.situation = static_cast<Situation>(situation);
  text.remove_prefix(2);
  verdict.text = base::next_part(text, record_end);
  while (!text.empty()) {
    auto record = base::next_part(text, record_end);
    hl7v2::ErrorLine e;
    for (int* n : {&e.sequence, &e.field, &e.repetition, &e.component, &e.subcomponent, &e.code}) {
      *n = number(base::next_part(record, field_end));
    }
    const auto severity = base::next_part(record, field_end);
    e.severity = severity.empty() ? 'E' : severity.front();
    e.segment = base::next_part(record, field_end);
    e.issue = base::next_part(record, field_end);
    e.diagnostic = base::next_part(record, field_end);
    e.text = record;
    verdict.errors.push_back(std::move(e));
  }
  return verdict;
}

}  // namespace gateway::intake
