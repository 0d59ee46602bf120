#pragma once
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "gateway/access/issuing.hpp"
#include "gateway/observe/metrics.hpp"
#include "gateway/store/sqlite/engine.hpp"

#include "tests/support/files.hpp"
#include "tests/support/forge.hpp"
#include "tests/support/hand_clock.hpp"

namespace gateway::access::tests {

inline constexpr const char* base_url = "https://gateway.example/fhir";
inline constexpr const char* token_url = "https://gateway.example/auth/token";

/// What issues tokens, on a real store, with three clients: "ehr" (an ES384 key "e1", an RS384 key
/// "r1"), "registry" (a key of its own) and "server", which introspects.
class House : public testing::Test {
 protected:
  House() {
    client_keys_.give(
        "ehr", *read_key_set(::tests::key_set(::tests::jwk(ec_, "e1") + ',' + rsa().jwk("r1"))));
    client_keys_.give("registry", *read_key_set(::tests::key_set(::tests::jwk(other_, "e2"))));
    client_keys_.give("server", *read_key_set(::tests::key_set(::tests::jwk(server_, "s1"))));
  }

  std::unique_ptr<store::Store> opened() {
    auto store = store::sqlite::open({.file = folder_.path() / "gateway.db", .min_free_bytes = 1},
                                     clock_, metrics_);
    if (!store) throw std::runtime_error(store.error().text());
    return *std::move(store);
  }
  static const ::tests::RsaKey& rsa() {
    static const ::tests::RsaKey key;
    return key;
  }
  std::int64_t now() const { return clock_.now().microseconds / 1'000'000; }
  std::string header(const std::string& kid = "e1", const std::string& algorithm = "ES384") const {
    return R"({"alg":")" + algorithm + R"(","typ":"JWT","kid":")" + kid + R"("})";
  }
  /// Of a sound assertion; each call with a jti of its own.
  std::string claims(const std::string& client = "ehr", const std::string& audience = token_url,
                     int ends_in = 300) {
    return R"({"iss":")" + client + R"(","sub":")" + client + R"(","aud":")" + audience +
           R"(","exp":)" + std::to_string(now() + ends_in) + R"(,"jti":"j)" +
           std::to_string(++assertions_made_) + R"("})";
  }
  std::string assertion() { return ::tests::es384(ec_, header(), claims()); }
  ShownAssertion shown(const std::string& text) const {
    return {std::string(Assertions::jwt_bearer), text, "", "10.0.0.1"};
  }
  base::Result<Granted> ask(const std::string& text, const std::string& scope = "system/*.rs",
                            const security::PeerIdentity& peer = {}) {
    return issuing_.grant({"client_credentials", scope, shown(text), peer, "https"});
  }
  /// The code of a refusal; "" where there was none.
  static std::string code_of(const base::Result<Granted>& granted) {
    return granted ? "" : granted.error().what.substr(0, granted.error().what.find(' '));
  }
  static security::PeerIdentity with_certificate(const std::string& hash) {
    security::PeerIdentity peer;
    peer.subject = {{"CN", "ehr"}};
    peer.spki_sha256 = std::string(64, '0');
    peer.certificate_sha256 = hash;
    return peer;
  }

  ::tests::TemporaryFolder folder_;
  ::tests::HandClock clock_;
  observe::Metrics metrics_;
  std::unique_ptr<store::Store> store_ = opened();
  security::Es384Key ec_ = security::Es384Key::generate();
  security::Es384Key other_ = security::Es384Key::generate();
  security::Es384Key server_ = security::Es384Key::generate();
  int assertions_made_ = 0;
  Access access_{
      {},
      {{"ehr", *security::parse_scopes("system/*.rs system/Observation.cud"), ""},
       {"registry", *security::parse_scopes("system/Observation.rs?category=laboratory"), ""},
       {"server", *security::parse_scopes("system/Patient.r"), "resource-server"}}};
  ClientKeys client_keys_{[](const std::string&) -> base::Result<FetchedKeys> {
                            return base::Error{base::ErrorKind::unavailable, "no", "", ""};
                          },
                          clock_};
  TokenKeys keys_{{{security::Es384Key::generate(), clock_.now()}}};
  Tokens tokens_{base_url, std::chrono::seconds(300), keys_, *store_, clock_};
  Assertions assertions_{access_, client_keys_, *store_, clock_, token_url};
  std::vector<store::AuditRow> refused_;
  std::mutex refused_mutex_;
  NoteRefusal note_refusal_ = [this](store::AuditRow row) {
    const std::lock_guard lock(refused_mutex_);
    refused_.push_back(std::move(row));
  };
  Issuing issuing_{assertions_, tokens_, *store_, clock_, note_refusal_};
};

}  // namespace gateway::access::tests
