#include "gateway/http/admin/openings.hpp"

#include <algorithm>
#include <array>
#include <chrono>

#include "gateway/access/people/account.hpp"
#include "gateway/http/admin/answers.hpp"
#include "gateway/observe/names.hpp"

namespace gateway::http::admin {
namespace {

/// TRUST.md §4.3; and so that nobody fills the memory, people are asked again where there are more.
constexpr std::chrono::minutes open_for{30};
constexpr std::size_t most_open = 10'000;

}  // namespace

base::Result<std::optional<OpeningReason>> reason_asked(std::string_view query) {
  static constexpr auto reasons = std::to_array<OpeningReason>({{"treatment", "TREAT"},
                                                                {"quality", "HQUALIMP"},
                                                                {"fault-finding", "HSYSADMIN"},
                                                                {"patient-request", "PATRQT"}});
  const auto word = parameter(query, "reason");
  if (word.empty()) return std::optional<OpeningReason>();
  const auto at = std::ranges::find(reasons, word, &OpeningReason::word);
  if (at == reasons.end())
    return base::Error{base::ErrorKind::malformed, "reason this is no reason", "",
                       "say " + std::string(opening_reasons)};
  return std::optional(*at);
}

std::optional<Opening> Openings::of(const Caller& who, const std::string& what,
                                    std::optional<OpeningReason> reason) {
  const auto now = clock_.now();
  const std::pair key(who.door + ' ' + who.name, what);
  const std::lock_guard lock(mutex_);
  std::erase_if(open_, [&](const auto& one) { return one.second.until <= now; });
  if (reason) {
    if (open_.size() >= most_open) open_.clear();
    const Opening opening{*reason,
                          {now.microseconds + std::chrono::microseconds(open_for).count()}};
    return open_.insert_or_assign(key, opening).first->second;
  }
  const auto at = open_.find(key);
  return at == open_.end() ? std::nullopt : std::optional(at->second);
}

base::Result<void> Openings::note(const Caller& who, const std::string& what,
                                  const Opening& opening, const std::string& patient,
                                  std::size_t results) {
  auto row = access::people::row_of("content-opened", who.actor(), clock_.now(), "200",
                                    std::string(opening.reason.purpose) + ' ' + what + " as " +
                                        who.role + ", " + std::string(opening.reason.word));
  if (!patient.empty()) row.entities.push_back("Patient/" + patient);
  row.count = static_cast<std::int64_t>(results);
  if (auto noted = note_(std::move(row)); !noted) return noted;
  metrics_.counter(observe::names::content_opened, {{"role", who.role}}).add();
  return {};
}

}  // namespace gateway::http::admin
