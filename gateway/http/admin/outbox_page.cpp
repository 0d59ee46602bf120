#include "gateway/http/admin/outbox_page.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "gateway/fhir/writer.hpp"
#include "gateway/http/admin/answers.hpp"
#include "gateway/http/admin/letter_text.hpp"

namespace gateway::http::admin {
namespace {

using fhir::Json;
using fhir::JsonWriter;

constexpr std::size_t most_listed = 1'000;

std::optional<std::int64_t> number(std::string_view text) {
  std::int64_t value = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  if (read.ec != std::errc() || read.ptr != text.data() + text.size()) return std::nullopt;
  return value;
}

/// False: it is no time.
bool take_since(const std::string& text, std::optional<base::Instant>& since) {
  if (text.empty()) return true;
  const auto time = base::parse_fhir_time(text);
  if (time) since = base::Instant{time->instant_begin()};
  return time.has_value();
}

Response no_time() {
  return refused(400, "", "since is no time", "write it as 2026-11-30T08:00:00Z");
}

void write_letter(JsonWriter& out, const store::Letter& letter) {
  out.begin_object().key("delivery").integer(letter.sequence).member("target", letter.target);
  out.key("arrival").integer(letter.arrival.value).member("sender", letter.sender);
  out.member_if("message_type", letter.message_type);
  out.member("received", base::to_text(letter.received));
  out.member("state", state_text(letter.state));
  out.key("attempts").integer(letter.attempts).member("answer", letter.answer).end_object();
}

Response decided(const base::Result<outbox::Desk::Decided>& decided) {
  if (!decided) return refused(decided.error());
  JsonWriter out;
  out.begin_object().key("deliveries").integer(decided->letters);
  out.member_if("awaits", decided->awaits);
  return json(decided->awaits.empty() ? 200 : 202, out.end_object().take());
}

}  // namespace

Response OutboxPage::list(std::string_view query) {
  store::LettersAsked asked;
  asked.target = parameter(query, "target");
  asked.dead = parameter(query, "pending") != "true";
  if (!take_since(parameter(query, "since"), asked.since)) return no_time();
  asked.after = number(parameter(query, "after")).value_or(0);
  const auto count = number(parameter(query, "count")).value_or(100);
  asked.most = static_cast<std::size_t>(std::clamp<std::int64_t>(count, 1, most_listed)) + 1;
  auto letters = desk_.list(asked);
  if (!letters) return refused(letters.error());
  const bool more = letters->size() == asked.most;
  if (more) letters->pop_back();
  JsonWriter out;
  out.begin_object().key("deliveries").begin_array();
  for (const auto& letter : *letters) write_letter(out, letter);
  out.end_array();
  if (more) out.key("after").integer(letters->back().sequence);
  return json(200, out.end_object().take());
}

Response OutboxPage::decide(const Json& body, const std::string& who, std::string_view door,
                            store::LetterDecision what) {
  store::LettersAsked which;
  which.target = body["target"].text();
  if (!take_since(body["since"].text(), which.since)) return no_time();
  outbox::DeskDecision decision{what, who, "", body["reason"].text(), std::string(door), {}};
  for (const Json& one : body["deliveries"].items()) {
    const auto sequence = number(one.text());
    if (!sequence) return refused(400, "", "deliveries are numbers", "as the list shows them");
    decision.sequences.push_back(*sequence);
  }
  std::sort(decision.sequences.begin(), decision.sequences.end());
  return decided(desk_.decide(std::move(decision), std::move(which)));
}

Response OutboxPage::agree(const Json& body, const std::string& who) {
  return decided(desk_.agree(body["word"].text(), who));
}

}  // namespace gateway::http::admin
