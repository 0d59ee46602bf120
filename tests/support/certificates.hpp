#pragma once
#include <filesystem>
#include <string>

#include "tests/support/files.hpp"

namespace tests {

/// A certificate that certs/make-dev-certs would not make.
struct CertificateWish {
  std::string name = {};               // of its files, and its common name
  std::string usage = "clientAuth";    // extended key usage; "" = none named
  std::string alternative_names = {};  // "DNS:localhost,IP:127.0.0.1"; "" = none
  int begins_in_days = -1;
  int ends_in_days = 30;
  bool by_another_authority = false;
};

/// Development certificates in a folder of their own, and others on wish.
class Certificates {
 public:
  Certificates();  // runs certs/make-dev-certs; throws std::runtime_error if that fails
  std::filesystem::path folder() const { return folder_.path(); }
  std::filesystem::path ca() const { return folder() / "ca.pem"; }
  std::filesystem::path other_ca() const { return folder() / "other-ca.pem"; }
  std::filesystem::path certificate(const std::string& name) const {
    return folder() / (name + ".pem");
  }
  std::filesystem::path key(const std::string& name) const {
    return folder() / (name + "-key.pem");
  }
  void make(const CertificateWish& wish) const;

 private:
  TemporaryFolder folder_;
};

/// One set for the whole test program: made at the first call.
const Certificates& certificates();

}  // namespace tests
