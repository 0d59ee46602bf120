#include "gateway/mllp/frame.hpp"

#include <algorithm>

#include "gateway/intake/over_limit.hpp"

namespace gateway::mllp {

namespace {

constexpr char start = '\x0b';
constexpr char end = '\x1c';

bool is_line_end(char c) {
  return c == '\r' || c == '\n';
}

/// Nothing to take in: blank, or a commit acknowledgement of MLLP release 2.
bool says_nothing(std::string_view content) {
  while (!content.empty() && is_line_end(content.back())) content.remove_suffix(1);
  return content.empty() || content == "\x06" || content == "\x15";
}

/// Where the sender began the message anew, or 0.
std::size_t restart_of(std::string_view content) {
  if (content.find(start) == std::string_view::npos) return 0;  // nearly always
  const auto at = content.rfind("\x0bMSH");
  return at == std::string_view::npos ? 0 : at + 1;
}

}  // namespace

std::optional<Frame> FrameReader::take(std::string_view& bytes) {
  while (!bytes.empty()) {
    if (state_ == State::between) {
      skip_to_start(bytes);
      continue;
    }
    const auto at = bytes.find(end);
    const auto part = bytes.substr(0, at);
    bytes.remove_prefix(at == std::string_view::npos ? bytes.size() : at + 1);
    const bool ended = at != std::string_view::npos;
    if (state_ == State::discarding) {
      if (ended) state_ = State::between;
      continue;
    }
    if (held_.size() + part.size() > limit_) {
      auto frame = give_up(part);
      state_ = ended ? State::between : State::discarding;
      return frame;
    }
    if (!ended) {
      held_.insert(held_.end(), part.begin(), part.end());
      continue;
    }
    if (auto frame = end_frame(part)) return frame;
  }
  return std::nullopt;
}

void FrameReader::skip_to_start(std::string_view& bytes) {
  const auto at = std::min(bytes.find(start), bytes.size());
  const auto stray = bytes.substr(0, at);
  dropped_ += static_cast<std::uint64_t>(
      std::count_if(stray.begin(), stray.end(), [](char c) { return !is_line_end(c); }));
  stray_run_ += stray.size();
  bytes.remove_prefix(at);
  if (bytes.empty()) return;
  bytes.remove_prefix(1);
  state_ = State::inside;
  stray_run_ = 0;
}

std::optional<Frame> FrameReader::end_frame(std::string_view last_part) {
  state_ = State::between;
  if (!held_.empty()) {
    held_.insert(held_.end(), last_part.begin(), last_part.end());
    last_part = {held_.data(), held_.size()};
  }
  const auto from = restart_of(last_part);
  dropped_ += from;
  const auto content = last_part.substr(from);
  std::optional<Frame> frame;
  if (!says_nothing(content)) {
    frame.emplace();
    frame->size = content.size();
    // A frame that came in pieces is handed on without a copy.
    const bool whole = from == 0 && !held_.empty();
    frame->bytes = whole ? base::Buffer(std::move(held_)) : base::Buffer(content);
  }
  held_ = {};
  return frame;
}

/// Not one byte more than it takes, however many came at once: the hash tells a resend by it.
Frame FrameReader::give_up(std::string_view last_part) {
  Frame frame;
  frame.over_limit = true;
  frame.size = limit_ + 1;
  last_part = last_part.substr(0, limit_ + 1 - held_.size());
  held_.insert(held_.end(), last_part.begin(), last_part.end());
  frame.hash = base::sha256({held_.data(), held_.size()});
  held_.resize(std::min(held_.size(), intake::head_bytes));
  frame.bytes = base::Buffer(std::string_view(held_.data(), held_.size()));
  held_ = {};
  return frame;
}

void append_framed(std::string& out, std::string_view text) {
  out.reserve(out.size() + text.size() + 3);
  out += start;
  out += text;
  out += end;
  out += '\r';
}

}  // namespace gateway::mllp
