#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/buffer.hpp"
#include "gateway/base/hash.hpp"

namespace gateway::mllp {

/// What stood between 0B and 1C.
struct Frame {
  base::Buffer bytes;  // over the limit: the first `intake::head_bytes` only
  bool over_limit = false;
  std::uint64_t size = 0;  // over the limit: limit + 1, what was read of it
  base::Digest hash{};     // over the limit: SHA-256 of that, so the same for every resend
};

/// MLLP framing as a state machine over bytes (V2FHIR.md §1.7): no socket, no clock. Tolerates what
/// the field sends: bytes before 0B, a missing final 0D, LF or CRLF after 1C. Empty blocks and the
/// commit acknowledgements of release 2 (06, 15) are passed over. A sender that begins anew in the
/// middle of a block (0B MSH) has given the first part up; any other 0B inside is text.
class FrameReader {
 public:
  explicit FrameReader(std::size_t limit_bytes) : limit_(limit_bytes) {}

  /// Takes bytes from the front of `bytes`, at most to the end of the first whole frame, and moves
  /// `bytes` behind what it took. Nothing is left of `bytes` when there is no frame.
  std::optional<Frame> take(std::string_view& bytes);

  /// A frame has begun and not ended.
  bool in_frame() const { return state_ == State::inside; }
  /// Bytes of the frame that has begun.
  std::size_t held_bytes() const { return held_.size(); }
  /// No frame began within the limit: whoever is there does not speak MLLP.
  bool lost() const { return stray_run_ > limit_; }
  /// Bytes dropped outside frames or given up inside, line ends after a frame not counted.
  std::uint64_t dropped_bytes() const { return dropped_; }

 private:
  enum class State { between, inside, discarding };

  void skip_to_start(std::string_view& bytes);
  std::optional<Frame> end_frame(std::string_view last_part);
  Frame give_up(std::string_view last_part);

  std::size_t limit_;
  State state_ = State::between;
  std::vector<char> held_;
  std::size_t stray_run_ = 0;
  std::uint64_t dropped_ = 0;
};

/// 0B, the text, 1C 0D: appended to `out`.
void append_framed(std::string& out, std::string_view text);

}  // namespace gateway::mllp
