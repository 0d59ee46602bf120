#pragma once
#include <cstddef>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace gateway::base {

/// Owned bytes that views may point into. Vector-backed: moving it keeps the bytes in place,
/// where a moved short std::string would copy them and leave every view dangling.
class Buffer {
 public:
  Buffer() = default;
  explicit Buffer(std::vector<char> bytes) : bytes_(std::move(bytes)) {}
  explicit Buffer(std::string_view bytes) : bytes_(bytes.begin(), bytes.end()) {}
  Buffer(Buffer&&) = default;
  Buffer& operator=(Buffer&&) = default;
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;

  std::string_view text() const& { return {bytes_.data(), bytes_.size()}; }
  std::string_view text() && = delete;  // a view into a temporary would dangle
  std::size_t size() const { return bytes_.size(); }

 private:
  std::vector<char> bytes_;
};

}  // namespace gateway::base
