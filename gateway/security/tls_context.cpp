#include "gateway/security/tls_context.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <limits>
#include <optional>
#include <string_view>
#include <system_error>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "gateway/base/hash.hpp"
#include "gateway/security/base64url.hpp"
#include "gateway/security/tls_profile.hpp"

namespace gateway::security {

namespace {

base::Error problem(std::string what, const std::filesystem::path& file, std::string remedy) {
  return {base::ErrorKind::configuration, std::move(what), file.string(), std::move(remedy)};
}

std::string openssl_reason() {
  const char* reason = ERR_reason_error_string(ERR_peek_last_error());
  return reason == nullptr ? "unknown reason" : reason;
}

/// A file that cannot even be opened gets the system's own word for it.
base::Result<void> readable(const std::filesystem::path& file, const char* role) {
  if (file.empty()) {
    return problem(std::string(role) + " is not named", file, "name its PEM file in `tls`");
  }
  std::error_code error;
  if (std::filesystem::is_directory(file, error)) {
    return problem(std::string(role) + " is a folder", file, "name the PEM file itself");
  }
  std::FILE* opened = std::fopen(file.c_str(), "rb");
  if (opened == nullptr) {
    const auto why = std::generic_category().message(errno);
    return problem(std::string(role) + " cannot be read (" + why + ")", file,
                   "correct the path or its mode; certs/make-dev-certs makes development ones");
  }
  std::fclose(opened);
  return {};
}

/// Nobody is at the terminal: a key with a passphrase is refused instead of asked for.
int no_passphrase(char*, int, int, void*) {
  return 0;
}

/// An authority between the root and a client need have no list of its own; who issued the client
/// must.
bool is_forgiven(X509_STORE_CTX* store, bool believe_old_crl) {
  const int error = X509_STORE_CTX_get_error(store);
  if (error == X509_V_ERR_UNABLE_TO_GET_CRL) return X509_STORE_CTX_get_error_depth(store) > 0;
  return error == X509_V_ERR_CRL_HAS_EXPIRED && believe_old_crl;
}

/// OpenSSL lets a certificate without extended key usage do anything; we do not (TRUST T7).
template <bool believe_old_crl>
int judge_client(int verified, X509_STORE_CTX* store) {
  if (verified != 1) {
    if (!is_forgiven(store, believe_old_crl)) return 0;
    X509_STORE_CTX_set_error(store, X509_V_OK);
    return 1;
  }
  if (X509_STORE_CTX_get_error_depth(store) != 0) return 1;
  X509* certificate = X509_STORE_CTX_get_current_cert(store);
  const bool names_usage = (X509_get_extension_flags(certificate) & EXFLAG_XKUSAGE) != 0;
  if (names_usage && (X509_get_extended_key_usage(certificate) & XKU_SSL_CLIENT) != 0) return 1;
  X509_STORE_CTX_set_error(store, X509_V_ERR_INVALID_PURPOSE);
  return 0;
}

base::Result<void> apply_profile(SSL_CTX* context) {
  const bool set = SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) == 1 &&
                   SSL_CTX_set_max_proto_version(context, TLS1_3_VERSION) == 1 &&
                   SSL_CTX_set_cipher_list(context, ciphers_of_1_2) == 1 &&
                   SSL_CTX_set_ciphersuites(context, ciphers_of_1_3) == 1 &&
                   SSL_CTX_set1_groups_list(context, groups) == 1;
  if (!set)
    return problem("OpenSSL refuses our TLS profile: " + openssl_reason(), {}, "use OpenSSL 3");
  SSL_CTX_set_security_level(context, 2);  // RSA ≥ 2048, SHA-256 and better
  SSL_CTX_clear_options(context, SSL_OP_LEGACY_SERVER_CONNECT | SSL_OP_IGNORE_UNEXPECTED_EOF);
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                   SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_NO_TICKET);
  // A resumed session would skip the chain: until it is re-checked there, none is resumed (T6).
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_num_tickets(context, 0);
  SSL_CTX_set_max_early_data(context, 0);
  // Idle connections are many and legitimate: they hold no record buffers.
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_default_passwd_cb(context, no_passphrase);
  return {};
}

