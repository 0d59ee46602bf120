#pragma once

/// What a handshake of ours may agree on (TRUST §4.4), in OpenSSL's names; for libraries that make
/// contexts of their own, too.
namespace gateway::security {

inline constexpr const char* ciphers_of_1_2 =
    "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:"
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:"
    "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";
inline constexpr const char* ciphers_of_1_3 =
    "TLS_AES_256_GCM_SHA384:TLS_AES_128_GCM_SHA256:TLS_CHACHA20_POLY1305_SHA256";
inline constexpr const char* groups = "X25519:P-256:P-384";

}  // namespace gateway::security
