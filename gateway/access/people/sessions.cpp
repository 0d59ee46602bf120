#include "gateway/access/people/sessions.hpp"

#include <charconv>

#include "gateway/base/hash.hpp"
#include "gateway/base/parts.hpp"
#include "gateway/security/base64url.hpp"
#include "gateway/security/random.hpp"

namespace gateway::access::people {
namespace {

constexpr std::string_view session_kind = "session";
constexpr std::size_t token_bytes = 32;
constexpr std::chrono::seconds noted_every{30};  // that somebody is there: not with each request

template <class Duration>
base::Instant later(base::Instant at, Duration by) {
  return {at.microseconds + std::chrono::duration_cast<std::chrono::microseconds>(by).count()};
}

std::string key_of(std::string_view token) {
  const auto digest = base::KeyHash().add(session_kind).add(token).digest();
  return base::hex(base::bytes_of(digest));
}

/// Numbers and the account's name, which is last.
store::Keeping written(const Session& session) {
  std::string text;
  for (const auto number : {session.begun.microseconds, session.seen.microseconds,
                            session.proved.microseconds, session.epoch})
    text += std::to_string(number) + ' ';
  return {std::string(session_kind), session.key, text + session.user, session.version,
          later(session.begun, session_life)};
}

Session read(const store::Kept& kept) {
  Session out;
  out.key = kept.name;
  out.version = kept.version;
  std::string_view rest = kept.text;
  for (auto* number :
       {&out.begun.microseconds, &out.seen.microseconds, &out.proved.microseconds, &out.epoch}) {
    const auto part = base::next_part(rest, ' ');
    std::from_chars(part.data(), part.data() + part.size(), *number);
  }
  out.user = rest;
  return out;
}

}  // namespace

base::Result<std::string> Sessions::begin(const Account& account, bool proved) {
  const auto token = security::to_base64url(security::random_bytes(token_bytes));
  Session session;
  session.user = account.name;
  session.epoch = account.epoch;
  session.begun = session.seen = clock_.now();
  if (proved) session.proved = session.begun;
  session.key = key_of(token);
  const auto change = written(session);
  const auto kept = store_.keep({&change, 1}, {});
  if (!kept) return kept.error();
  base::invariant(*kept, "a token is new");
  return token;
}

base::Result<std::optional<Session>> Sessions::standing(std::string_view token) {
  const auto kept = store_.kept(session_kind, key_of(token));
  if (!kept) return kept.error();
  if (!*kept) return std::optional<Session>();
  Session session = read(**kept);
  const auto now = clock_.now();
  if (now >= later(session.seen, session_idle) || now >= later(session.begun, session_life))
    return std::optional<Session>();
  const auto account = accounts_.find(session.user);
  if (!account) return account.error();
  if (!*account || !(*account)->can_sign_in() || (*account)->epoch != session.epoch)
    return std::optional<Session>();
  session.role = (*account)->role;
  session.shown = (*account)->shown;
  return std::optional(std::move(session));
}

base::Result<std::optional<Session>> Sessions::find(std::string_view token) {
  auto session = standing(token);
  if (!session || !*session) return session;
  if (const auto now = clock_.now(); now >= later((*session)->seen, noted_every)) {
    (*session)->seen = now;
    if (auto noted = touch(**session); !noted) return noted.error();
  }
  return session;
}

/// If another request did it meanwhile, that is as good.
base::Result<void> Sessions::touch(const Session& session) {
  const auto change = written(session);
  const auto kept = store_.keep({&change, 1}, {});
  if (!kept) return kept.error();
  return {};
}

base::Result<std::string> Sessions::renew(const Session& session) {
  const auto token = security::to_base64url(security::random_bytes(token_bytes));
  Session next = session;
  next.key = key_of(token);
  next.version = 0;
  next.seen = next.proved = clock_.now();
  const auto begun = written(next);
  if (const auto kept = store_.keep({&begun, 1}, {}); !kept) return kept.error();
  if (auto ended = end(session, {}); !ended) return ended.error();
  return token;
}

base::Result<void> Sessions::end(const Session& session, const Actor& actor) {
  for (int i = 0; i < 8; ++i) {
    const auto found = store_.kept(session_kind, session.key);
    if (!found) return found.error();
    if (!*found) return {};
    const store::Keeping change{std::string(session_kind), session.key, "",
                                (*found)->version,         {},          true};
    std::vector<store::AuditRow> rows;
    if (!actor.name.empty()) rows.push_back(row_of("sign-out", actor, clock_.now(), "200", ""));
    const auto kept = store_.keep({&change, 1}, rows);
    if (!kept) return kept.error();
    if (*kept) return {};
  }
  return refusal(base::ErrorKind::unavailable, "busy", "the session is being used", "try again");
}

bool Sessions::is_proved(const Session& session) const {
  return clock_.now() < later(session.proved, proof_life);
}

std::string Sessions::csrf_token(std::string_view token) {
  const auto digest = base::KeyHash().add("csrf").add(token).digest();
  return security::to_base64url(base::bytes_of(digest));
}

}  // namespace gateway::access::people
