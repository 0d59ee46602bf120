#include "gateway/access/people/provider.hpp"

#include <algorithm>

#include "gateway/access/jws.hpp"
#include "gateway/base/hash.hpp"
#include "gateway/base/parts.hpp"
#include "gateway/fhir/canonical.hpp"
#include "gateway/security/base64url.hpp"
#include "gateway/security/password.hpp"
#include "gateway/security/random.hpp"
#include "gateway/security/seal.hpp"

namespace gateway::access::people {
namespace {

using base::ErrorKind;
using fhir::Json;

constexpr std::int64_t carried_seconds = 600;  // from the page to the provider and back
constexpr std::int64_t skew = 30, oldest_token = 600, just_now = 300;  // seconds
constexpr std::int64_t known_for = 3600 * base::microseconds_a_second,
                       failure_known_for = 10 * base::microseconds_a_second;
constexpr int most_finishing = 4;
constexpr std::string_view bound_to = "provider", key_name = "provider";
constexpr std::size_t longest_shown = 100;

base::Error refused(const std::string& why) {
  return refusal(ErrorKind::forbidden, "sign-in-refused", why, "sign in again");
}

base::Error away(const std::string& why) {
  return refusal(ErrorKind::unavailable, "provider-away", why,
                 "see that access.oidc names the provider, and that it answers");
}

std::string pair(std::string_view name, std::string_view value) {
  return std::string(name) + '=' + fhir::canonical::percent_encoded(value);
}

std::string random_word() {
  return security::to_base64url(security::random_bytes(32));
}

/// One of few, while it lives.
class Place {
 public:
  explicit Place(std::atomic<int>& taken) : taken_(taken), is_free_(++taken <= most_finishing) {}
  ~Place() { --taken_; }
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;
  bool is_free() const { return is_free_; }

 private:
  std::atomic<int>& taken_;
  const bool is_free_;
};

/// What the browser carries from one step to the other, sealed.
struct Carried {
  std::string state, nonce, verifier;
  std::int64_t until = 0;  // microseconds since 1970
};

std::string written(const Carried& carried) {
  return carried.state + ' ' + carried.nonce + ' ' + carried.verifier + ' ' +
         std::to_string(carried.until);
}

std::optional<Carried> read(const std::optional<std::string>& text) {
  if (!text) return std::nullopt;
  std::string_view rest = *text;
  Carried out;
  for (auto* word : {&out.state, &out.nonce, &out.verifier}) *word = base::next_part(rest, ' ');
  out.until = std::atoll(std::string(rest).c_str());
  return out;
}

/// A claim that is a text, or some.
std::vector<std::string> words_of(const Json& claim) {
  if (claim.is_string()) return {claim.text()};
  std::vector<std::string> out;
  for (const Json& one : claim.items())
    if (one.is_string()) out.push_back(one.text());
  return out;
}

bool has(const std::vector<std::string>& words, const std::string& word) {
  return std::ranges::find(words, word) != words.end();
}

/// The provider's own name for the person never changes (Core §5.7); of odd signs its hash.
std::string account_name(const std::string& subject) {
  const auto is_plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '-' || c == '_' || c == '@';
  };
  if (subject.size() <= 100 && std::ranges::all_of(subject, is_plain)) return "oidc:" + subject;
  const auto digest = base::sha256(subject);
  return "oidc:sha256-" + base::hex(base::bytes_of(digest));
}

}  // namespace

Provider::Provider(ProviderSettings settings, Accounts& accounts, AskProvider ask, FetchKeys fetch,
                   std::string seal_key)
    : settings_(std::move(settings)),
      accounts_(accounts),
      clock_(accounts.clock()),
      ask_(std::move(ask)),
      seal_key_(std::move(seal_key)),
      keys_(std::move(fetch), clock_),
      addresses_(20, std::chrono::minutes(10), clock_) {}

/// OpenID Connect Discovery 1.0 §4; its issuer must be the one that was configured (§4.3).
base::Result<Provider::Endpoints> Provider::discovered() const {
  const bool has_slash = settings_.issuer.ends_with('/');
  const std::string url =
      settings_.issuer + (has_slash ? "" : "/") + ".well-known/openid-configuration";
  const auto answer = ask_({url, "", ""});
  if (!answer) return away(answer.error().what);
  const auto json = fhir::parse_json(answer->second);
  if (answer->first != 200 || !json) return away("the provider's configuration cannot be read");
  if ((*json)["issuer"].text() != settings_.issuer)
    return away("the provider calls itself by another name (issuer)");
  Endpoints out{(*json)["authorization_endpoint"].text(), (*json)["token_endpoint"].text(),
                (*json)["jwks_uri"].text()};
  for (const auto* one : {&out.authorization, &out.token, &out.keys})
    if (!one->starts_with("https://")) return away("an endpoint of the provider is not https");
  return out;
}

