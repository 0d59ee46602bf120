#include "gateway/access/identity.hpp"

#include <algorithm>
#include <string_view>

#include "gateway/access/tokens.hpp"
#include "gateway/base/parts.hpp"

namespace gateway::access {
namespace {

using Attributes = std::vector<std::pair<std::string, std::string>>;

// A line each: a letter, a blank, the text; of attributes also the name and `=`. No attribute holds
// a line break: what has one is not kept, and then no grant matches.
void add(std::string& out, char kind, const std::string& text) {
  if (text.empty() || text.find('\n') != text.npos) return;
  if (!out.empty()) out += '\n';
  (((out += kind) += ' ') += text);
}

void add_all(std::string& out, char kind, const Attributes& attributes) {
  for (const auto& [name, value] : attributes) add(out, kind, name + '=' + value);
}

std::pair<std::string, std::string> attribute(std::string_view text) {
  const auto equals = std::min(text.find('='), text.size());
  return {std::string(text.substr(0, equals)),
          std::string(text.substr(std::min(equals + 1, text.size())))};
}

base::Error refused(const std::string& why) {
  return {base::ErrorKind::forbidden, "token-invalid " + why, "",
          "send `Authorization: Bearer TOKEN` once, with a token of this gateway"};
}

}  // namespace

base::Result<Identity> shown(const security::PeerIdentity& peer, std::string_view authorization,
                             const Tokens* tokens) {
  Identity identity(peer);
  if (authorization.empty()) return identity;
  constexpr std::string_view scheme = "bearer ";
  if (base::in_lower_case(authorization.substr(0, scheme.size())) != scheme)
    return refused("credentials of this kind are not taken here");
  if (tokens == nullptr) return refused("this gateway issues no tokens");
  authorization.remove_prefix(scheme.size());
  while (authorization.starts_with(' ')) authorization.remove_prefix(1);
  auto token = tokens->verify(authorization, peer);
  if (!token) return token.error();
  identity.client = std::move(token->client);
  identity.scopes = std::move(token->scopes);
  identity.token = std::move(token->id);
  return identity;
}

std::string write_identity(const Identity& identity) {
  std::string out;
  const auto& peer = identity.peer;
  add_all(out, 's', peer.subject);
  add_all(out, 'i', peer.issuer);
  for (const auto& name : peer.alternative_names) add(out, 'a', name);
  add(out, 'k', peer.spki_sha256);
  add(out, 'c', identity.client);
  // A token may ask for less than its client has; without one of its scopes it may nothing.
  if (!identity.client.empty()) add(out, 't', security::to_text(identity.scopes));
  return out;
}

Identity read_identity(const std::string& text) {
  Identity identity;
  auto& peer = identity.peer;
  for (std::string_view left = text; !left.empty();) {
    const auto line = base::next_part(left, '\n');
    if (line.size() < 3) continue;
    const auto said = line.substr(2);
    if (line[0] == 's') peer.subject.push_back(attribute(said));
    if (line[0] == 'i') peer.issuer.push_back(attribute(said));
    if (line[0] == 'a') peer.alternative_names.emplace_back(said);
    if (line[0] == 'k') peer.spki_sha256 = said;
    if (line[0] == 'c') identity.client = said;
    if (line[0] == 't')
      if (auto scopes = security::parse_scopes(said)) identity.scopes = *std::move(scopes);
  }
  return identity;
}

}  // namespace gateway::access
