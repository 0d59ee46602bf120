#include "gateway/mapping/cycle_text.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <span>

#include "gateway/mapping/cycle_match.hpp"
#include "gateway/mapping/cycle_timing.hpp"

namespace gateway::mapping {
namespace {

using Matches = std::vector<PhraseMatch>;
using Tokens = std::span<const CycleToken>;

bool is_any_word(const CycleToken& token, std::initializer_list<std::u32string_view> list) {
  return token.is_word() && std::any_of(list.begin(), list.end(),
                                        [&](auto word) { return word_matches(token.word, word); });
}

/// Clusters of differentiation this field stains and counts: "CD 16" beside one of them, or beside
/// a plus, is a marker of cells, not a day.
constexpr std::array markers{2u,  3u,  4u,  5u,  7u,  8u,  10u, 14u, 15u, 16u, 19u,
                             20u, 25u, 27u, 28u, 33u, 34u, 38u, 45u, 56u, 57u};

class TextReader {
 public:
  TextReader(Tokens tokens, const Matches& matches)
      : tokens_(tokens), matches_(matches), owner_(tokens, matches) {
    mark_clauses();
    find_markers();
  }

  CycleText read() const {
    CycleText text;
    for (const PhraseMatch& match : matches_) {
      if (is_void(match)) continue;
      switch (match.field) {
        case PhraseField::day:
          if (is_day(match)) put_timing(text.day, match.number, match);
          break;
        case PhraseField::anchor:
          put_timing(text.anchor, TextAnchor{std::string(match.code), match.number}, match);
          break;
        case PhraseField::lmp:
          put_lmp(text, match);
          break;
        case PhraseField::type:
          put(text.type, std::string(match.code), false);
          break;
        case PhraseField::phase:
          if (is_phase(match)) put(text.phase, std::string(match.code), false);
          break;
        case PhraseField::postmenopausal:
          text.postmenopausal = true;
          break;
        case PhraseField::qualifier:
          put_qualifier(text, match);
          break;
        default:
          break;
      }
    }
    return text;
  }

 private:
  enum Mark : unsigned char { nothing_counts = 1, no_day = 2, no_phase = 4 };

  void mark_clauses() {
    marks_.resize(tokens_.empty() ? 0 : tokens_.back().clause + 1u);
    drug_start_.resize(marks_.size(), PhraseMatch::nowhere);
    for (const PhraseMatch& match : matches_) {
      if (match.field == PhraseField::negation) negation_ends_.push_back(match.end);
      if (match.field == PhraseField::former) former_ends_.push_back(match.end);
      if (match.field == PhraseField::histology) histology_ends_.push_back(match.end);
      if (match.field == PhraseField::appearance) appearance_begins_.push_back(match.begin);
      if (match.field == PhraseField::anchor) anchor_numbers_.push_back(match.number_at);
      if (match.field == PhraseField::drug_start && !is_bleeding(match.begin, match.end))
        drug_start_[clause(match)] = std::min(drug_start_[clause(match)], match.begin);
      unsigned char& mark = marks_[clause(match)];
      if (match.field == PhraseField::void_clause) mark |= nothing_counts;
      if (match.field == PhraseField::void_day) mark |= no_day;
      if (match.field == PhraseField::void_phase) mark |= no_phase;
    }
  }

  std::uint32_t clause(const PhraseMatch& match) const { return tokens_[match.begin].clause; }

  template <class T>
  static void put(TextField<T>& field, const T& value, bool range) {
    if (range || (field.value && *field.value != value)) field.ambiguous = true;
    if (field.ambiguous)
      field.value.reset();
    else
      field.value = value;
  }

  template <class T>
  void put_timing(TextField<T>& field, const T& value, const PhraseMatch& match) const {
    if (owner_.is_of_sample(match))
      put(field, value, match.range);
    else
      field.in_doubt = true;
  }

