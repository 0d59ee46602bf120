#include "gateway/mapping/cycle_match.hpp"

#include <algorithm>
#include <array>

namespace gateway::mapping {
namespace {

using Element = PhraseElement;

constexpr std::size_t most_free_signs = 3, most_date_fillers = 4;

template <std::size_t N>
bool is_word_of(const CycleToken& token, const std::array<std::u32string_view, N>& list) {
  return token.is_word() && std::any_of(list.begin(), list.end(),
                                        [&](auto word) { return word_matches(token.word, word); });
}

constexpr std::array<std::u32string_view, 9> range_words{
    U"to", U"bis", U"ile", U"or", U"oder", U"veya", U"ou", U"through", U"à"};

constexpr std::array<std::u32string_view, 5> and_words{U"and", U"und", U"y", U"et", U"ve"};
constexpr std::array<std::u32string_view, 3> between_words{U"between", U"zwischen", U"entre"};

/// What may stand directly behind a number without being a word of the phrase: "21st", "+7d".
constexpr std::array<std::u32string_view, 6> number_endings{U"st", U"nd", U"rd", U"th", U"d", U"t"};

constexpr std::array<std::u32string_view, 17> ordinal_endings{
    U"st",  U"nd",   U"rd",   U"th",   U"e",    U"er",   U"ère",  U"è", U"ème",
    U"eme", U"ieme", U"ième", U"inci", U"ıncı", U"uncu", U"üncü", U"o"};

constexpr std::array<std::u32string_view, 20> date_fillers{
    U"was", U"is", U"on", U"date", U"start", U"started", U"began", U"am",  U"war",   U"vom",
    U"ab",  U"el", U"le", U"du",   U"the",   U"of",      U"first", U"day", U"datum", U"tarihi"};

class Matcher {
 public:
  Matcher(std::span<const CycleToken> tokens, std::string_view date_order)
      : tokens_(tokens), date_order_(date_order) {}

  /// Tries one phrase at one place; on success `match` is complete.
  bool match(const CompiledPhrase& phrase, std::size_t at, PhraseMatch& match) const {
    match = {};
    match.field = phrase.field;
    match.code = phrase.code;
    match.begin = at;
    const bool grown = at > 0 && tokens_[at].adjacent && tokens_[at - 1].is_number();
    if (grown && tokens_[at].is_word() && phrase.field != PhraseField::month)
      return false;  // "3P+5": not a whole word; but "22MAR2025"
    return from(phrase, 0, at, match);
  }

 private:
  bool in_clause(std::size_t at, const PhraseMatch& match) const {
    return at < tokens_.size() && tokens_[at].clause == tokens_[match.begin].clause;
  }

  /// Depth is bounded by the elements of the phrase, never by the text.
  bool from(const CompiledPhrase& phrase, std::size_t element, std::size_t at,
            PhraseMatch& match) const {
    if (element == phrase.elements.size()) {
      match.end = at;
      return true;
    }
    const Element& wanted = phrase.elements[element];
    const PhraseMatch before = match;
    for (std::size_t place = at; place <= at + 1; ++place) {
      if (place > at && (element == 0 || !is_joint(at, match))) break;
      std::size_t end = place;
      if (one(wanted, place, element == 0, end, match) && from(phrase, element + 1, end, match))
        return true;
      match = before;
    }
    return wanted.optional && from(phrase, element + 1, at, match);
  }

  /// - / ' . : ( between the words of a phrase: "LH-Anstieg", "IVF/ICSI", "d'ovocytes", "stim.
  /// day", "Cycle: day 21", "Zyklustag (ZT) 21".
  bool is_joint(std::size_t at, const PhraseMatch& match) const {
    if (!in_clause(at, match)) return false;
    const CycleToken& token = tokens_[at];
    return token.is_sign('-') || token.is_sign('/') || token.is_sign('\'') || token.is_sign('.') ||
           token.is_sign(':') || token.is_sign('(');
  }

  bool one(const Element& wanted, std::size_t at, bool first, std::size_t& end,
           PhraseMatch& match) const {
    switch (wanted.kind) {
      case Element::Kind::number:
        return number(wanted, at, first, end, match);
      case Element::Kind::date:
        return date(at, end, match);
      default:
        break;
    }
    if (!in_clause(at, match)) return false;
    const CycleToken& token = tokens_[at];
    end = at + 1;
    if (wanted.kind == Element::Kind::sign) return token.is_sign(wanted.sign);
    if (!token.is_word()) return false;
    if (wanted.kind == Element::Kind::any_word) return true;
    return std::any_of(wanted.words.begin(), wanted.words.end(),
                       [&](const auto& word) { return word_matches(token.word, word); }) ||
           std::any_of(wanted.endings.begin(), wanted.endings.end(),
                       [&](const auto& ending) { return word_ends_in(token.word, ending); });
  }

