#include "gateway/security/random.hpp"

#include <openssl/rand.h>

#include "gateway/base/result.hpp"

namespace gateway::security {

std::string random_bytes(std::size_t count) {
  std::string bytes(count, '\0');
  base::invariant(RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()),
                             static_cast<int>(bytes.size())) == 1,
                  "there is randomness");
  return bytes;
}

}  // namespace gateway::security