  static void put_lmp(CycleText& text, const PhraseMatch& match) {
    if (match.date.kind == CycleDate::Kind::imprecise) {
      text.lmp_imprecise = true;
      return;
    }
    const bool unclear = match.range || match.date.kind == CycleDate::Kind::ambiguous;
    const bool differs =
        text.lmp.value && text.lmp.value->local_day() != match.date.date.local_day();
    if (unclear || differs) text.lmp.ambiguous = true;
    if (text.lmp.ambiguous)
      text.lmp.value.reset();
    else
      text.lmp.value = match.date.date;
  }

  static void put_qualifier(CycleText& text, const PhraseMatch& match) {
    if (std::find(text.qualifiers.begin(), text.qualifiers.end(), match.code) ==
        text.qualifiers.end())
      text.qualifiers.emplace_back(match.code);
  }

  bool is_void(const PhraseMatch& match) const {
    if (marks_[clause(match)] & nothing_counts) return true;
    if (match.field == PhraseField::lmp) return is_weekday(match);
    const bool is_words = match.field == PhraseField::type || match.field == PhraseField::phase ||
                          match.field == PhraseField::postmenopausal ||
                          match.field == PhraseField::qualifier;
    return is_words && is_denied(match);
  }

  /// "no", "not", "denies" up to three words before, "previous" right before, Turkish "değil" up to
  /// two words behind. A comma ends what they speak of: "no medication, natural cycle".
  bool is_denied(const PhraseMatch& match) const {
    if (follows(negation_ends_, match, 2) || follows(former_ends_, match, 0)) return true;
    for (std::size_t i = match.end; i < std::min(match.end + 2, tokens_.size()); ++i) {
      if (is_break(tokens_[i])) return false;
      if (tokens_[i].clause == clause(match) && is_any_word(tokens_[i], {U"değil", U"yok"}))
        return true;
    }
    return false;
  }

  static bool is_break(const CycleToken& token) {
    return token.is_sign(',') || token.is_sign(')') || token.is_sign('(');
  }

  /// Does one of the phrases that end at `ends` stand before the match, with at most `between`
  /// words of the same part of the sentence between them?
  bool follows(const std::vector<std::size_t>& ends, const PhraseMatch& match,
               std::size_t between) const {
    const auto behind = std::upper_bound(ends.begin(), ends.end(), match.begin);
    if (behind == ends.begin()) return false;
    const std::size_t end = *(behind - 1);
    if (match.begin - end > between || tokens_[end - 1].clause != clause(match)) return false;
    return std::none_of(tokens_.begin() + static_cast<std::ptrdiff_t>(end),
                        tokens_.begin() + static_cast<std::ptrdiff_t>(match.begin), is_break);
  }

  /// "histology: cycle day 21", "cycle day 21 pattern": what the tissue looks like, not when it was
  /// taken. "CD 22, biopsy for histology" is a day.
  bool is_dating(const PhraseMatch& match) const {
    if (follows(histology_ends_, match, 3)) return true;
    const auto behind =
        std::lower_bound(appearance_begins_.begin(), appearance_begins_.end(), match.end);
    if (behind == appearance_begins_.end() || *behind > match.end + 1) return false;
    return tokens_[*behind].clause == clause(match) && !is_break(tokens_[match.end]);
  }

  /// "Sat 2025-03-01" is a weekday; SAT, sat and "Sat: …" are the Turkish abbreviation.
  bool is_weekday(const PhraseMatch& match) const {
    const CycleToken& word = tokens_[match.begin];
    if (!word.titled || !is_any_word(word, {U"sat"})) return false;
    const CycleToken& next = tokens_[match.begin + 1];
    return !next.is_sign(':') && !next.is_sign('=');
  }

  bool is_day(const PhraseMatch& match) const {
    if ((marks_[clause(match)] & no_day) || is_dating(match)) return false;
    if (std::binary_search(marker_numbers_.begin(), marker_numbers_.end(), match.number_at))
      return false;
    if (std::binary_search(anchor_numbers_.begin(), anchor_numbers_.end(), match.number_at))
      return false;  // C26: a stimulation day is never a cycle day
    return drug_start_[clause(match)] >= match.begin;
  }

