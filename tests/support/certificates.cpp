#include "tests/support/certificates.hpp"

#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <memory>
#include <stdexcept>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

namespace tests {

namespace {

struct Free {
  void operator()(X509* p) const { X509_free(p); }
  void operator()(EVP_PKEY* p) const { EVP_PKEY_free(p); }
  void operator()(X509_EXTENSION* p) const { X509_EXTENSION_free(p); }
  void operator()(std::FILE* p) const { std::fclose(p); }
};
using Certificate = std::unique_ptr<X509, Free>;
using Key = std::unique_ptr<EVP_PKEY, Free>;
using File = std::unique_ptr<std::FILE, Free>;

template <class T>
T* made(T* thing, const char* what) {
  if (thing == nullptr) throw std::runtime_error(std::string("cannot make ") + what);
  return thing;
}

File open(const std::filesystem::path& path, const char* mode) {
  return File(made(std::fopen(path.c_str(), mode), path.c_str()));
}

Certificate begin(const CertificateWish& wish, EVP_PKEY* key) {
  Certificate certificate(made(X509_new(), "a certificate"));
  X509_set_version(certificate.get(), X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), std::rand() + 1L);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), wish.begins_in_days * 86'400L);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), wish.ends_in_days * 86'400L);
  X509_set_pubkey(certificate.get(), key);
  auto* subject = X509_get_subject_name(certificate.get());
  const auto add = [&](const char* type, const std::string& value) {
    X509_NAME_add_entry_by_txt(subject, type, MBSTRING_UTF8,
                               reinterpret_cast<const unsigned char*>(value.data()),
                               static_cast<int>(value.size()), -1, 0);
  };
  add("O", "ImmunoGate development");
  add("CN", wish.name);
  return certificate;
}

void extend(X509* certificate, int nid, const std::string& value) {
  if (value.empty()) return;
  const std::unique_ptr<X509_EXTENSION, Free> extension(
      made(X509V3_EXT_conf_nid(nullptr, nullptr, nid, value.c_str()), value.c_str()));
  X509_add_ext(certificate, extension.get(), -1);
}

void write(const Certificates& where, const std::string& name, X509* certificate, EVP_PKEY* key) {
  PEM_write_X509(open(where.certificate(name), "wb").get(), certificate);
  PEM_write_PrivateKey(open(where.key(name), "wb").get(), key, nullptr, nullptr, 0, nullptr,
                       nullptr);
}

Key new_key() {
  return Key(made(EVP_EC_gen("P-256"), "a key"));
}

void make_other_authority(const Certificates& where) {
  const Key key = new_key();
  const Certificate certificate = begin({.name = "other-ca"}, key.get());
  X509_set_issuer_name(certificate.get(), X509_get_subject_name(certificate.get()));
  extend(certificate.get(), NID_basic_constraints, "critical,CA:TRUE");
  extend(certificate.get(), NID_key_usage, "critical,keyCertSign");
  X509_sign(certificate.get(), key.get(), EVP_sha256());
  write(where, "other-ca", certificate.get(), key.get());
}

}  // namespace

Certificates::Certificates() {
  const std::string command = (source_dir() / "certs" / "make-dev-certs").string() + " " +
                              folder_.path().string() + " > /dev/null";
  if (std::system(command.c_str()) != 0) throw std::runtime_error(command + " failed");
  make_other_authority(*this);
}

void Certificates::make(const CertificateWish& wish) const {
  const std::string authority = wish.by_another_authority ? "other-ca" : "ca";
  const Certificate issuer(
      made(PEM_read_X509(open(certificate(authority), "rb").get(), nullptr, nullptr, nullptr),
           "issuer"));
  const Key issuer_key(
      made(PEM_read_PrivateKey(open(key(authority), "rb").get(), nullptr, nullptr, nullptr),
           "issuer's key"));
  const Key own = new_key();
  const Certificate made_one = begin(wish, own.get());
  X509_set_issuer_name(made_one.get(), X509_get_subject_name(issuer.get()));
  extend(made_one.get(), NID_basic_constraints, "critical,CA:FALSE");
  extend(made_one.get(), NID_ext_key_usage, wish.usage);
  extend(made_one.get(), NID_subject_alt_name, wish.alternative_names);
  X509_sign(made_one.get(), issuer_key.get(), EVP_sha256());
  write(*this, wish.name, made_one.get(), own.get());
}

const Certificates& certificates() {
  static const Certificates all;
  return all;
}

}  // namespace tests