  bool number(const Element& wanted, std::size_t at, bool first, std::size_t& end,
              PhraseMatch& match) const {
    const bool is_signed = wanted.number_sign != Element::NumberSign::none;
    std::size_t i = at;
    if (!first)
      for (std::size_t skipped = 0; skipped < most_free_signs && in_clause(i, match); ++skipped) {
        const CycleToken& token = tokens_[i];
        const bool closes = token.is_sign(')') || token.is_sign(']');  // "Cycle day (CD): 21"
        if (!closes && !token.is_sign(':') && !token.is_sign('#') && !token.is_sign('=') &&
            !token.is_sign('~') &&  // a doubt, which is said (C24)
            !(token.is_sign('-') && !is_signed))
          break;
        ++i;
      }
    int sign = 1;
    if (is_signed) {
      if (!in_clause(i, match)) return false;
      if (tokens_[i].is_sign('-') && wanted.number_sign == Element::NumberSign::either)
        sign = -1;
      else if (!tokens_[i].is_sign('+'))
        return false;
      ++i;
    }
    if (!in_clause(i, match) || !is_short_number(i) || is_part_of_date(i)) return false;
    if (first && !begins_number(i, match)) return false;
    match.number_at = i;
    match.number = sign * static_cast<int>(tokens_[i].value);
    if (is_bound(match.begin) || is_second_of_two(match.begin)) match.range = true;
    if (wanted.of_forty) return ends_in_forty(i, end, match);
    if (wanted.sum && !(in_clause(i + 1, match) && tokens_[i + 1].is_sign('+'))) return false;
    i = behind_range(i + 1, match);
    if (wanted.ordinal_point) {
      const std::size_t end_of_ordinal = behind_ordinal(i, match);
      if (end_of_ordinal == i) return false;
      i = end_of_ordinal;
    } else if (in_clause(i, match) && tokens_[i].is_sign('.') && i + 1 < tokens_.size() &&
               tokens_[i + 1].clause == tokens_[i].clause && tokens_[i + 1].is_word()) {
      ++i;  // "12. günü"
    }
    if (in_clause(i, match) && tokens_[i].adjacent &&
        (is_word_of(tokens_[i], number_endings) || is_ordinal_sign(tokens_[i])))
      ++i;
    end = i;
    // Weeks are no other span of time where a pregnancy is counted in them.
    return match.field == PhraseField::pregnancy || ends_number(i, match);
  }

  /// "/40" right behind a week of a pregnancy, or behind its days: no date has a month or day 40.
  bool ends_in_forty(std::size_t at, std::size_t& end, const PhraseMatch& match) const {
    constexpr std::uint64_t first_week = 3, last_week = 43, all_weeks = 40;
    if (tokens_[at].value < first_week || tokens_[at].value > last_week) return false;
    const bool is_of_date = at > 0 && tokens_[at].adjacent && tokens_[at - 1].is_sign('/');
    std::size_t i = at + 1;
    if (in_clause(i + 1, match) && tokens_[i].is_sign('+') && is_short_number(i + 1)) i += 2;
    if (is_of_date || !in_clause(i + 1, match) || !tokens_[i].is_sign('/')) return false;
    const CycleToken& forty = tokens_[i + 1];
    if (!tokens_[i].adjacent || !forty.adjacent || !forty.is_number() || forty.value != all_weeks)
      return false;
    end = i + 2;
    return !(in_clause(end, match) && tokens_[end].adjacent &&
             (tokens_[end].is_number() || tokens_[end].is_sign('/')));
  }

  static bool is_ordinal_sign(const CycleToken& token) {
    return token.is_sign(U'º') || token.is_sign(U'°') || token.is_sign(U'ª');
  }

  /// "21." "21st" "21º" "21'inci": behind what makes the number an ordinal; `at` if nothing does.
  std::size_t behind_ordinal(std::size_t at, const PhraseMatch& match) const {
    if (!in_clause(at, match)) return at;
    if (tokens_[at].is_sign('.') || (tokens_[at].adjacent && is_ordinal_sign(tokens_[at])))
      return at + 1;
    const std::size_t word = at + (tokens_[at].is_sign('\'') ? 1 : 0);
    const bool ends = in_clause(word, match) && tokens_[word].adjacent &&
                      is_word_of(tokens_[word], ordinal_endings);
    return ends ? word + 1 : at;
  }

