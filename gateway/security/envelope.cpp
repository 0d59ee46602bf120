#include "gateway/security/envelope.hpp"

#include <limits>

#include <openssl/cms.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "gateway/security/openssl_owned.hpp"

namespace gateway::security {
namespace {

struct FreeStack {
  void operator()(STACK_OF(X509) * p) const noexcept { sk_X509_pop_free(p, X509_free); }
};
struct FreeCms {
  void operator()(CMS_ContentInfo* p) const noexcept { CMS_ContentInfo_free(p); }
};
using Cms = std::unique_ptr<CMS_ContentInfo, FreeCms>;

Owned<BIO> source(std::string_view bytes) {
  if (bytes.size() > std::numeric_limits<int>::max()) return nullptr;
  return Owned<BIO>(BIO_new_mem_buf(bytes.data(), static_cast<int>(bytes.size())));
}

std::string taken(BIO* memory) {
  char* data = nullptr;
  const auto size = BIO_get_mem_data(memory, &data);
  return size > 0 ? std::string(data, static_cast<std::size_t>(size)) : std::string();
}

base::Error unusable(const std::filesystem::path& file, std::string what, std::string remedy) {
  return {base::ErrorKind::configuration, std::move(what), file.string(), std::move(remedy)};
}

}  // namespace

struct Sealer::State {
  std::unique_ptr<STACK_OF(X509), FreeStack> recipients{sk_X509_new_null()};
};

base::Result<Sealer> Sealer::read(const std::filesystem::path& certificate) {
  auto state = std::make_shared<State>();
  const Owned<BIO> in(BIO_new_file(certificate.c_str(), "r"));
  X509* const read = in ? PEM_read_bio_X509(in.get(), nullptr, nullptr, nullptr) : nullptr;
  if (read == nullptr || sk_X509_push(state->recipients.get(), read) == 0)
    return unusable(certificate, "no certificate can be read",
                    "name the PEM certificate of who may open it");
  Sealer out;
  out.state_ = std::move(state);
  return out;
}

base::Result<std::string> Sealer::seal(std::string_view bytes) const {
  const auto in = source(bytes);
  const Owned<BIO> out(BIO_new(BIO_s_mem()));
  const Cms sealed(CMS_encrypt(state_->recipients.get(), in.get(), EVP_aes_256_gcm(), CMS_BINARY));
  if (!in || !sealed || i2d_CMS_bio(out.get(), sealed.get()) != 1)
    return base::Error{base::ErrorKind::configuration, "the certificate cannot seal", "",
                       "take one with an RSA or EC key that may agree on keys"};
  return taken(out.get());
}

struct Opener::State {
  Owned<EVP_PKEY> key;
};

base::Result<Opener> Opener::read(const std::filesystem::path& key) {
  auto state = std::make_shared<State>();
  const Owned<BIO> in(BIO_new_file(key.c_str(), "r"));
  if (in) state->key.reset(PEM_read_bio_PrivateKey(in.get(), nullptr, nullptr, nullptr));
  if (!state->key) return unusable(key, "no private key can be read", "name its PEM file");
  Opener out;
  out.state_ = std::move(state);
  return out;
}

base::Result<std::string> Opener::open(std::string_view sealed) const {
  const auto in = source(sealed);
  const Owned<BIO> out(BIO_new(BIO_s_mem()));
  const Cms content(in ? d2i_CMS_bio(in.get(), nullptr) : nullptr);
  if (!content ||
      CMS_decrypt(content.get(), state_->key.get(), nullptr, nullptr, out.get(), CMS_BINARY) != 1)
    return base::Error{base::ErrorKind::malformed, "this key does not open it, or it was changed",
                       "", "take the key of the certificate that it was sealed for"};
  return taken(out.get());
}

}  // namespace gateway::security
