#include "gateway/mapping/cycle_words.hpp"

#include <algorithm>

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

class Splitter {
 public:
  Splitter(CycleWords& words, const std::vector<bool>& upper, const WordKinds& kinds)
      : text_(words.characters), tokens_(words.tokens), upper_(upper), kinds_(kinds) {}

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
    token.unit = std::binary_search(kinds_.units.begin(), kinds_.units.end(), token.word);
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
    if (at >= tokens_.size() || !tokens_[at].is_number()) return false;
    const bool date = at + 2 < tokens_.size() && tokens_[at + 1].adjacent &&
                      (tokens_[at + 1].is_sign('.') || tokens_[at + 1].is_sign('/')) &&
                      tokens_[at + 2].adjacent && tokens_[at + 2].is_number();
    return !date;  // "21. günü 22.03."
  }

  bool starts(std::u32string_view signs) const {
    return std::u32string_view(text_).substr(at_).starts_with(signs);
  }

  bool ends_clause(std::size_t index) const {
    const CycleToken& token = tokens_[index];
    if (token.is_sign(';') || token.is_sign('\n')) return true;
    if (!token.is_sign('.')) return false;
    const CycleToken* before = index > 0 && token.adjacent ? &tokens_[index - 1] : nullptr;
    const bool apart = index > 0 && !token.adjacent && tokens_[index - 1].is_number();
    if (apart && ordinal_end(index + 1) > 0) return has_own_number(ordinal_end(index + 1));
    const CycleToken* after = index + 1 < tokens_.size() ? &tokens_[index + 1] : nullptr;
    if (!before || !after) return true;
    if (before->is_number() && after->is_number() && after->adjacent) return false;
    if (before->is_number() && after->adjacent && (after->is_sign('-') || after->is_sign(',')))
      return false;                                                  // "10.-11.", "7., 8. SSW"
    if (before->is_number() && joins_ordinals(index)) return false;  // "3. und 21. Zyklustag"
    if (before->is_number() && after->is_word())
      if (const std::size_t end = ordinal_end(index + 1); end > 0) return has_own_number(end);
    if (!before->is_word()) return true;
    const auto& short_words = kinds_.abbreviations;
    return before->word.size() > 1 && std::find(short_words.begin(), short_words.end(),
                                                without_accents(before->word)) == short_words.end();
  }

  bool joins_ordinals(std::size_t point) const {
    return point + 3 < tokens_.size() && tokens_[point + 2].is_number() &&
           tokens_[point + 3].is_sign('.') && tokens_[point + 3].adjacent &&
           is_any_word(tokens_[point + 1], {U"und", U"oder", U"bis", U"ve", U"veya", U"ile"});
  }

  /// Behind the words of an ordinal that begin at this token; 0 where none do.
  std::size_t ordinal_end(std::size_t at) const {
    for (const auto& words : kinds_.ordinals) {
      std::size_t i = 0;
      while (i < words.size() && at + i < tokens_.size() && tokens_[at + i].is_word() &&
             without_accents(tokens_[at + i].word) == words[i])
        ++i;
      if (i == words.size()) return at + i;
    }
    return 0;
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
  const WordKinds& kinds_;
  std::size_t at_ = 0;
  bool gap_ = false;
};

}  // namespace

bool is_any_word(const CycleToken& token, std::initializer_list<std::u32string_view> words) {
  return token.is_word() && std::any_of(words.begin(), words.end(),
                                        [&](auto word) { return word_matches(token.word, word); });
}

bool is_part_end(std::span<const CycleToken> tokens, std::size_t at) {
  const CycleToken& token = tokens[at];
  if (token.is_sign(',') || token.is_sign('|')) return true;
  return token.is_sign('-') && !token.adjacent && at + 1 < tokens.size() &&
         !tokens[at + 1].adjacent;
}

bool word_ends_in(std::u32string_view written, std::u32string_view ending) {
  constexpr std::size_t least_before = 2;
  return written.size() >= ending.size() + least_before &&
         word_matches(written.substr(written.size() - ending.size()), ending);
}

void split_words(std::string_view utf8, std::size_t most_bytes, const WordKinds& kinds,
                 CycleWords& words) {
  std::vector<bool> upper;
  words.characters = folded(utf8.substr(0, most_bytes), &upper);
  words.tokens.clear();
  Splitter(words, upper, kinds).split();
}

}  // namespace gateway::mapping