/// One asks, nobody waits for it, and a failure is remembered: whoever comes meanwhile must not
/// hold a thread of the door each.
base::Result<Provider::Endpoints> Provider::endpoints() {
  std::unique_lock lock(mutex_);
  if (const auto now = clock_.steady_microseconds(); now < known_until_) {
    if (!known_.token.empty()) return known_;
    return away("it did not answer a moment ago");
  }
  if (asks_) return away("it is being asked");
  asks_ = true;
  lock.unlock();
  auto found = discovered();
  lock.lock();
  asks_ = false;
  const auto now = clock_.steady_microseconds();
  if (!found) {
    known_ = {};
    known_until_ = now + failure_known_for;
    return found.error();
  }
  if (found->keys != known_.keys)
    keys_.give_url(std::string(key_name), found->keys, settings_.algorithm);
  known_ = *std::move(found);
  known_until_ = now + known_for;
  return known_;
}

base::Result<Provider::Begun> Provider::begin(bool anew) {
  const auto known = endpoints();
  if (!known) return known.error();
  const Carried carried{random_word(), random_word(), random_word(),
                        clock_.now().microseconds + carried_seconds * base::microseconds_a_second};
  const auto challenge = base::sha256(carried.verifier);
  std::string acr;
  for (const auto& one : settings_.acr) acr += (acr.empty() ? "" : " ") + one;
  std::string url = known->authorization;
  url += url.find('?') == url.npos ? '?' : '&';
  url += "response_type=code&" + pair("client_id", settings_.client_id) + '&' +
         pair("redirect_uri", settings_.redirect_uri) + '&' + pair("scope", settings_.scopes) +
         '&' + pair("state", carried.state) + '&' + pair("nonce", carried.nonce) + '&' +
         pair("code_challenge", security::to_base64url(base::bytes_of(challenge))) +
         "&code_challenge_method=S256&" + pair("acr_values", acr);
  url += anew ? "&prompt=login&max_age=0" : "&max_age=86400";  // so that auth_time is told
  return Begun{url, security::seal(seal_key_, written(carried), bound_to)};
}

/// RFC 6749 §4.1.3, with the secret as in §2.3.1.
base::Result<std::string> Provider::id_token(const Returned& returned,
                                             const std::string& verifier) {
  const auto known = endpoints();
  if (!known) return known.error();
  const auto credentials = fhir::canonical::percent_encoded(settings_.client_id) + ':' +
                           fhir::canonical::percent_encoded(settings_.client_secret);
  const auto answer = ask_({known->token, "Basic " + base::base64(credentials),
                            "grant_type=authorization_code&" + pair("code", returned.code) + '&' +
                                pair("redirect_uri", settings_.redirect_uri) + '&' +
                                pair("code_verifier", verifier)});
  if (!answer) return away(answer.error().what);
  const auto json = fhir::parse_json(answer->second);
  if (answer->first >= 500) return away("the provider failed at its token endpoint");
  if (answer->first != 200 || !json || (*json)["id_token"].text().empty())
    return refused("the provider gives no token for this sign-in");
  return (*json)["id_token"].text();
}

base::Result<void> Provider::check_claims(const Json& claims, const std::string& nonce) const {
  const auto audience = words_of(claims["aud"]);
  const auto now = clock_.now().microseconds / base::microseconds_a_second;
  const auto ends = time_claim(claims, "exp"), issued = time_claim(claims, "iat");
  if (claims["iss"].text() != settings_.issuer) return refused("the token is of another issuer");
  if (!has(audience, settings_.client_id) ||
      (audience.size() > 1 && claims["azp"].text() != settings_.client_id) ||
      (claims.has("azp") && claims["azp"].text() != settings_.client_id))
    return refused("the token is for somebody else (aud)");
  if (!ends || *ends <= now - skew) return refused("the token's time is over");
  if (!issued || *issued > now + skew || *issued < now - oldest_token)
    return refused("the token is of another time (iat)");
  if (!security::equal_secrets(claims["nonce"].text(), nonce))
    return refused("the token is of another sign-in (nonce)");
  if (!has(settings_.acr, claims["acr"].text()))
    return refused("the person did not prove it in a way that is asked for here (acr)");
  const auto& subject = claims["sub"].text();
  if (subject.empty() || subject.size() > 255) return refused("the token names nobody (sub)");
  return {};
}

