#pragma once
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace gateway::mapping {

/// One word, number or sign of a free text, folded for comparison (DOMAIN.md C22).
struct CycleToken {
  enum class Kind { word, number, sign };
  Kind kind = Kind::sign;
  std::u32string_view word;  // into CycleWords::characters; lower case, accents kept
  std::uint32_t value = 0;   // of a number with at most 9 digits
  std::uint32_t digits = 0;  // how many digits it has
  char32_t sign = 0;         // typographic variants folded: + - ' :
  bool adjacent = false;     // nothing stands between it and the token before
  bool unit = false;         // makes the number before it a dose, a level, an age, another span
  bool titled = false;       // "Sat": first letter alone upper case, as weekdays are written
  std::uint32_t clause = 0;  // split at . ; and line ends (C24)

  bool is_sign(char32_t c) const { return kind == Kind::sign && sign == c; }
  bool is_number() const { return kind == Kind::number; }
  /// A day, a month, or a year without its century.
  bool is_short() const { return is_number() && digits <= 2; }
  bool is_word() const { return kind == Kind::word; }
};

/// A text in tokens. Owns the characters its tokens point into.
struct CycleWords {
  std::u32string characters;
  std::vector<CycleToken> tokens;

  CycleWords() = default;
  CycleWords(const CycleWords&) = delete;  // views into `characters`
  CycleWords& operator=(const CycleWords&) = delete;
  CycleWords(CycleWords&&) = delete;
  CycleWords& operator=(CycleWords&&) = delete;
};

/// Lower case, Turkish İ and ı as i, ß as ss, combining marks composed, typographic signs plain.
/// Accents stay: they are optional for who writes (`word_matches`), not for what is meant – German
/// "für" must not become Spanish "FUR". Invalid UTF-8 becomes a sign that matches nothing. `upper`
/// gets one mark a character of the result: was it written in upper case?
std::u32string folded(std::string_view utf8, std::vector<bool>* upper = nullptr);

/// The letter without its accent, `ç` → `c`; itself if it has none.
char32_t without_accent(char32_t letter);
std::u32string without_accents(std::u32string_view word);

/// Is `written` the word `meant`, accents of `meant` being optional? Both folded.
bool word_matches(std::u32string_view written, std::u32string_view meant);

/// Is the token one of these words?
bool is_any_word(const CycleToken& token, std::initializer_list<std::u32string_view> words);

/// Does this token end a part of a sentence: a comma, a bar, a dash with blanks around it?
bool is_part_end(std::span<const CycleToken> tokens, std::size_t at);

/// Does `written` end in `ending`, with two letters or more before it? Both folded.
bool word_ends_in(std::u32string_view written, std::u32string_view ending);

/// What the phrases say of single words. Points that end no clause stand behind words that are
/// abbreviated, and before those behind "12." ("zyklustag", or two: "adet günü"); both folded,
/// without accents. Units with accents and without, sorted.
struct WordKinds {
  std::vector<std::vector<std::u32string>> ordinals;
  std::vector<std::u32string> abbreviations, units;
};

/// Splits at most `most_bytes` of the text into tokens with their clauses. Linear.
void split_words(std::string_view utf8, std::size_t most_bytes, const WordKinds& kinds,
                 CycleWords& words);

}  // namespace gateway::mapping
