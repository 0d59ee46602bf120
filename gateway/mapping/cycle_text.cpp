#include "gateway/mapping/cycle_text.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <span>

#include "gateway/mapping/cycle_dates_beside.hpp"
#include "gateway/mapping/cycle_denials.hpp"
#include "gateway/mapping/cycle_kind_owner.hpp"
#include "gateway/mapping/cycle_lost_weeks.hpp"
#include "gateway/mapping/cycle_markers.hpp"
#include "gateway/mapping/cycle_match.hpp"
#include "gateway/mapping/cycle_rules.hpp"
#include "gateway/mapping/cycle_timing.hpp"

namespace gateway::mapping {
namespace {

using Matches = std::vector<PhraseMatch>;
using Tokens = std::span<const CycleToken>;

class TextReader {
 public:
  /// `kinds`: whose types, phases and qualifiers are; an answer speaks of this cycle.
  TextReader(Tokens tokens, const Matches& matches, const DatesBeside& dates,
             const KindOwner& kinds, bool is_answer, std::optional<std::int64_t> collected_day = {})
      : tokens_(tokens),
        matches_(matches),
        dates_(dates),
        kinds_(kinds),
        is_answer_(is_answer),
        collected_day_(collected_day),
        words_of_text_(std::count_if(tokens.begin(), tokens.end(),
                                     [](const CycleToken& token) { return token.is_word(); })),
        owner_(tokens, matches, dates),
        lost_weeks_(tokens, matches),
        denials_(tokens, matches),
        markers_(tokens, matches) {
    mark_clauses();
  }

  CycleText read() const {
    CycleText text;
    for (const PhraseMatch& match : matches_) {
      if (match.field == PhraseField::pregnancy && says_pregnant(match)) text.pregnant = true;
      if (is_void(match)) {
        note_doubt(text, match);
        continue;
      }
      switch (match.field) {
        case PhraseField::day:
          if (!is_day(match)) break;
          if (markers_.may_be(match))
            text.day.in_doubt = true;
          else
            put_timing(text.day, match.number, match);
          break;
        case PhraseField::anchor:
          put_anchor(text, match);
          break;
        case PhraseField::lmp:
          if (may_be_weekday(match))
            text.lmp.in_doubt = true;
          else
            put_lmp(text, match);
          break;
        case PhraseField::period:
          put_undated_period(text, match);
          break;
        case PhraseField::type:
          put_kind(text.type, match);
          break;
        case PhraseField::phase:
          if (is_phase(match)) put_kind(text.phase, match);
          break;
        case PhraseField::postmenopausal:
          text.postmenopausal = true;
          break;
        case PhraseField::qualifier:
          if (is_of_woman(match) || is_of_this_cycle(match)) put_qualifier(text, match);
          break;
        default:
          break;
      }
    }
    return text;
  }

 private:
  enum Mark : unsigned char {
    nothing_counts = 1,
    no_day = 2,
    no_phase = 4,
    doubtful = 8,
    questioned = 16
  };