  /// "menses started, CD 2" and "started her period, CD 2" start no drug.
  bool is_bleeding(std::size_t begin, std::size_t end) const {
    const auto is_word = [this](std::size_t at) {
      return is_any_word(tokens_[at], {U"menses", U"menstruation", U"menstruating", U"bleeding",
                                       U"period", U"periode", U"regel", U"adet", U"regla"});
    };
    if (begin > 0 && is_word(begin - 1)) return true;
    const std::size_t last = std::min(end + 2, tokens_.size());
    for (std::size_t at = end; at < last; ++at)
      if (is_word(at)) return true;
    return false;
  }

  bool is_cd(const PhraseMatch& match) const {
    return match.field == PhraseField::day && is_any_word(tokens_[match.begin], {U"cd"});
  }

  static bool is_marker_number(unsigned number) {
    return std::find(markers.begin(), markers.end(), number) != markers.end();
  }
  static bool is_marker(const PhraseMatch& match) {
    return match.number > 0 && is_marker_number(static_cast<unsigned>(match.number));
  }

  /// "CD56", "CD138" at a token: no cycle has a day of three digits.
  bool is_marker_at(std::size_t at) const {
    if (at + 1 >= tokens_.size() || !is_any_word(tokens_[at], {U"cd"})) return false;
    const CycleToken& number = tokens_[at + 1];
    return number.is_number() && (number.digits == 3 || is_marker_number(number.value));
  }

  static bool is_and(const CycleToken& token) {
    return token.is_sign('/') || token.is_sign('+') || token.is_sign('-') || token.is_sign('&') ||
           token.is_sign(',') || is_any_word(token, {U"and", U"und", U"ve", U"y", U"et"});
  }

  /// Which of the `CD N` are clusters. Beside one that is certain, "CD16" in one word is another
  /// and "CD 16" only next to one that is written like it: "CD56+ cells, CD 14" has its day.
  void find_markers() {
    for (std::size_t i = 0; i + 1 < tokens_.size(); ++i)
      if (is_any_word(tokens_[i], {U"cd"}) && tokens_[i + 1].is_number() &&
          tokens_[i + 1].digits == 3)
        marker_numbers_.push_back(i + 1);
    const bool listed = lists_markers();
    for (const PhraseMatch& match : matches_)
      if (is_cd(match) && ((listed && is_marker(match)) || is_certain_marker(match)))
        marker_numbers_.push_back(match.number_at);
    std::sort(marker_numbers_.begin(), marker_numbers_.end());
    if (marker_numbers_.empty()) return;
    for (const PhraseMatch& match : matches_) {
      if (!is_cd(match) || !is_marker(match) || !(is_grown(match) || is_beside_marker(match)))
        continue;
      const auto at =
          std::lower_bound(marker_numbers_.begin(), marker_numbers_.end(), match.number_at);
      if (at == marker_numbers_.end() || *at != match.number_at)
        marker_numbers_.insert(at, match.number_at);
    }
  }

  /// "CD16" in one word.
  bool is_grown(const PhraseMatch& match) const {
    return tokens_[match.number_at].adjacent && match.number_at == match.begin + 1;
  }

  bool is_beside_marker(const PhraseMatch& match) const {
    const auto is_marker_number_at = [this](std::size_t at) {  // written apart, too
      return !tokens_[at].adjacent &&
             std::binary_search(marker_numbers_.begin(), marker_numbers_.end(), at);
    };
    std::size_t left = match.begin;
    while (left > 0 && is_and(tokens_[left - 1])) --left;
    if (left > 0 && is_marker_number_at(left - 1)) return true;
    std::size_t right = match.number_at + 1;
    while (right < tokens_.size() && is_and(tokens_[right])) ++right;
    return right + 1 < tokens_.size() && is_marker_number_at(right + 1);
  }

  /// "CD3, CD4, CD8": three of them are a panel, never days.
  bool lists_markers() const {
    unsigned long long listed = 0;  // a bit a number of two digits that is a marker
    for (const PhraseMatch& match : matches_)
      if (is_cd(match) && is_marker(match)) listed |= 1ull << match.number;
    return std::popcount(listed) >= 3;
  }

