#include <cstdint>

#include "gateway/fhir/search/query.hpp"

namespace gateway::fhir::search {
namespace {

/// Base letters of U+00C0–U+024F and U+1E00–U+1EFF (Unicode canonical decomposition without its
/// marks; struck and hooked letters as their base). `.`: stays as it is; capitals stand for pairs.
constexpr char32_t first_latin = 0xC0, first_additional = 0x1E00;
constexpr std::string_view latin =
    "aaaaaaAceeeeiiiidnooooo.ouuuuyTSaaaaaaAceeeeiiiidnooooo.ouuuuyTy"
    "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiiiIIjjkkklllllll"
    "lllnnnnnnnnnooooooOOrrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs"
    "bbbb...ccdddd....ffg...ikkl..nnooo..pp.....ttttuu.vyyzz........."
    "....DDDLLLNNNaaiioouuuuuuuuuu.aaaaAAggggkkoooo..jDDDgg..nnaaAAoo"
    "aaaaeeeeiiiioooorrrruuuusstt..hhnd..zzaaeeooooooooyylntj..acclts"
    "z..bu.eejj..rryy";
constexpr std::string_view additional =
    "aabbbbbbccddddddddddeeeeeeeeeeffgghhhhhhhhhhiiiikkkkkkllllllllmm"
    "mmmmnnnnnnnnoooooooopppprrrrrrrrssssssssssttttttttuuuuuuuuuuvvvv"
    "wwwwwwwwwwxxxxyyzzzzzzhtwyasssS.aaaaaaaaaaaaaaaaaaaaaaaaeeeeeeee"
    "eeeeeeeeiiiioooooooooooooooooooooooouuuuuuuuuuuuuuyyyyyyyy......";
static_assert(latin.size() == 0x250 - first_latin);
static_assert(additional.size() == 0x1F00 - first_additional);

std::string_view pair_of(char capital) {
  switch (capital) {
    case 'A':
      return "ae";
    case 'O':
      return "oe";
    case 'S':
      return "ss";
    case 'T':
      return "th";
    case 'I':
      return "ij";
    case 'D':
      return "dz";
    case 'L':
      return "lj";
    case 'N':
      return "nj";
    default:
      return "";
  }
}

/// The character at `at` and how many bytes it takes; bytes that are no UTF-8 stand for themselves.
struct Character {
  char32_t code = 0;
  std::size_t size = 1;
};

Character character(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) -> char32_t {
    return at + i < text.size() ? static_cast<unsigned char>(text[at + i]) : 0U;
  };
  const auto follows = [&](std::size_t i) { return (byte(i) & 0xC0U) == 0x80U; };
  const char32_t first = byte(0);
  if (first >= 0xC0 && first < 0xE0 && follows(1))
    return {(first & 0x1FU) << 6U | (byte(1) & 0x3FU), 2};
  if (first >= 0xE0 && first < 0xF0 && follows(1) && follows(2))
    return {(first & 0x0FU) << 12U | (byte(1) & 0x3FU) << 6U | (byte(2) & 0x3FU), 3};
  return {first, 1};
}

bool is_mark(char32_t code) {
  return code >= 0x300 && code < 0x370;
}

void append_utf8(std::string& out, char32_t code) {  // U+0080 … U+07FF
  out += static_cast<char>(0xC0U | code >> 6U);
  out += static_cast<char>(0x80U | (code & 0x3FU));
}

/// Small letters of the other bicameral alphabets next door; nothing else is known of them.
char32_t small(char32_t code) {
  if ((code >= 0x391 && code <= 0x3A9) || (code >= 0x410 && code <= 0x42F)) return code + 0x20;
  if (code >= 0x400 && code <= 0x40F) return code + 0x50;
  return code;
}

void append_folded(std::string& out, Character read, std::string_view bytes) {
  char base = '.';
  if (read.size > 1 && read.code >= first_latin && read.code < first_latin + latin.size())
    base = latin[read.code - first_latin];
  else if (read.code >= first_additional && read.code < first_additional + additional.size())
    base = additional[read.code - first_additional];
  if (base >= 'A' && base <= 'Z') {
    out += pair_of(base);
  } else if (base != '.') {
    out += base;
  } else if (read.size == 2 && small(read.code) != read.code) {
    append_utf8(out, small(read.code));
  } else {
    out += bytes;
  }
}

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

}  // namespace

std::string folded(std::string_view utf8) {
  std::string out;
  out.reserve(utf8.size());
  for (std::size_t at = 0; at < utf8.size();) {
    const char c = utf8[at];
    const Character read = character(utf8, at);
    const std::string_view bytes = utf8.substr(at, read.size);
    at += read.size;
    if (is_blank(c)) {
      if (!out.empty() && out.back() != ' ') out += ' ';
    } else if (c >= 'A' && c <= 'Z') {
      out += static_cast<char>(c - 'A' + 'a');
    } else if (read.size == 1) {
      out += c;
    } else if (!is_mark(read.code)) {
      append_folded(out, read, bytes);
    }
  }
  if (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

}  // namespace gateway::fhir::search