  /// "CD 02/03/2025", "ZT 2.3.25".
  bool is_part_of_date(std::size_t at) const {
    if (at + 4 >= tokens_.size()) return false;
    for (std::size_t i = at + 1; i <= at + 4; ++i)
      if (!tokens_[i].adjacent || tokens_[i].is_number() == ((i - at) % 2 == 1)) return false;
    const CycleToken& sign = tokens_[at + 1];
    return tokens_[at + 3].is_sign(sign.sign) &&
           (sign.is_sign('/') || sign.is_sign('.') || sign.is_sign('-'));
  }

  bool is_short_number(std::size_t at) const {
    return tokens_[at].is_number() && tokens_[at].digits <= 2;
  }

  /// A phrase that begins with its number: is it a number of its own, and the end of a range?
  bool begins_number(std::size_t at, PhraseMatch& match) const {
    if (at == 0) return true;
    const CycleToken& before = tokens_[at - 1];
    if (tokens_[at].adjacent && (before.is_word() || before.is_sign('.') || before.is_sign(',')))
      return false;
    if (is_other_end(at)) match.range = true;
    return true;
  }

  /// Is the number before `at` the other end of a range: "6-8 dpo", "10.-11. Zyklustag"?
  bool is_other_end(std::size_t at) const {
    if (at < 2) return false;
    const CycleToken& joint = tokens_[at - 1];
    const bool is_and = is_word_of(joint, and_words);
    if (!is_and && !joint.is_sign('-') && !joint.is_sign('/') && !is_word_of(joint, range_words))
      return false;
    std::size_t other = at - 2;
    if (is_and && !tokens_[other].is_sign('.')) return false;  // "3. und 21. Zyklustag"
    if (other > 0 && tokens_[other].is_sign('.')) --other;
    return tokens_[other].is_number() && tokens_[other].clause == tokens_[at].clause;
  }

  /// "J10 à J11 du cycle", "day 10 to day 11 of cycle": the first end lacks the words behind.
  bool is_second_of_two(std::size_t at) const {
    return at > 2 && tokens_[at].is_word() && is_other_end(at) && tokens_[at - 3].is_word() &&
           word_matches(tokens_[at - 3].word, tokens_[at].word);
  }

  /// ">CD 12", "CD 12 and 14" after "between": no one day.
  bool is_bound(std::size_t at) const {
    return at > 0 && (tokens_[at - 1].is_sign('<') || tokens_[at - 1].is_sign('>') ||
                      tokens_[at - 1].is_sign(U'≤') || tokens_[at - 1].is_sign(U'≥'));
  }

  bool is_and_of_between(std::size_t at, const PhraseMatch& match) const {
    if (!is_word_of(tokens_[at], and_words)) return false;
    const std::size_t last = std::min(match.begin + 1, tokens_.size());
    for (std::size_t i = last > 3 ? last - 3 : 0; i < last; ++i)
      if (tokens_[i].clause == tokens_[at].clause && is_word_of(tokens_[i], between_words))
        return true;
    return false;
  }

  /// "CD 3 and 21", "CD 3, 21": a second number, of which nothing else is said.
  bool is_listed(std::size_t at, const PhraseMatch& match) const {
    if (!tokens_[at].is_sign(',') && !is_word_of(tokens_[at], and_words)) return false;
    std::size_t other = at + 1;
    if (in_clause(other, match) && tokens_[other].is_sign('+')) ++other;
    if (!in_clause(other, match) || !is_short_number(other)) return false;
    if (!in_clause(other + 1, match)) return true;
    const CycleToken& next = tokens_[other + 1];
    return !next.is_word() && !next.is_number() && !next.is_sign('%') && !next.is_sign('/') &&
           !next.is_sign(':') && !next.is_sign('-') && !next.is_sign('+');
  }

  /// Skips the other end of a range: "19-23", "+6 to +8", "12/13".
  std::size_t behind_range(std::size_t at, PhraseMatch& match) const {
    if (!in_clause(at, match)) return at;
    const CycleToken& joint = tokens_[at];
    const bool sum = joint.is_sign('+');  // "LH+7+2"
    if (!sum && !joint.is_sign('-') && !joint.is_sign('/') && !joint.is_sign('&') &&
        !is_word_of(joint, range_words) && !is_and_of_between(at, match) && !is_listed(at, match))
      return at;
    std::size_t other = at + 1;
    if (in_clause(other, match) && (tokens_[other].is_sign('+') || tokens_[other].is_sign('-')))
      ++other;
    if (!in_clause(other, match) || !is_short_number(other)) return at;
    const bool is_date = other + 2 < tokens_.size() && tokens_[other + 1].adjacent &&
                         !tokens_[other + 1].is_word() && tokens_[other + 2].adjacent &&
                         tokens_[other + 2].is_number();
    if (is_date) return at;
    match.range = true;
    return other + 1;
  }

