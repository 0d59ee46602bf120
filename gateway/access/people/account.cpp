#include "gateway/access/people/account.hpp"

#include <algorithm>
#include <charconv>

#include "gateway/base/hash.hpp"
#include "gateway/fhir/json.hpp"
#include "gateway/fhir/writer.hpp"

namespace gateway::access::people {
namespace {

constexpr std::size_t shortest_alone = 15, shortest_with_code = 8, longest_bytes = 256;

std::int64_t number(const fhir::Json& value) {
  std::int64_t out = 0;
  std::from_chars(value.text().data(), value.text().data() + value.text().size(), out);
  return out;
}

std::string secret(const fhir::Json& value) {
  return base::base64_decode(value.text()).value_or("");
}

/// Code points of UTF-8.
std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

}  // namespace

Account read_account(const store::Kept& kept) {
  const auto read = fhir::parse_json(kept.text);
  const fhir::Json json = read ? *read : fhir::Json();
  Account out;
  out.name = kept.name;
  out.version = kept.version;
  out.shown = json["shown"].text();
  const auto role = role_of(json["role"].text());
  out.role = role.value_or(Role::reviewer);
  out.locked = json["locked"].is_true() || !role;  // what cannot be read lets nobody in
  out.password = json["password"].text();
  out.code = secret(json["code"]);
  out.new_code = secret(json["new_code"]);
  out.code_step = number(json["code_step"]);
  out.invitation = json["invitation"].text();
  out.invited_until.microseconds = number(json["invited_until"]);
  out.epoch = number(json["epoch"]);
  out.last_sign_in.microseconds = number(json["last_sign_in"]);
  return out;
}

store::Keeping write_account(const Account& account) {
  fhir::JsonWriter json;
  json.begin_object().member_if("shown", account.shown).member("role", name_of(account.role));
  json.key("locked").boolean(account.locked).member_if("password", account.password);
  json.member_if("code", base::base64(account.code));
  json.member_if("new_code", base::base64(account.new_code));
  json.key("code_step").integer(account.code_step).member_if("invitation", account.invitation);
  json.key("invited_until").integer(account.invited_until.microseconds);
  json.key("epoch").integer(account.epoch);
  json.key("last_sign_in").integer(account.last_sign_in.microseconds).end_object();
  return {std::string(account_kind), account.name, json.take(), account.version};
}

bool is_account_name(std::string_view name) {
  const auto is_letter = [](char c) { return c >= 'a' && c <= 'z'; };
  const auto is_sign = [&](char c) {
    return is_letter(c) || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_';
  };
  return name.size() >= 2 && name.size() <= 64 && is_letter(name.front()) &&
         std::ranges::all_of(name, is_sign);
}

base::Result<void> check_new_password(std::string_view password, const Account& account) {
  const auto shortest = account.code.empty() ? shortest_alone : shortest_with_code;
  if (password.size() > longest_bytes)
    return refusal(base::ErrorKind::malformed, "password-long", "the password is too long",
                   "take at most 256 bytes");
  if (characters(password) < shortest)
    return refusal(base::ErrorKind::malformed, "password-short",
                   "the password has fewer than " + std::to_string(shortest) + " characters",
                   "take a longer one: some words in a row do; beside a code 8 are enough");
  if (password.find(account.name) != password.npos && password.size() < account.name.size() + 8)
    return refusal(base::ErrorKind::malformed, "password-guessed",
                   "the password is little more than the name", "take another");
  return {};
}

store::AuditRow row_of(std::string_view event, const Actor& actor, base::Instant at,
                       std::string outcome, std::string detail) {
  store::AuditRow row{std::string(event), at, actor.name,       actor.door,
                      std::move(outcome), {}, std::move(detail)};
  row.address = actor.address;
  return row;
}

base::Error refusal(base::ErrorKind kind, std::string_view code, const std::string& why,
                    std::string remedy) {
  return {kind, std::string(code) + ' ' + why, "", std::move(remedy)};
}

}  // namespace gateway::access::people