base::Result<void> use_own_certificate(SSL_CTX* context, const TlsFiles& files) {
  if (auto there = readable(files.certificate, "certificate"); !there) return there.error();
  if (auto there = readable(files.key, "key"); !there) return there.error();
  ERR_clear_error();
  if (SSL_CTX_use_certificate_chain_file(context, files.certificate.c_str()) != 1) {
    return problem("certificate cannot be used (" + openssl_reason() + ")", files.certificate,
                   "give a PEM certificate, P-256, P-384 or RSA of 2048 bits and more");
  }
  // The private key is compared with the certificate when it is set, and fails as if it were
  // broken.
  ERR_clear_error();
  if (SSL_CTX_use_PrivateKey_file(context, files.key.c_str(), SSL_FILETYPE_PEM) != 1) {
    const auto reason = ERR_GET_REASON(ERR_peek_last_error());
    if (reason == X509_R_KEY_VALUES_MISMATCH || reason == X509_R_KEY_TYPE_MISMATCH) {
      return problem("key does not belong to the certificate " + files.certificate.string(),
                     files.key, "name the key the certificate was requested with");
    }
    return problem("key cannot be used (" + openssl_reason() + ")", files.key,
                   "give a PEM private key without a passphrase");
  }
  if (SSL_CTX_check_private_key(context) != 1) {
    return problem("key does not belong to the certificate " + files.certificate.string(),
                   files.key, "name the key the certificate was requested with");
  }
  return {};
}

base::Result<void> believe(SSL_CTX* context, const std::filesystem::path& ca) {
  if (auto there = readable(ca, "certificate authority"); !there) return there.error();
  // A library's context may hold authorities already: ours replace them.
  SSL_CTX_set_cert_store(context, X509_STORE_new());
  ERR_clear_error();
  if (SSL_CTX_load_verify_file(context, ca.c_str()) != 1) {
    return problem("certificate authority cannot be used (" + openssl_reason() + ")", ca,
                   "give a PEM file with the certificates of the authorities to believe");
  }
  return {};
}

/// Takes in what was revoked; from then on it is asked of every certificate of a chain.
base::Result<void> heed_revocations(SSL_CTX* context, const std::filesystem::path& crl) {
  if (auto there = readable(crl, "revocation list"); !there) return there.error();
  ERR_clear_error();
  X509_STORE* store = SSL_CTX_get_cert_store(context);
  X509_LOOKUP* lookup = X509_STORE_add_lookup(store, X509_LOOKUP_file());
  if (lookup == nullptr || X509_load_crl_file(lookup, crl.c_str(), X509_FILETYPE_PEM) < 1) {
    return problem("revocation list cannot be used (" + openssl_reason() + ")", crl,
                   "give a PEM file with the lists of the authorities in `client_ca`");
  }
  X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(context),
                              X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL);
  return {};
}

