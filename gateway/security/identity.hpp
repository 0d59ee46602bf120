/// Room security (floor 1): TLS contexts, certificates, scopes: cryptography over values. Watches
/// no files, speaks no HTTP.
#pragma once
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace gateway::security {

/// Who is at the other end of a TLS connection; empty where no certificate was shown. Verified
/// against the door's client CA before anybody sees it.
struct PeerIdentity {
  /// Subject attributes in order: ("O","ImmunoGate development"), ("CN","sender").
  std::vector<std::pair<std::string, std::string>> subject;
  std::vector<std::pair<std::string, std::string>> issuer;
  std::vector<std::string> alternative_names;  // DNS and URI entries of the SAN
  std::string spki_sha256;                     // lower-case hex
  std::string certificate_sha256;              // of the whole of it, base64url (RFC 8705 §3.1)
  std::string address;  // "10.1.2.3:40112": of the socket, whether or not a certificate was shown
  bool present() const { return !subject.empty() || !spki_sha256.empty(); }
  /// "CN=sender,O=…" for audit; never parsed again.
  std::string subject_text() const;
};

/// A configured description of a certificate: every attribute named must be in the subject with
/// exactly this value; `alternative_name`, `issuer` and `spki_sha256` likewise where given
/// (INTERFACE.md §6, TRUST T7: compared whole, never as a substring).
struct CertificateRule {
  std::vector<std::pair<std::string, std::string>> subject;  // from "CN=ehr,O=Clinic"
  std::string alternative_name, spki_sha256;
  std::vector<std::pair<std::string, std::string>> issuer;
};
bool matches(const PeerIdentity& peer, const CertificateRule& rule);
/// Reads "CN=ehr,O=Clinic" (RFC 4514 escapes); empty on a grammar error.
std::vector<std::pair<std::string, std::string>> parse_distinguished_name(const std::string& text);

}  // namespace gateway::security