  /// What stands behind a number may deny it: decimals, per cent, units, letters grown onto it.
  bool ends_number(std::size_t at, const PhraseMatch& match) const {
    if (!in_clause(at, match)) return true;
    const CycleToken& token = tokens_[at];
    const bool separator = token.is_sign('.') || token.is_sign(',');
    if (separator && token.adjacent && at + 1 < tokens_.size() && tokens_[at + 1].is_number() &&
        tokens_[at + 1].adjacent)
      return false;
    return !token.is_sign('%') && !token.is_sign(U'µ') && !token.unit;
  }

  bool date(std::size_t at, std::size_t& end, PhraseMatch& match) const {
    std::size_t i = at;
    for (std::size_t skipped = 0; skipped < most_date_fillers && in_clause(i, match); ++skipped) {
      const CycleToken& token = tokens_[i];
      const bool free = token.is_sign(':') || token.is_sign('=') || token.is_sign('-') ||
                        token.is_sign('(') || token.is_sign(')') || token.is_sign('#') ||
                        is_word_of(token, date_fillers);
      if (!free) break;
      ++i;
    }
    if (!in_clause(i, match)) return false;
    match.date = read_date_at(tokens_, i, date_order_, end);
    if (match.date.kind == CycleDate::Kind::none) return end > i;  // 31.02.2025 is one, of no day
    std::size_t other = end;
    if (in_clause(end, match) &&
        (tokens_[end].is_sign('-') || is_word_of(tokens_[end], range_words)) &&
        read_date_at(tokens_, end + 1, date_order_, other).kind != CycleDate::Kind::none)
      match.range = true;
    const auto beside = [&](std::size_t k) { return in_clause(k, match) && tokens_[k].adjacent; };
    if (beside(end) && beside(end + 1) && tokens_[end + 1].is_number() &&
        (tokens_[end].is_sign('/') || tokens_[end].is_sign('-')))
      match.range = true;  // "2025-03-02/05"
    if (in_clause(end + 1, match) && tokens_[end].is_sign('-') && is_short_number(end + 1) &&
        !(in_clause(end + 2, match) && tokens_[end + 2].is_word()))
      match.range = true;  // "2025-03-02 - 05", but "– 28 day cycle"
    return true;
  }

  std::span<const CycleToken> tokens_;
  std::string_view date_order_;
};

/// A number at the end of a phrase may have no letters grown onto it ("CD12a"); within a phrase
/// the next element has already matched them ("7dpo").
bool ends_on_whole_number(std::span<const CycleToken> tokens, const PhraseMatch& match) {
  return match.end >= tokens.size() || !tokens[match.end].adjacent ||
         !tokens[match.end].is_word() || !tokens[match.end - 1].is_number();
}

}  // namespace

namespace {

/// The last day of those found, if its number stands first: "3rd cycle day".
PhraseMatch* last_ordinal_day(std::vector<PhraseMatch>& found) {
  for (auto match = found.rbegin(); match != found.rend(); ++match)
    if (match->field == PhraseField::day)
      return match->number_at == match->begin ? &*match : nullptr;
  return nullptr;
}

bool is_ordinal_day(std::vector<PhraseMatch>& found, PhraseField field) {
  return field == PhraseField::day && last_ordinal_day(found) != nullptr;
}

/// "3rd cycle day 21" is the third cycle or the third day: two matches in one (C25).
void note_second_number(std::vector<PhraseMatch>& found, const PhraseMatch& second) {
  PhraseMatch& first = *last_ordinal_day(found);
  if (second.number_at >= first.end && second.number != first.number) first.range = true;
}

}  // namespace

std::vector<PhraseMatch> find_cycle_phrases(const PhraseBook& book,
                                            std::span<const CycleToken> tokens,
                                            std::string_view date_order) {
  const Matcher matcher(tokens, date_order);
  std::vector<PhraseMatch> found;
  std::array<std::size_t, phrase_fields> busy_until{};
  std::array<PhraseMatch, phrase_fields> best;
  for (std::size_t at = 0; at < tokens.size(); ++at) {
    for (PhraseMatch& match : best) match.end = 0;
    book.visit_beginning_at(tokens, at, [&](std::size_t index) {
      PhraseMatch match;
      const auto field = static_cast<std::size_t>(book.phrases()[index].field);
      const bool busy = busy_until[field] > at;
      if (busy && !is_ordinal_day(found, match.field = book.phrases()[index].field)) return;
      if (!matcher.match(book.phrases()[index], at, match)) return;
      if (busy)
        note_second_number(found, match);
      else if (match.end > best[field].end && ends_on_whole_number(tokens, match))
        best[field] = match;
    });
    for (const PhraseMatch& match : best) {
      if (match.end == 0) continue;
      busy_until[static_cast<std::size_t>(match.field)] = match.end;
      found.push_back(match);
    }
  }
  return found;
}

}  // namespace gateway::mapping
