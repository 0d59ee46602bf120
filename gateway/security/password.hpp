#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace gateway::security {

/// What a hash of a password costs (RFC 7914): 128 · r · 2^log_n bytes and p passes over them.
/// 32 MiB and three passes are what OWASP's Password Storage Cheat Sheet names for scrypt.
struct ScryptCost {
  unsigned log_n = 15, r = 8, p = 3;
};

/// Raw scrypt of RFC 7914: `bytes` of it.
std::string scrypt(std::string_view password, std::string_view salt, ScryptCost cost,
                   std::size_t bytes);

/// A password as it is kept: cost, a salt of its own, hash: "scrypt$15$8$3$SALT$HASH".
std::string hash_password(std::string_view password, ScryptCost cost = {});

/// Is it this password? Takes as long whatever the answer. False too for what is no such text.
bool is_password(std::string_view password, std::string_view kept);

/// Compares without telling by its time where they differ.
bool equal_secrets(std::string_view one, std::string_view other);

}  // namespace gateway::security
