#include "gateway/access/people/attempts.hpp"

#include <algorithm>
#include <charconv>

#include "gateway/base/hash.hpp"
#include "gateway/base/parts.hpp"

namespace gateway::access::people {
namespace {

constexpr std::string_view attempts_kind = "attempts";
constexpr std::int64_t free_failures = 5, first_wait = 30, longest_wait = 900;  // seconds
constexpr std::int64_t remembered = 3600;  // seconds since the last failure
constexpr int most_tries = 8;

struct Count {
  std::int64_t failures = 0, not_before = 0;  // microseconds since 1970
};

/// Hashed: somebody may have typed a password here.
std::string name_of_count(const std::string& user) {
  const auto digest = base::KeyHash().add("attempts").add(user).digest();
  return base::hex(base::bytes_of(digest));
}

Count read(const std::optional<store::Kept>& kept) {
  Count out;
  if (!kept) return out;
  std::string_view rest = kept->text;
  for (auto* number : {&out.failures, &out.not_before}) {
    const auto part = base::next_part(rest, ' ');
    std::from_chars(part.data(), part.data() + part.size(), *number);
  }
  return out;
}

base::Error slow_down() {
  return refusal(base::ErrorKind::forbidden, "slow-down", "too many attempts failed",
                 "wait some minutes; each further failure makes it longer");
}

}  // namespace

base::Result<void> Attempts::admit(const std::string& user, const std::string& address) {
  if (addresses_.too_many(address)) return slow_down();
  const auto kept = store_.kept(attempts_kind, name_of_count(user));
  if (!kept) return kept.error();
  if (read(*kept).not_before > clock_.now().microseconds) return slow_down();
  return {};
}

base::Result<void> Attempts::admit_address(const std::string& address) {
  if (addresses_.too_many(address)) return slow_down();
  return {};
}

base::Result<void> Attempts::failed(const std::string& user, const Actor& actor,
                                    const std::string& why) {
  addresses_.count(actor.address);
  const auto name = name_of_count(user);
  const auto now = clock_.now();
  for (int i = 0; i < most_tries; ++i) {
    const auto kept = store_.kept(attempts_kind, name);
    if (!kept) return kept.error();
    Count count = read(*kept);
    std::vector<store::AuditRow> rows = {row_of("sign-in-refused", actor, now, "401", why)};
    if (++count.failures >= free_failures) {
      const auto doubled = std::min<std::int64_t>(count.failures - free_failures, 10);
      const auto wait = std::min(first_wait << doubled, longest_wait);
      count.not_before = now.microseconds + wait * base::microseconds_a_second;
      rows.push_back(
          row_of("sign-in-slowed", actor, now, "429", std::to_string(wait) + " seconds"));
    }
    const store::Keeping change{
        std::string(attempts_kind),
        name,
        std::to_string(count.failures) + ' ' + std::to_string(count.not_before),
        *kept ? (*kept)->version : 0,
        {now.microseconds + remembered * base::microseconds_a_second}};
    const auto done = store_.keep({&change, 1}, rows);
    if (!done) return done.error();
    if (*done) return {};
  }
  return slow_down();  // as many at once
}

void Attempts::forget(const std::string& user, Accounts::Also& also) {
  const auto kept = store_.kept(attempts_kind, name_of_count(user));
  if (kept && *kept)
    also.texts.push_back(
        {std::string(attempts_kind), (*kept)->name, "", (*kept)->version, {}, true});
}

}  // namespace gateway::access::people