  void mark_clauses() {
    marks_.resize(tokens_.empty() ? 0 : tokens_.back().clause + 1u);
    drug_start_.resize(marks_.size(), PhraseMatch::nowhere);
    kind_ends_.resize(tokens_.size(), 0);
    std::vector<bool> ranged(tokens_.size(), false);  // "CD 12 or 14" speaks of its day alone
    for (const PhraseMatch& match : matches_)
      if (match.range)
        std::fill(ranged.begin() + static_cast<std::ptrdiff_t>(match.begin),
                  ranged.begin() + static_cast<std::ptrdiff_t>(match.end), true);
    for (const PhraseMatch& match : matches_) {
      if (match.field == PhraseField::lmp) dated_periods_.insert(match.begin);
      if (match.field == PhraseField::obstetric) obstetric_ends_.push_back(match.end);
      if (match.field == PhraseField::anchor) anchor_numbers_.push_back(match.number_at);
      if (match.field == PhraseField::type || match.field == PhraseField::qualifier)
        kind_ends_[match.begin] = match.end;
      if (match.field == PhraseField::day) day_ends_[match.number_at] = match.end;
      if (match.field == PhraseField::drug_start && !is_bleeding(match.begin, match.end))
        drug_start_[clause(match)] = std::min(drug_start_[clause(match)], match.begin);
      unsigned char& mark = marks_[clause(match)];
      if (match.field == PhraseField::void_clause && !denials_.is_explained(match.begin)) {
        mark |= nothing_counts;
        if (!match.code.empty()) mark |= questioned;
      }
      if (match.field == PhraseField::doubt && !ranged[match.begin]) mark |= doubtful;
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
    if (is_of_sample(match))
      put(field, value, match.range);
    else
      field.in_doubt = true;
  }

  bool is_of_sample(const PhraseMatch& match) const {
    if (!match.range && (marks_[clause(match)] & doubtful)) return false;
    return owner_.is_of_sample(match) && !dates_.contradict(match) &&
           !denials_.is_set_off_relatives(match);
  }

  /// Of two anchors none is the text's, but both were said: a cycle with a day of stimulation is a
  /// stimulated one, whatever else it has (C15).
  void put_anchor(CycleText& text, const PhraseMatch& match) const {
    if (match.code == "progesterone-start" && is_obstetric(match)) return;
    if (is_also_day(match) || is_part_of_kind(match) || is_level(match)) {
      text.anchor.in_doubt = true;
      return;
    }
    put_timing(text.anchor, TextAnchor{std::string(match.code), match.number}, match);
    if (!is_of_sample(match)) return;
    if (match.code == "stimulation-start") text.stimulation = true;
    if (is_treatment_start(match.code)) text.treatment = true;
  }

  /// "progesterone day 21 of cycle": measured on that day, or the day of the drug.
  bool is_also_day(const PhraseMatch& match) const {
    const auto found = day_ends_.find(match.number_at);
    return found != day_ends_.end() && found->second > match.end;
  }

  /// "7 days after ovulation induction" counts from the treatment.
  bool is_part_of_kind(const PhraseMatch& match) const {
    for (std::size_t i = match.begin + 1; i < match.end; ++i)
      if (kind_ends_[i] > match.end) return true;
    return false;
  }

  /// "progesterone day 21: 32": a level that was measured on that day.
  bool is_level(const PhraseMatch& match) const {
    std::size_t at = match.end;
    while (at < tokens_.size() && (tokens_[at].is_sign(':') || tokens_[at].is_sign('='))) ++at;
    const bool number = at < tokens_.size() && tokens_[at].is_number() && !dates_.holds(at) &&
                        tokens_[at].clause == clause(match);
    return number && match.code == "progesterone-start";
  }

  /// "G2 P+0", "G2, P+0".
  bool is_obstetric(const PhraseMatch& match) const {
    const std::size_t end =
        match.begin > 0 && tokens_[match.begin - 1].is_sign(',') ? match.begin - 1 : match.begin;
    return std::binary_search(obstetric_ends_.begin(), obstetric_ends_.end(), end);
  }

  void put_lmp(CycleText& text, const PhraseMatch& match) const {
    if ((marks_[clause(match)] & doubtful) || denials_.is_set_off_relatives(match)) {
      text.lmp.in_doubt = true;
      return;
    }
    if (match.date.kind == CycleDate::Kind::none) {
      text.lmp_invalid = true;
      return;
    }
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

  /// "LMP March", "LMP 02/03": a period was said, and its day is none that C28 reads.
  void put_undated_period(CycleText& text, const PhraseMatch& match) const {
    if (dated_periods_.contains(match.begin)) return;
    if (match.end == match.begin + 1 && match.end < tokens_.size() && is_bare_sat(match)) return;
    const std::size_t at = dates_.behind_leads(match.end);
    if (at >= tokens_.size() || tokens_[at].clause != clause(match)) return;
    const DatesBeside::Said said = dates_.said_at(at);
    if (said == DatesBeside::Said::vague)
      text.lmp_imprecise = true;
    else if (said == DatesBeside::Said::day || tokens_[at].is_number())
      text.lmp.in_doubt = true;
  }

  /// "CD 12?": a doubt takes the day away, and the reader is told that it was said.
  void note_doubt(CycleText& text, const PhraseMatch& match) const {
    if (!(marks_[clause(match)] & questioned) || denials_.is_of_relative(match)) return;
    if (match.field == PhraseField::day && is_day(match)) text.day.in_doubt = true;
    if (match.field == PhraseField::anchor) text.anchor.in_doubt = true;
    if (match.field == PhraseField::lmp || match.field == PhraseField::period)
      text.lmp.in_doubt = true;
    if (match.field == PhraseField::type) text.type.in_doubt = true;
    if (match.field == PhraseField::phase && is_phase(match)) text.phase.in_doubt = true;
  }

  void put_kind(TextField<std::string>& field, const PhraseMatch& match) const {
    if (!is_answer_ && kinds_.is_left_open(match))
      put(field, std::string(match.code), true);
    else if (is_of_this_cycle(match))
      put(field, std::string(match.code), false);
    else
      field.in_doubt = true;
  }

  bool is_of_this_cycle(const PhraseMatch& match) const {
    if (is_answer_) return true;
    return !(marks_[clause(match)] & doubtful) && !dates_.contradict(match) &&
           !kinds_.is_left_open(match) && kinds_.is_of_this_cycle(match);
  }

  /// What she has, whatever cycle it is.
  static bool is_of_woman(const PhraseMatch& match) {
    return match.code == "irregular" || match.code == "amenorrhea";
  }

  /// Words that say it today, of her: no plan or doubt takes that back, since a day of a cycle in a
  /// pregnancy is the worse mistake. Weeks beside a loss are those of the lost pregnancy.
  bool says_pregnant(const PhraseMatch& match) const {
    if (match.code == "not-pregnant" || denials_.is_of_relative(match) || denials_.is_denied(match))
      return false;
    if (match.code == "weeks" && lost_weeks_.has(match)) return false;
    return !dates_.name_another_year(match);
  }

  static void put_qualifier(CycleText& text, const PhraseMatch& match) {
    if (std::find(text.qualifiers.begin(), text.qualifiers.end(), match.code) ==
        text.qualifiers.end())
      text.qualifiers.emplace_back(match.code);
  }

  bool is_void(const PhraseMatch& match) const {
    if (marks_[clause(match)] & nothing_counts) return true;
    const bool timing = match.field == PhraseField::day || match.field == PhraseField::anchor;
    if (!timing && denials_.is_of_relative(match)) return true;
    if (match.field == PhraseField::lmp) return is_weekday(match) || denials_.is_former(match);
    if (match.field == PhraseField::period) return denials_.is_former(match);
    const bool is_words = match.field == PhraseField::type || match.field == PhraseField::phase ||
                          match.field == PhraseField::postmenopausal ||
                          match.field == PhraseField::qualifier;
    return is_words && denials_.is_denied(match);
  }

  /// "Sat" without a sign that makes what follows its value.
  bool is_bare_sat(const PhraseMatch& match) const {
    if (!is_any_word(tokens_[match.begin], {U"sat"})) return false;
    const CycleToken& next = tokens_[match.begin + 1];
    return !next.is_sign(':') && !next.is_sign('=');
  }

  /// "Sat 2025-03-01" is a weekday; SAT, sat and "Sat: …" are the Turkish abbreviation.
  bool is_weekday(const PhraseMatch& match) const {
    return tokens_[match.begin].titled && is_bare_sat(match);
  }

  /// "COLLECTED SAT 3/22/2025": a Saturday, and more than a period is said, or it is the day of the
  /// collection.
  bool may_be_weekday(const PhraseMatch& match) const {
    constexpr int saturday = 2;  // 1970-01-01 was a Thursday
    if (!is_bare_sat(match) || match.date.kind != CycleDate::Kind::day) return false;
    const auto day = match.date.date.local_day();
    if (!day || (*day % 7 + 7) % 7 != saturday) return false;
    return words_of_text_ > 1 || day == collected_day_;
  }

  bool is_day(const PhraseMatch& match) const {
    if ((marks_[clause(match)] & no_day) || denials_.is_dating(match)) return false;
    if (markers_.has(match.number_at)) return false;
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

  /// A phase behind whose word a number stands is the label of a reference range.
  bool is_phase(const PhraseMatch& match) const {
    if ((marks_[clause(match)] & no_phase) || kinds_.is_complaint(match)) return false;
    std::size_t i = match.end;
    while (i < tokens_.size() &&
           (tokens_[i].is_sign(':') || tokens_[i].is_sign('=') || tokens_[i].is_sign('<') ||
            tokens_[i].is_sign('>') || tokens_[i].is_sign(U'≤') || tokens_[i].is_sign(U'≥')))
      ++i;
    return i >= tokens_.size() || tokens_[i].clause != clause(match) || !tokens_[i].is_number() ||
           dates_.holds(i);
  }

  Tokens tokens_;
  const Matches& matches_;
  const DatesBeside& dates_;
  const KindOwner& kinds_;
  const bool is_answer_;
  const std::optional<std::int64_t> collected_day_;
  const std::ptrdiff_t words_of_text_;
  TimingOwner owner_;
  LostWeeks lost_weeks_;
  Denials denials_;
  CellMarkers markers_;
  std::vector<unsigned char> marks_;     // by clause
  std::vector<std::size_t> drug_start_;  // by clause: where the first drug start stands
  // Tokens, ascending.
  std::vector<std::size_t> anchor_numbers_, obstetric_ends_;
  std::vector<std::size_t> kind_ends_;           // of types and qualifiers, by their first token
  std::set<std::size_t> dated_periods_;          // where an LMP with its date begins
  std::map<std::size_t, std::size_t> day_ends_;  // of the days, by their number
};

/// The tokens of a text and the phrases in them.
struct Phrased {
  CycleWords words;
  Matches matches;

  Phrased(const PhraseBook& book, std::string_view text, std::string_view date_order) {
    split_words(text, most_cycle_text_bytes, book.word_kinds(), words);
    matches = find_cycle_phrases(book, words.tokens, date_order);
  }
};

CycleText read_answer_by(const PhraseBook& book, std::string_view text) {
  const Phrased phrased(book, text, "");
  const DatesBeside dates(phrased.words.tokens, phrased.matches, "", std::nullopt);
  const KindOwner kinds(phrased.words.tokens, phrased.matches);
  return TextReader(phrased.words.tokens, phrased.matches, dates, kinds, true).read();
}

}  // namespace

CycleText read_cycle_text(const CycleLanguage& language, std::string_view text,
                          std::string_view date_order,
                          const std::optional<base::PartialTime>& collected) {
  const Phrased phrased(language.text(), text, date_order);
  const DatesBeside dates(phrased.words.tokens, phrased.matches, date_order, collected);
  const KindOwner kinds(phrased.words.tokens, phrased.matches);
  return TextReader(phrased.words.tokens, phrased.matches, dates, kinds, false,
                    collected ? collected->local_day() : std::nullopt)
      .read();
}

CycleText read_cycle_type_text(const CycleLanguage& language, std::string_view text) {
  CycleText all = read_answer_by(language.type(), text);
  CycleText result;
  result.type = all.type;
  result.postmenopausal = all.postmenopausal;
  result.qualifiers = std::move(all.qualifiers);
  return result;
}

TextField<std::string> read_cycle_phase_text(const CycleLanguage& language, std::string_view text) {
  return read_answer_by(language.phase(), text).phase;
}

bool is_about_cycle(const CycleLanguage& language, std::string_view text) {
  const Phrased phrased(language.text(), text, "");
  return std::any_of(phrased.matches.begin(), phrased.matches.end(), [](const PhraseMatch& match) {
    return is_of_cycle(match.field) || match.field == PhraseField::about ||
           (match.field == PhraseField::pregnancy && match.code != "not-pregnant");
  });
}

bool says_postmenopausal(const CycleLanguage& language, std::string_view text) {
  return read_cycle_type_text(language, text).postmenopausal;
}

}  // namespace gateway::mapping
