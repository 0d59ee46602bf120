#include <array>
#include <utility>

#include "gateway/mapping/cycle_words.hpp"

namespace gateway::mapping {
namespace {

constexpr char32_t no_character = 0xFFFD;

/// Reads one code point; advances `at` by at least one byte.
char32_t next_character(std::string_view text, std::size_t& at) {
  const auto byte = [&](std::size_t index) { return static_cast<unsigned char>(text[index]); };
  const unsigned char first = byte(at++);
  if (first < 0x80) return first;
  const std::size_t more = first >= 0xF0 ? 3 : first >= 0xE0 ? 2 : 1;
  if (first < 0xC2 || first > 0xF4 || at + more > text.size()) return no_character;
  char32_t c = first & (0x3Fu >> more);
  for (std::size_t i = 0; i < more; ++i) {
    if ((byte(at + i) & 0xC0u) != 0x80u) return no_character;
    c = (c << 6) | (byte(at + i) & 0x3Fu);
  }
  at += more;
  return c;
}

char32_t lower(char32_t c) {
  if (c >= 'A' && c <= 'Z') return c + 32;
  if (c < 0xC0) return c;
  if (c <= 0xDE) return c == 0xD7 ? c : c + 32;
  if (c == 0x130 || c == 0x131) return 'i';
  const bool even_upper = (c >= 0x100 && c <= 0x137) || (c >= 0x14A && c <= 0x177);
  if (even_upper) return c | 1u;
  const bool odd_upper = (c >= 0x139 && c <= 0x148) || (c >= 0x179 && c <= 0x17E);
  if (odd_upper) return (c & 1u) ? c + 1 : c;
  return c;
}

/// Signs that are written in several ways.
char32_t plain_sign(char32_t c) {
  switch (c) {
    case 0x2B6:
    case 0x207A:
    case 0xFF0B:
    case 0xFE62:
    case 0x2795:
      return '+';
    case 0x2010:
    case 0x2011:
    case 0x2012:
    case 0x2013:
    case 0x2014:
    case 0x2015:
    case 0x2212:
    case 0x207B:
    case 0xFE58:
    case 0xFE63:
    case 0xFF0D:
    case 0x2796:
      return '-';
    case 0x2018:
    case 0x2019:
    case 0x2BC:
    case 0xB4:
    case '`':
      return '\'';
    case 0xFF1A:
      return ':';
    case 0x2248:
    case 0x223C:
    case 0x2DC:
    case 0xFF5E:
      return '~';
    case 0x37E:
    case 0xFF1F:
    case 0xBF:
      return '?';
    case 0x2026:
      return '.';
    case 0xA0:
    case 0x202F:
    case 0x2009:
    case 0x2007:
    case 0x3000:
    case 0x2002:
    case 0x2003:
      return ' ';
    case 0x2028:
    case 0x2029:
    case 0x85:
      return '\n';
    case 0xAD:
    case 0x200B:
    case 0x200C:
    case 0x200D:
    case 0x2060:
    case 0xFEFF:
      return 0;
    default:
      return c;
  }
}

struct Accented {
  char32_t letter, plain, mark;
};
constexpr char32_t grave = 0x300, acute = 0x301, hat = 0x302, tilde = 0x303, breve = 0x306,
                   dots = 0x308, ring = 0x30A, caron = 0x30C, cedilla = 0x327;

constexpr std::array accented_letters{
    Accented{0xE0, 'a', grave},   Accented{0xE1, 'a', acute},    Accented{0xE2, 'a', hat},
    Accented{0xE3, 'a', tilde},   Accented{0xE4, 'a', dots},     Accented{0xE5, 'a', ring},
    Accented{0xE7, 'c', cedilla}, Accented{0xE8, 'e', grave},    Accented{0xE9, 'e', acute},
    Accented{0xEA, 'e', hat},     Accented{0xEB, 'e', dots},     Accented{0xEC, 'i', grave},
    Accented{0xED, 'i', acute},   Accented{0xEE, 'i', hat},      Accented{0xEF, 'i', dots},
    Accented{0xF1, 'n', tilde},   Accented{0xF2, 'o', grave},    Accented{0xF3, 'o', acute},
    Accented{0xF4, 'o', hat},     Accented{0xF5, 'o', tilde},    Accented{0xF6, 'o', dots},
    Accented{0xF8, 'o', 0},       Accented{0xF9, 'u', grave},    Accented{0xFA, 'u', acute},
    Accented{0xFB, 'u', hat},     Accented{0xFC, 'u', dots},     Accented{0xFD, 'y', acute},
    Accented{0xFF, 'y', dots},    Accented{0x107, 'c', acute},   Accented{0x10D, 'c', caron},
    Accented{0x11F, 'g', breve},  Accented{0x15F, 's', cedilla}, Accented{0x161, 's', caron},
    Accented{0x17E, 'z', caron}};

/// Joins a combining mark to the letter before it, so that decomposed text reads as composed. A
/// mark that no letter of the five languages takes is dropped.
void put_mark(std::u32string& text, char32_t mark) {
  if (text.empty()) return;
  for (const Accented& known : accented_letters)
    if (known.plain == text.back() && known.mark == mark) {
      text.back() = known.letter;
      return;
    }
}

}  // namespace

char32_t without_accent(char32_t letter) {
  if (letter < 0xC0) return letter;
  for (const Accented& known : accented_letters)
    if (known.letter == letter) return known.plain;
  return letter;
}

std::u32string without_accents(std::u32string_view word) {
  std::u32string plain(word);
  for (char32_t& c : plain) c = without_accent(c);
  return plain;
}

std::u32string folded(std::string_view utf8, std::vector<bool>* upper) {
  std::u32string text;
  text.reserve(utf8.size());
  for (std::size_t at = 0; at < utf8.size();) {
    const char32_t sent = next_character(utf8, at);
    const char32_t c = plain_sign(lower(sent));
    if (c >= 0x300 && c <= 0x36F)
      put_mark(text, c);
    else if (c == 0xDF || c == 0x1E9E)
      text += U"ss";
    else if (c == 0x153)
      text += U"oe";
    else if (c == 0xE6)
      text += U"ae";
    else if (c != 0)
      text += c;
    if (upper) upper->resize(text.size(), c != sent);
  }
  return text;
}

bool word_matches(std::u32string_view written, std::u32string_view meant) {
  if (written.size() != meant.size()) return false;
  for (std::size_t i = 0; i < meant.size(); ++i)
    if (written[i] != meant[i] && written[i] != without_accent(meant[i])) return false;
  return true;
}

}  // namespace gateway::mapping