base::Result<Provider::Person> Provider::person_of(const std::string& token,
                                                   const std::string& nonce) {
  const auto jws = read_jws(token, {&settings_.algorithm, 1});
  if (!jws) return refused("the provider's token: " + jws.error().what);
  const auto key = keys_.find(std::string(key_name), jws->key_id, jws->algorithm);
  if (!key && key.error().kind == ErrorKind::unavailable)
    return away("the provider's keys cannot be fetched");
  if (!key || !key->verifies(jws->signed_text, jws->signature))
    return refused("no key of the provider signed the token");
  const Json& claims = jws->claims;
  if (auto fine = check_claims(claims, nonce); !fine) return fine.error();
  std::string shown = claims["name"].text();
  if (shown.empty()) shown = claims["preferred_username"].text();
  if (shown.size() > longest_shown) shown.clear();
  const auto groups = words_of(claims[settings_.claim]);
  const auto proved = time_claim(claims, "auth_time");
  const auto role = std::ranges::find_if(settings_.roles,
                                         [&](const auto& one) { return has(groups, one.first); });
  return Person{
      account_name(claims["sub"].text()), shown,
      role == settings_.roles.end() ? std::nullopt : std::optional(role->second),
      proved && *proved > clock_.now().microseconds / base::microseconds_a_second - just_now};
}

base::Result<Account> Provider::account_of(const Person& person, const Actor& from) {
  const Actor actor{person.name, from.address, from.door};
  const auto now = clock_.now();
  if (!person.role) {
    const auto ended = accounts_.change(person.name, [](Account& account) {
      ++account.epoch;
      return base::Result<Accounts::Also>(Accounts::Also{});
    });
    if (!ended && ended.error().kind == ErrorKind::unavailable) return ended.error();
    return refusal(ErrorKind::forbidden, "no-role", "none of your groups has a role here",
                   "ask for a group that access.oidc.roles names");
  }
  const auto sign_in = row_of("sign-in", actor, now, "200", "by the identity provider");
  Account fresh;
  fresh.name = person.name;
  fresh.shown = person.shown;
  fresh.role = *person.role;
  fresh.last_sign_in = now;
  const auto made = write_account(fresh);
  const store::AuditRow rows[] = {
      row_of("user-added", actor, now, "200",
             person.name + " role " + std::string(name_of(*person.role)) + " by its provider"),
      sign_in};
  const auto kept = accounts_.store().keep({&made, 1}, rows);
  if (!kept) return kept.error();
  return accounts_.change(person.name, [&](Account& account) -> base::Result<Accounts::Also> {
    if (account.locked) return refused("the account is locked here");
    Accounts::Also out;
    if (!*kept) out.rows.push_back(sign_in);
    if (account.role != *person.role) {
      out.rows.push_back(row_of("user-role", actor, now, "200",
                                person.name + " from " + std::string(name_of(account.role)) +
                                    " to " + std::string(name_of(*person.role))));
      account.role = *person.role;
      ++account.epoch;
    }
    account.shown = person.shown;
    account.last_sign_in = now;
    return out;
  });
}

base::Result<Provider::Entered> Provider::finished(const Returned& returned, const Actor& from) {
  const auto carried = read(security::unseal(seal_key_, returned.carried, bound_to));
  const auto now = clock_.now();
  if (!carried || carried->state.empty() || carried->until <= now.microseconds ||
      !security::equal_secrets(carried->state, returned.state))
    return refused("this sign-in was not begun here, or too long ago");
  if (!returned.issuer.empty() && returned.issuer != settings_.issuer)  // RFC 9207
    return refused("another provider answered");
  const auto fresh =
      accounts_.store().spend({"provider-state", carried->state, {carried->until}}, {});
  if (!fresh) return fresh.error();
  if (!*fresh) return refused("this sign-in was used before");
  const auto token = id_token(returned, carried->verifier);
  if (!token) return token.error();
  const auto person = person_of(*token, carried->nonce);
  if (!person) return person.error();
  auto account = account_of(*person, from);
  if (!account) return account.error();
  return Entered{*std::move(account), person->proved};
}

/// Each refusal is a row of the trail, and each may wait for the provider: both are bounded by who
/// asks, since anybody may.
base::Result<Provider::Entered> Provider::finish(const Returned& returned, const Actor& from) {
  if (addresses_.too_many(from.address))
    return refusal(ErrorKind::forbidden, "slow-down", "too many attempts failed",
                   "wait some minutes");
  const Place place(finishing_);
  if (!place.is_free()) return away("many sign in at this moment");
  auto done = finished(returned, from);
  if (done || done.error().kind != ErrorKind::forbidden) return done;
  addresses_.count(from.address);
  const auto row = row_of("sign-in-refused", {"anonymous", from.address, from.door}, clock_.now(),
                          "401", "by the identity provider: " + done.error().what);
  if (auto noted = accounts_.store().audit({&row, 1}); !noted) return noted.error();
  return done;
}

}  // namespace gateway::access::people
