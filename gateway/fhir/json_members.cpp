#include "gateway/fhir/json_members.hpp"

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <string>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace gateway::fhir {
namespace {

constexpr std::size_t block_bytes = 64;

/// Of a block of 64 bytes, a bit each, the lowest for the first.
struct Marks {
  std::uint64_t quotes = 0, opening = 0, closing = 0, commas = 0;
};

#ifdef __SSE2__
Marks marks_of(const char* block) {
  Marks marks;
  for (unsigned at = 0; at < block_bytes; at += 16) {
    __m128i bytes;
    std::memcpy(&bytes, block + at, sizeof bytes);
    const auto which = [at](__m128i of, char byte) {
      const int bits = _mm_movemask_epi8(_mm_cmpeq_epi8(of, _mm_set1_epi8(byte)));
      return std::uint64_t{static_cast<std::uint16_t>(bits)} << at;
    };
    const __m128i braced = _mm_or_si128(bytes, _mm_set1_epi8(0x20));  // [ and { are one bit apart
    marks.quotes |= which(bytes, '"');
    marks.opening |= which(braced, '{');
    marks.closing |= which(braced, '}');
    marks.commas |= which(bytes, ',');
  }
  return marks;
}
#else
Marks marks_of(const char* block) {
  Marks marks;
  for (unsigned at = 0; at < block_bytes; ++at) {
    const char c = block[at];
    const std::uint64_t bit = std::uint64_t{1} << at;
    if (c == '"') marks.quotes |= bit;
    if (c == '[' || c == '{') marks.opening |= bit;
    if (c == ']' || c == '}') marks.closing |= bit;
    if (c == ',') marks.commas |= bit;
  }
  return marks;
}
#endif

/// Each bit: is the number of bits up to it odd?
std::uint64_t odd_up_to(std::uint64_t bits) {
  bits ^= bits << 1U;
  bits ^= bits << 2U;
  bits ^= bits << 4U;
  bits ^= bits << 8U;
  bits ^= bits << 16U;
  return bits ^ (bits << 32U);
}

class Cutting {
 public:
  Cutting(std::string_view object, std::vector<JsonMember>& members)
      : object_(object), members_(members) {
    members_.clear();
  }

  bool all() {
    if (!object_.starts_with('{') || object_.find('\\') != object_.npos) return false;
    std::size_t at = 0;
    for (; at + block_bytes <= object_.size(); at += block_bytes)
      if (!block(object_.data() + at, at)) return false;
    std::array<char, block_bytes> rest{};
    std::memcpy(rest.data(), object_.data() + at, object_.size() - at);
    return block(rest.data(), at) && depth_ == 0;
  }

 private:
  bool block(const char* bytes, std::size_t from) {
    const Marks marks = marks_of(bytes);
    const std::uint64_t quoted = odd_up_to(marks.quotes) ^ quoted_;
    quoted_ = 0 - (quoted >> 63U);
    const std::uint64_t opening = marks.opening & ~quoted;
    std::uint64_t commas = marks.commas & ~quoted;
    for (std::uint64_t left = opening | (marks.closing & ~quoted); left != 0; left &= left - 1) {
      const std::uint64_t bracket = left & (0 - left), before = bracket - 1;
      if (depth_ == 1 && !end_members(commas & before, from)) return false;
      commas &= ~before;
      if ((opening & bracket) != 0) {
        ++depth_;
        continue;
      }
      if (--depth_ > 0) continue;
      const std::size_t at = from + static_cast<unsigned>(std::countr_zero(bracket));
      if (at + 1 != object_.size() || !end_member(at)) return false;
    }
    return depth_ != 1 || end_members(commas, from);
  }

  /// At each comma.
  bool end_members(std::uint64_t commas, std::size_t from) {
    for (; commas != 0; commas &= commas - 1)
      if (!end_member(from + static_cast<unsigned>(std::countr_zero(commas)))) return false;
    return true;
  }

  bool end_member(std::size_t end) {
    const auto text = object_.substr(begin_, end - begin_);
    begin_ = end + 1;
    if (text.empty()) return members_.empty() && begin_ == object_.size();  // {}
    const auto close = text.find('"', 1);
    if (text.front() != '"' || close == text.npos || !text.substr(close + 1).starts_with(':'))
      return false;
    members_.push_back({text.substr(1, close - 1), text});
    return true;
  }

  const std::string_view object_;
  std::vector<JsonMember>& members_;
  std::size_t begin_ = 1;  // of the member that is being passed
  int depth_ = 0;
  std::uint64_t quoted_ = 0;  // all ones: the block before ended within a text
};

}  // namespace

bool cut_members(std::string_view object, std::vector<JsonMember>& members) {
  return Cutting(object, members).all();
}

std::optional<JsonView> read_member(std::string_view member) {
  std::string object;
  object.reserve(member.size() + 2);
  object.append(1, '{').append(member).append(1, '}');
  return JsonView::read(object);
}

std::optional<JsonView> read_only(std::string_view object, std::string_view name) {
  std::vector<JsonMember> members;
  if (!cut_members(object, members)) return JsonView::read(object);
  for (const auto& member : members)
    if (member.name == name) return read_member(member.text);
  return JsonView::read("{}");
}

}  // namespace gateway::fhir