/// An address is compared with the addresses of a certificate, a name with its names.
bool expect_host(SSL_CTX* context, const std::string& host) {
  auto* parameters = SSL_CTX_get0_param(context);
  X509_VERIFY_PARAM_set_hostflags(
      parameters, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
  if (host.empty()) return true;
  if (X509_VERIFY_PARAM_set1_ip_asc(parameters, host.c_str()) == 1) return true;
  return X509_VERIFY_PARAM_set1_host(parameters, host.data(), host.size()) == 1;
}

std::vector<std::pair<std::string, std::string>> attributes_of(const X509_NAME* name) {
  std::vector<std::pair<std::string, std::string>> attributes;
  for (int i = 0; i < X509_NAME_entry_count(name); ++i) {
    const X509_NAME_ENTRY* entry = X509_NAME_get_entry(name, i);
    const ASN1_OBJECT* object = X509_NAME_ENTRY_get_object(entry);
    const int nid = OBJ_obj2nid(object);
    char dotted[128];
    std::string type;
    if (nid != NID_undef) {
      type = OBJ_nid2sn(nid);
    } else if (OBJ_obj2txt(dotted, sizeof dotted, object, 1) > 0) {
      type = dotted;
    }
    unsigned char* utf8 = nullptr;
    const int length = ASN1_STRING_to_UTF8(&utf8, X509_NAME_ENTRY_get_data(entry));
    if (length < 0) continue;
    attributes.emplace_back(std::move(type), std::string(reinterpret_cast<char*>(utf8),
                                                         static_cast<std::size_t>(length)));
    OPENSSL_free(utf8);
  }
  return attributes;
}

struct FreeNames {
  void operator()(GENERAL_NAMES* names) const noexcept { GENERAL_NAMES_free(names); }
};

std::vector<std::string> names_of(const X509* certificate) {
  std::vector<std::string> out;
  const std::unique_ptr<GENERAL_NAMES, FreeNames> names(static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
  if (!names) return out;
  for (int i = 0; i < sk_GENERAL_NAME_num(names.get()); ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(names.get(), i);
    const ASN1_IA5STRING* text = nullptr;
    if (name->type == GEN_DNS) text = name->d.dNSName;
    if (name->type == GEN_URI) text = name->d.uniformResourceIdentifier;
    if (text == nullptr) continue;
    out.emplace_back(reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
                     static_cast<std::size_t>(ASN1_STRING_length(text)));
  }
  return out;
}

std::string key_hash_of(const X509* certificate) {
  unsigned char* der = nullptr;
  const int length = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &der);
  if (length <= 0) return {};
  const auto digest =
      base::sha256({reinterpret_cast<const char*>(der), static_cast<std::size_t>(length)});
  OPENSSL_free(der);
  return base::hex(base::bytes_of(digest));
}

struct FreeCertificate {
  void operator()(X509* certificate) const noexcept { X509_free(certificate); }
};
struct FreeBio {
  void operator()(BIO* bio) const noexcept { BIO_free(bio); }
};
struct FreeRevocations {
  void operator()(X509_CRL* list) const noexcept { X509_CRL_free(list); }
};
struct FreeVerification {
  void operator()(X509_STORE_CTX* verification) const noexcept {
    X509_STORE_CTX_free(verification);
  }
};

base::Instant instant_of(const std::tm& utc) {
  const auto days = base::days_from_civil(utc.tm_year + 1900, static_cast<unsigned>(utc.tm_mon + 1),
                                          static_cast<unsigned>(utc.tm_mday));
  const auto seconds = ((days * 24 + utc.tm_hour) * 60 + utc.tm_min) * 60 + utc.tm_sec;
  return base::Instant{seconds * 1'000'000};
}

base::Result<void> configure_server(SSL_CTX* context, const TlsFiles& files,
                                    ClientCertificate clients) {
  if (auto done = apply_profile(context); !done) return done.error();
  if (auto done = use_own_certificate(context, files); !done) return done.error();
  if (auto done = believe(context, files.ca); !done) return done.error();
  if (!files.crl.empty())
    if (auto done = heed_revocations(context, files.crl); !done) return done.error();
  // What a client is told to choose its certificate by.
  SSL_CTX_set_client_CA_list(context, SSL_load_client_CA_file(files.ca.c_str()));
  SSL_CTX_set_purpose(context, X509_PURPOSE_SSL_CLIENT);
  int mode = SSL_VERIFY_PEER;
  if (clients == ClientCertificate::required) mode |= SSL_VERIFY_FAIL_IF_NO_PEER_CERT;
  SSL_CTX_set_verify(context, mode,
                     files.believe_old_crl ? judge_client<true> : judge_client<false>);
  return {};
}

}  // namespace

base::Result<void> configure_client(SSL_CTX* context, const TlsFiles& files,
                                    const std::string& host) {
  if (auto done = apply_profile(context); !done) return done.error();
  if (!files.certificate.empty() || !files.key.empty()) {
    if (auto done = use_own_certificate(context, files); !done) return done.error();
  }
  if (files.ca.empty()) {
    SSL_CTX_set_default_verify_paths(context);
  } else if (auto done = believe(context, files.ca); !done) {
    return done.error();
  }
  SSL_CTX_set_purpose(context, X509_PURPOSE_SSL_SERVER);
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
  if (!expect_host(context, host)) {
    return problem("host name `" + host + "` cannot be verified", {}, "correct the target's url");
  }
  return {};
}

base::Result<TlsContext> server_context(const TlsFiles& files, ClientCertificate clients) {
  TlsContext context(SSL_CTX_new(TLS_server_method()));
  if (auto done = configure_server(context.get(), files, clients); !done) return done.error();
  return context;
}

base::Result<TlsContext> client_context(const TlsFiles& files, const std::string& host) {
  TlsContext context(SSL_CTX_new(TLS_client_method()));
  if (auto done = configure_client(context.get(), files, host); !done) return done.error();
  return context;
}

