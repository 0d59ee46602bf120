// MLLP framing: however the bytes are cut on the way, the same frames come out, no frame passes the
// limit, and what was framed is read back as it was.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/mllp/frame.hpp"

namespace {

using gateway::mllp::FrameReader;

constexpr std::size_t limit_bytes = 64;  // low, so that short inputs pass it

void require(bool holds) {
  if (!holds) std::abort();
}

struct Seen {
  std::vector<std::string> frames;
  std::uint64_t dropped = 0;
  bool in_frame = false;
};

Seen read(std::string_view bytes, std::size_t piece) {
  FrameReader reader(limit_bytes);
  Seen seen;
  while (!bytes.empty()) {
    std::string_view part = bytes.substr(0, std::min(piece, bytes.size()));
    bytes.remove_prefix(part.size());
    while (!part.empty()) {
      const std::size_t before = part.size();
      const auto frame = reader.take(part);
      require(part.size() <= before);
      require(reader.held_bytes() <= limit_bytes);
      if (!frame) {
        require(part.empty());
        break;
      }
      const auto text = frame->bytes.text();
      require(frame->over_limit || text.size() <= limit_bytes);
      if (!frame->over_limit) seen.frames.emplace_back(text);
    }
  }
  seen.dropped = reader.dropped_bytes();
  seen.in_frame = reader.in_frame();
  return seen;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::size_t piece = 1U + data[0] % 17U;
  const auto whole = read(bytes, std::max<std::size_t>(bytes.size(), 1));
  const auto cut = read(bytes, piece);
  require(whole.frames == cut.frames);
  require(whole.in_frame == cut.in_frame);
  // What is framed is read back as it was.
  if (bytes.size() <= limit_bytes && !bytes.empty() &&
      bytes.find_first_of(std::string_view("\x0B\x1C\x06\x15\r\n", 6)) == bytes.npos) {
    std::string framed;
    gateway::mllp::append_framed(framed, bytes);
    const auto again = read(framed, piece);
    require(again.frames == std::vector<std::string>{std::string(bytes)});
    require(again.dropped == 0);
  }
  return 0;
}
