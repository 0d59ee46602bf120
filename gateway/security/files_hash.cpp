#include "gateway/security/files_hash.hpp"

#include <fstream>
#include <iterator>

#include "gateway/base/hash.hpp"

namespace gateway::security {

std::string hash_of(std::initializer_list<std::filesystem::path> files) {
  std::string all;
  for (const auto& file : files) {
    if (file.empty()) continue;
    std::ifstream in(file, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    all += std::to_string(text.size()) + ":" + text;
  }
  return base::hex(base::bytes_of(base::sha256(all)));
}

}  // namespace gateway::security