bool still_believes(SSL_CTX* context, const SSL* connection) {
  X509* certificate = SSL_get0_peer_certificate(connection);
  if (certificate == nullptr) return true;
  const std::unique_ptr<X509_STORE_CTX, FreeVerification> verification(X509_STORE_CTX_new());
  if (!verification ||
      X509_STORE_CTX_init(verification.get(), SSL_CTX_get_cert_store(context), certificate,
                          SSL_get_peer_cert_chain(connection)) != 1 ||
      X509_STORE_CTX_set_default(verification.get(), "ssl_client") != 1)
    return false;
  X509_VERIFY_PARAM* parameters = X509_STORE_CTX_get0_param(verification.get());
  X509_VERIFY_PARAM_set1(parameters, SSL_CTX_get0_param(context));
  X509_VERIFY_PARAM_set_auth_level(parameters, SSL_CTX_get_security_level(context));
  X509_STORE_CTX_set_verify_cb(verification.get(), SSL_CTX_get_verify_callback(context));
  return X509_verify_cert(verification.get()) == 1;
}

PeerIdentity peer_of(const SSL* connection) {
  const X509* certificate = SSL_get0_peer_certificate(connection);
  if (certificate == nullptr || SSL_get_verify_result(connection) != X509_V_OK) return {};
  return identity_of(certificate);
}

std::string shown_certificate(const SSL* connection) {
  const X509* certificate = SSL_get0_peer_certificate(connection);
  const auto* chain = SSL_get0_verified_chain(connection);  // of a refused one too, leaf first
  if (certificate == nullptr && sk_X509_num(chain) > 0) certificate = sk_X509_value(chain, 0);
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int length = 0;
  if (certificate == nullptr || X509_digest(certificate, EVP_sha256(), digest, &length) != 1)
    return {};
  return base::hex({reinterpret_cast<const char*>(digest), std::min(length, 8U)});
}

PeerIdentity identity_of(const X509* certificate) {
  PeerIdentity identity;
  identity.subject = attributes_of(X509_get_subject_name(certificate));
  identity.issuer = attributes_of(X509_get_issuer_name(certificate));
  identity.alternative_names = names_of(certificate);
  identity.spki_sha256 = key_hash_of(certificate);
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int length = 0;
  if (X509_digest(certificate, EVP_sha256(), digest, &length) == 1)
    identity.certificate_sha256 = to_base64url({reinterpret_cast<const char*>(digest), length});
  return identity;
}

base::Result<CertificateFacts> certificate_facts(const std::filesystem::path& file) {
  if (auto there = readable(file, "certificate"); !there) return there.error();
  ERR_clear_error();
  const std::unique_ptr<BIO, FreeBio> bio(BIO_new_file(file.c_str(), "rb"));
  const std::unique_ptr<X509, FreeCertificate> certificate(
      bio ? PEM_read_bio_X509(bio.get(), nullptr, no_passphrase, nullptr) : nullptr);
  if (!certificate) {
    return problem("certificate cannot be read (" + openssl_reason() + ")", file,
                   "give a PEM certificate");
  }
  std::tm end{};
  if (ASN1_TIME_to_tm(X509_get0_notAfter(certificate.get()), &end) != 1) {
    return problem("certificate says no end of validity", file, "have it issued again");
  }
  CertificateFacts facts;
  facts.not_after = instant_of(end);
  facts.identity = identity_of(certificate.get());
  for (const auto& [type, value] : facts.identity.subject) {
    if (type == "O" && value == "ImmunoGate development") facts.development = true;
  }
  return facts;
}

base::Result<base::Instant> revocation_list_end(const std::filesystem::path& file) {
  if (auto there = readable(file, "revocation list"); !there) return there.error();
  const std::unique_ptr<BIO, FreeBio> bio(BIO_new_file(file.c_str(), "rb"));
  std::optional<base::Instant> first;
  while (bio) {
    const std::unique_ptr<X509_CRL, FreeRevocations> list(
        PEM_read_bio_X509_CRL(bio.get(), nullptr, no_passphrase, nullptr));
    if (!list) break;
    std::tm end{};
    if (X509_CRL_get0_nextUpdate(list.get()) == nullptr) continue;  // it never ends
    if (ASN1_TIME_to_tm(X509_CRL_get0_nextUpdate(list.get()), &end) == 1)
      first = std::min(first.value_or(instant_of(end)), instant_of(end));
  }
  ERR_clear_error();
  return first.value_or(base::Instant{std::numeric_limits<std::int64_t>::max()});
}

}  // namespace gateway::security
