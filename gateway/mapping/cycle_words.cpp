#include "gateway/mapping/cycle_words.hpp"

#include <algorithm>
#include <array>

namespace gateway::mapping {
namespace {

bool is_digit(char32_t c) {
  return c >= '0' && c <= '9';
}

bool is_letter(char32_t c) {
  if (c < 0x80) return c >= 'a' && c <= 'z';
  if (c < 0xC0 || c == 0xD7 || c == 0xF7) return false;
  if (c >= 0x2000 && c <= 0x2BFF) return false;  // punctuation, arrows, mathematics
  if (c >= 0x3000 && c <= 0x303F) return false;
  return c < 0xFE00 || c > 0xFFFF;  // variants, full-width forms, replacement character
}

bool is_blank(char32_t c) {
  return c == ' ' || c == '\t';
}

/// Words after "12." that show the point to be an ordinal's.
constexpr std::array ordinal_nouns{
    std::u32string_view(U"zyklustag"), std::u32string_view(U"stimulationstag"),
    std::u32string_view(U"tag"),       std::u32string_view(U"gunu"),
    std::u32string_view(U"gun"),       std::u32string_view(U"gununde")};

/// Words whose point ends an abbreviation, not a clause.
constexpr std::array abbreviations{
    std::u32string_view(U"ca"),   std::u32string_view(U"approx"), std::u32string_view(U"aprox"),
    std::u32string_view(U"env"),  std::u32string_view(U"yakl"),   std::u32string_view(U"evtl"),
    std::u32string_view(U"resp"), std::u32string_view(U"bzw"),    std::u32string_view(U"vgl"),
    std::u32string_view(U"dr"),   std::u32string_view(U"nr"),     std::u32string_view(U"prev"),
    std::u32string_view(U"incl"), std::u32string_view(U"inkl"),   std::u32string_view(U"stim")};

template <std::size_t N>
bool is_one_of(std::u32string_view word, const std::array<std::u32string_view, N>& list) {
  const std::u32string plain = without_accents(word);
  return std::find(list.begin(), list.end(), plain) != list.end();
}

class Splitter {
 public:
  explicit Splitter(CycleWords& words, const std::vector<bool>& upper)
      : text_(words.characters), tokens_(words.tokens), upper_(upper) {}

  void split() {
    while (at_ < text_.size()) {
      const std::size_t begin = at_;
      const char32_t c = text_[at_];
      if (is_blank(c)) {
        ++at_;
        gap_ = true;
        continue;
      }
      CycleToken token;
      token.adjacent = !gap_ && !tokens_.empty();
      if (is_digit(c))
        read_number(token);
      else if (is_letter(c))
        read_word(token, begin);
      else
        read_sign(token, c);
      tokens_.push_back(token);
      gap_ = false;
    }
    number_clauses();
  }

 private:
  void read_number(CycleToken& token) {
    token.kind = CycleToken::Kind::number;
    for (; at_ < text_.size() && is_digit(text_[at_]); ++at_) {
      ++token.digits;
      if (token.digits <= 9) token.value = token.value * 10 + (text_[at_] - U'0');
    }
  }

  void read_word(CycleToken& token, std::size_t begin) {
    token.kind = CycleToken::Kind::word;
    while (at_ < text_.size() && is_letter(text_[at_])) ++at_;
    token.word = std::u32string_view(text_).substr(begin, at_ - begin);
    token.titled = upper_[begin] && at_ - begin > 1 && !upper_[begin + 1];
  }

  void read_sign(CycleToken& token, char32_t c) {
    token.sign = c == '\r' ? U'\n' : c;
    ++at_;
    const bool plus_or_minus = c == '+' && (starts(U"/-") || starts(U"-"));  // "CD 12 +/- 2"
    if (!plus_or_minus) return;
    at_ += text_[at_] == '/' ? 2 : 1;
    token.sign = U'±';
  }

  /// "LH+7. Tag 21 des Zyklus": the noun behind the point has a number of its own, so that the
  /// point ends a sentence and no ordinal.
  bool has_own_number(std::size_t at) const {
    while (at < tokens_.size() && (tokens_[at].is_sign(':') || tokens_[at].is_sign('#') ||
                                   tokens_[at].is_sign('=') || tokens_[at].is_sign('-')))
      ++at;
    return at < tokens_.size() && tokens_[at].is_number();
  }

  bool starts(std::u32string_view signs) const {
    return std::u32string_view(text_).substr(at_).starts_with(signs);
  }

  bool ends_clause(std::size_t index) const {
    const CycleToken& token = tokens_[index];
    if (token.is_sign(';') || token.is_sign('\n')) return true;
    if (!token.is_sign('.')) return false;
    const CycleToken* before = index > 0 && token.adjacent ? &tokens_[index - 1] : nullptr;
    const CycleToken* after = index + 1 < tokens_.size() ? &tokens_[index + 1] : nullptr;
    if (!before || !after) return true;
    if (before->is_number() && after->is_number() && after->adjacent) return false;
    if (before->is_number() && after->is_sign('-') && after->adjacent) return false;  // "10.-11."
    if (before->is_number() && after->is_word() && is_one_of(after->word, ordinal_nouns))
      return index + 2 < tokens_.size() && has_own_number(index + 2);
    if (!before->is_word()) return true;
    return before->word.size() > 1 && !is_one_of(before->word, abbreviations);
  }

  void number_clauses() {
    std::uint32_t clause = 0;
    for (std::size_t i = 0; i < tokens_.size(); ++i) {
      tokens_[i].clause = clause;
      if (ends_clause(i)) ++clause;
    }
  }

  const std::u32string& text_;
  std::vector<CycleToken>& tokens_;
  const std::vector<bool>& upper_;
  std::size_t at_ = 0;
  bool gap_ = false;
};

}  // namespace

bool is_any_word(const CycleToken& token, std::initializer_list<std::u32string_view> words) {
  return token.is_word() && std::any_of(words.begin(), words.end(),
                                        [&](auto word) { return word_matches(token.word, word); });
}

void split_words(std::string_view utf8, std::size_t most_bytes, CycleWords& words) {
  std::vector<bool> upper;
  words.characters = folded(utf8.substr(0, most_bytes), &upper);
  words.tokens.clear();
  Splitter(words, upper).split();
}

}  // namespace gateway::mapping
