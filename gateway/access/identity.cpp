#include "gateway/access/identity.hpp"

#include <algorithm>
#include <string_view>

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

}  // namespace

std::string write_identity(const security::PeerIdentity& peer) {
  std::string out;
  add_all(out, 's', peer.subject);
  add_all(out, 'i', peer.issuer);
  for (const auto& name : peer.alternative_names) add(out, 'a', name);
  add(out, 'k', peer.spki_sha256);
  return out;
}

security::PeerIdentity read_identity(const std::string& text) {
  security::PeerIdentity peer;
  for (std::string_view left = text; !left.empty();) {
    const auto line = base::next_part(left, '\n');
    if (line.size() < 3) continue;
    const auto said = line.substr(2);
    if (line[0] == 's') peer.subject.push_back(attribute(said));
    if (line[0] == 'i') peer.issuer.push_back(attribute(said));
    if (line[0] == 'a') peer.alternative_names.emplace_back(said);
    if (line[0] == 'k') peer.spki_sha256 = said;
  }
  return peer;
}

}  // namespace gateway::access
