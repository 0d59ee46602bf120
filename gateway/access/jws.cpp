#include "gateway/access/jws.hpp"

#include <charconv>

#include "gateway/base/parts.hpp"
#include "gateway/security/base64url.hpp"

namespace gateway::access {
namespace {

constexpr std::size_t longest_token = 16 * 1024;
constexpr fhir::JsonLimits token_limits{.depth = 8, .values = 500};

base::Error wrong(std::string what) {
  return {base::ErrorKind::malformed, std::move(what), "", ""};
}

base::Result<fhir::Json> object_of(std::string_view part) {
  const auto text = security::from_base64url(part);
  if (!text) return wrong("a part is no base64url");
  auto json = fhir::parse_json(*text, token_limits);
  if (!json || !json->is_object()) return wrong("a part is no JSON object");
  return json;
}

std::optional<security::Algorithm> algorithm_of(const fhir::Json& name,
                                                std::span<const security::Algorithm> accepted) {
  for (const auto one : accepted)
    if (name.is_string() && name.text() == security::name_of(one)) return one;
  return std::nullopt;
}

/// "JWT" and "application/jwt" are the same (RFC 7515 §4.1.9).
std::string type_of(const fhir::Json& typ) {
  constexpr std::string_view prefix = "application/";
  std::string type = base::in_lower_case(typ.text());
  if (type.starts_with(prefix)) type.erase(0, prefix.size());
  return type;
}

}  // namespace

base::Result<Jws> read_jws(std::string_view token, std::span<const security::Algorithm> accepted) {
  if (token.size() > longest_token) return wrong("it is longer than 16 KiB");
  auto rest = token;
  const auto first = base::next_part(rest, '.');
  const auto second = base::next_part(rest, '.');
  if (first.empty() || second.empty() || rest.empty() || rest.find('.') != rest.npos)
    return wrong("it has not three parts");
  const auto header = object_of(first);
  if (!header) return header.error();
  Jws jws;
  const auto algorithm = algorithm_of((*header)["alg"], accepted);
  if (!algorithm) return wrong("its algorithm is none that counts here");
  if (header->has("crit")) return wrong("its header names what must be understood and is not");
  const auto& typ = (*header)["typ"];
  if (header->has("typ") && !typ.is_string()) return wrong("its type is no text");
  const auto& kid = (*header)["kid"];
  if (!kid.is_string() || kid.text().empty()) return wrong("its header names no key (kid)");
  auto claims = object_of(second);
  if (!claims) return claims.error();
  auto signature = security::from_base64url(rest);
  if (!signature) return wrong("its signature is no base64url");
  return Jws{*algorithm,
             kid.text(),
             type_of(typ),
             *std::move(claims),
             std::string(token.substr(0, first.size() + 1 + second.size())),
             *std::move(signature)};
}

std::string text_to_sign(std::string_view header, std::string_view claims) {
  return security::to_base64url(header) + '.' + security::to_base64url(claims);
}

std::string write_jws(const std::string& signed_text, std::string_view signature) {
  return signed_text + '.' + security::to_base64url(signature);
}

std::string text_claim(const fhir::Json& claims, std::string_view name) {
  const auto& claim = claims[name];
  if (claim.is_string()) return claim.text();
  if (!claim.is_array() || claim.items().size() != 1 || !claim.items()[0].is_string()) return "";
  return claim.items()[0].text();
}

std::optional<std::int64_t> time_claim(const fhir::Json& claims, std::string_view name) {
  const auto& claim = claims[name];
  if (claim.kind() != fhir::Json::Kind::number) return std::nullopt;
  const auto& digits = claim.text();
  std::int64_t seconds = 0;
  const auto* end = digits.data() + digits.size();
  const auto read = std::from_chars(digits.data(), end, seconds);
  if (read.ec != std::errc()) return std::nullopt;
  if (read.ptr == end) return seconds;
  // A fraction; but no exponent, which would make another number of what was read.
  if (*read.ptr != '.' || digits.find_first_of("eE") != digits.npos) return std::nullopt;
  return seconds;
}

}  // namespace gateway::access