  /// "CD56", "CD3+", "CD16-CD56", "anti-CD20", "CD19 cells".
  bool is_certain_marker(const PhraseMatch& match) const {
    if (match.number == 56 || match.number == 57) return true;
    std::size_t before = match.begin;
    if (before > 0 && tokens_[before - 1].is_sign('-')) --before;
    if (before > 0 && is_any_word(tokens_[before - 1], {U"anti"})) return true;
    const std::size_t behind = match.number_at + 1;
    if (behind >= tokens_.size()) return false;
    const CycleToken& next = tokens_[behind];
    if (next.clause != clause(match)) return false;
    if (next.adjacent && next.is_sign('+')) return true;
    const bool joins = next.is_sign('-') || next.is_sign('/') || next.is_sign('+');
    if (joins && is_grown(match) && is_marker(match) && is_marker_at(behind + 1)) return true;
    if (joins && behind + 1 < tokens_.size() && tokens_[behind + 1].is_number() &&
        (tokens_[behind + 1].value == 56 || tokens_[behind + 1].value == 57))
      return true;  // "CD16/56"
    if (is_marker(match) && is_any_word(next, {U"count", U"counts", U"ratio", U"subset", U"subsets",
                                               U"gate", U"gated", U"gating"}))
      return true;
    const bool kind =
        is_marker(match) && is_any_word(next, {U"t", U"b", U"nk"}) && behind + 1 < tokens_.size();
    if (kind && is_any_word(tokens_[behind + 1], {U"cell", U"cells", U"lymphocytes", U"zellen"}))
      return true;
    return is_any_word(next, {U"cell", U"cells", U"bright", U"dim", U"pos", U"neg", U"positive",
                              U"negative", U"zellen", U"stain", U"staining", U"ihc", U"expression",
                              U"hücre", U"células", U"cellules", U"lymphocytes"});
  }

  /// A phase behind whose word a number stands is the label of a reference range.
  bool is_phase(const PhraseMatch& match) const {
    if (marks_[clause(match)] & no_phase) return false;
    std::size_t i = match.end;
    while (i < tokens_.size() &&
           (tokens_[i].is_sign(':') || tokens_[i].is_sign('=') || tokens_[i].is_sign('<') ||
            tokens_[i].is_sign('>') || tokens_[i].is_sign(U'≤') || tokens_[i].is_sign(U'≥')))
      ++i;
    return i >= tokens_.size() || tokens_[i].clause != clause(match) || !tokens_[i].is_number();
  }

  Tokens tokens_;
  const Matches& matches_;
  TimingOwner owner_;
  std::vector<unsigned char> marks_;     // by clause
  std::vector<std::size_t> drug_start_;  // by clause: where the first drug start stands
  // Tokens, ascending.
  std::vector<std::size_t> negation_ends_, former_ends_, histology_ends_, appearance_begins_;
  std::vector<std::size_t> anchor_numbers_;
  std::vector<std::size_t> marker_numbers_;
};

CycleText read_by(const PhraseBook& book, std::string_view text, std::string_view date_order) {
  CycleWords words;
  split_words(text, most_cycle_text_bytes, words);
  const Matches matches = find_cycle_phrases(book, words.tokens, date_order);
  return TextReader(words.tokens, matches).read();
}

}  // namespace

CycleText read_cycle_text(const CycleLanguage& language, std::string_view text,
                          std::string_view date_order) {
  return read_by(language.text(), text, date_order);
}

CycleText read_cycle_type_text(const CycleLanguage& language, std::string_view text) {
  CycleText all = read_by(language.type(), text, "");
  CycleText result;
  result.type = all.type;
  result.postmenopausal = all.postmenopausal;
  result.qualifiers = std::move(all.qualifiers);
  return result;
}

TextField<std::string> read_cycle_phase_text(const CycleLanguage& language, std::string_view text) {
  return read_by(language.phase(), text, "").phase;
}

bool says_postmenopausal(const CycleLanguage& language, std::string_view text) {
  return read_cycle_type_text(language, text).postmenopausal;
}

}  // namespace gateway::mapping
