#include "gateway/mapping/cycle_statement.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "gateway/mapping/cycle_match.hpp"
#include "gateway/mapping/cycle_text.hpp"
#include "gateway/mapping/numbers.hpp"

namespace gateway::mapping {
namespace {

constexpr std::size_t most_value_bytes = 256;

struct AnchorKind {
  std::string_view kind, anchor;
  bool counts_from_date;
};
// In the order of preference: what acts on the endometrium last says most about its timing.
constexpr std::array anchors{AnchorKind{"progesterone-day", "progesterone-start", false},
                             AnchorKind{"lh-plus", "lh-surge", true},
                             AnchorKind{"hcg-plus", "hcg-trigger", true},
                             AnchorKind{"ovulation-plus", "ovulation", true},
                             AnchorKind{"retrieval-plus", "oocyte-retrieval", true},
                             AnchorKind{"et-plus", "embryo-transfer", true},
                             AnchorKind{"stim-day", "stimulation-start", false},
                             AnchorKind{"estrogen-day", "estrogen-start", false}};

struct Answer {
  std::string_view text;
  PregnancySaid said;
};
// SNOMED CT and LOINC answers to 82810-3, table 0136, and words as senders write them.
constexpr std::array pregnancy_answers{Answer{"77386006", PregnancySaid::pregnant},
                                       Answer{"la15173-0", PregnancySaid::pregnant},
                                       Answer{"60001007", PregnancySaid::not_pregnant},
                                       Answer{"la26683-5", PregnancySaid::not_pregnant},
                                       Answer{"y", PregnancySaid::pregnant},
                                       Answer{"n", PregnancySaid::not_pregnant},
                                       Answer{"yes", PregnancySaid::pregnant},
                                       Answer{"no", PregnancySaid::not_pregnant},
                                       Answer{"pregnant", PregnancySaid::pregnant},
                                       Answer{"not pregnant", PregnancySaid::not_pregnant},
                                       Answer{"schwanger", PregnancySaid::pregnant},
                                       Answer{"nicht schwanger", PregnancySaid::not_pregnant},
                                       Answer{"gebe", PregnancySaid::pregnant},
                                       Answer{"gebe değil", PregnancySaid::not_pregnant},
                                       Answer{"embarazada", PregnancySaid::pregnant},
                                       Answer{"no embarazada", PregnancySaid::not_pregnant},
                                       Answer{"enceinte", PregnancySaid::pregnant},
                                       Answer{"non enceinte", PregnancySaid::not_pregnant}};

constexpr std::array types{std::string_view("natural"),        std::string_view("modified-natural"),
                           std::string_view("medicated"),      std::string_view("stimulated-oi"),
                           std::string_view("stimulated-ivf"), std::string_view("unknown")};
constexpr std::array phases{std::string_view("menstrual"), std::string_view("follicular"),
                            std::string_view("periovulatory"), std::string_view("luteal"),
                            std::string_view("progesterone-exposed")};

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\n";
  const std::size_t begin = text.find_first_not_of(blanks);
  if (begin == text.npos) return {};
  return text.substr(begin, text.find_last_not_of(blanks) + 1 - begin);
}

/// "21", "+7", "-1", "021", "21.0".
std::optional<long> whole_number(std::string_view text) {
  text = trimmed(text);
  if (text.starts_with('+')) text.remove_prefix(1);
  const std::size_t point = text.find('.');
  if (point != text.npos && point + 1 < text.size() &&
      text.find_first_not_of('0', point + 1) == text.npos)
    text = text.substr(0, point);
  long value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// Words that may stand beside the one number of an answer.
constexpr std::array<std::u32string_view, 17> day_words{
    U"day",  U"days", U"d",     U"tag", U"tage", U"t",     U"gün",  U"günü", U"día",
    U"días", U"jour", U"jours", U"j",   U"post", U"after", U"nach", U"sonra"};

/// "day 9", "9 days", "+5 d": one number and words for day. "12.5" and "12,5" are none.
StatedNumber lone_number(const CycleWords& words) {
  StatedNumber found;
  int sign = 1;
  for (std::size_t i = 0; i < words.tokens.size(); ++i) {
    const CycleToken& token = words.tokens[i];
    if (token.is_number()) {
      const bool decimal = token.adjacent && i > 1 && words.tokens[i - 1].adjacent &&
                           words.tokens[i - 1].is_sign('.');
      if (decimal) return {};
      if (found.value) return {std::nullopt, true};
      if (token.digits > 3) return {};
      found.value = static_cast<long>(token.value);
    } else if (token.is_word()) {
      const bool known = std::any_of(day_words.begin(), day_words.end(),
                                     [&](auto word) { return word_matches(token.word, word); });
      if (!known) return {};
    } else if (token.is_sign('-') && !found.value) {
      sign = -1;
    } else if (token.is_sign('-') || token.is_sign('/')) {
      continue;  // a range, if another number follows
    } else if (!token.is_sign('+') && !token.is_sign('.') && !token.is_sign(':')) {
      return {};
    }
  }
  if (found.value) *found.value *= sign;
  return found;
}

template <std::size_t N>
std::string_view known_code(const ContextStatement& statement,
                            const std::array<std::string_view, N>& codes) {
  for (const std::string_view said : {std::string_view(statement.code), trimmed(statement.text)}) {
    const auto found = std::find(codes.begin(), codes.end(), said);
    if (found != codes.end()) return *found;
  }
  return "";
}

}  // namespace

int rank_of(Source source, bool several_specimens) {
  switch (source) {
    case Source::aoe_obx:
      return 1;
    case Source::patient_obx:
      return 2;
    case Source::specimen_obx:
      return several_specimens ? 0 : 3;
    case Source::z_segment:
      return 4;
    default:
      return 5;
  }
}

StatedNumber read_stated_day(std::string_view text) {
  text = trimmed(text).substr(0, most_value_bytes);
  if (const auto number = whole_number(text)) return {number, false};
  const CycleText read = read_cycle_text(text, "");
  if (read.day.ambiguous) return {std::nullopt, true};
  if (read.day.value) return {*read.day.value, false};
  CycleWords words;
  split_words(text, most_value_bytes, words);
  return lone_number(words);
}

StatedNumber read_stated_offset(std::string_view text, std::string_view anchor) {
  text = trimmed(text).substr(0, most_value_bytes);
  if (const auto number = whole_number(text)) return {number, false};
  const CycleText read = read_cycle_text(text, "");
  if (read.anchor.ambiguous) return {std::nullopt, true};
  if (read.anchor.value)
    return read.anchor.value->anchor == anchor ? StatedNumber{read.anchor.value->offset, false}
                                               : StatedNumber{};
  CycleWords words;
  split_words(text, most_value_bytes, words);
  return lone_number(words);
}

StatedNumber read_stated_count(std::string_view text, std::string_view kind) {
  if (kind == "cycle-day") return read_stated_day(text);
  const std::string_view anchor = anchor_of_kind(kind);
  return anchor.empty() ? StatedNumber{} : read_stated_offset(text, anchor);
}

std::string_view anchor_of_kind(std::string_view kind) {
  for (const AnchorKind& known : anchors)
    if (known.kind == kind) return known.anchor;
  return "";
}

int anchor_preference(std::string_view anchor) {
  const auto found = std::find_if(anchors.begin(), anchors.end(),
                                  [anchor](const auto& known) { return known.anchor == anchor; });
  return static_cast<int>(found - anchors.begin());
}

bool counts_days_from_date(std::string_view anchor) {
  return std::any_of(anchors.begin(), anchors.end(), [anchor](const auto& known) {
    return known.anchor == anchor && known.counts_from_date;
  });
}

PregnancySaid read_pregnancy(const ContextStatement& statement) {
  for (const std::string& said : {statement.code, statement.text}) {
    const std::u32string text = folded(trimmed(said));
    if (text.empty()) continue;
    for (const Answer& answer : pregnancy_answers)
      if (word_matches(text, folded(answer.text))) return answer.said;
  }
  return PregnancySaid::nothing;
}

bool is_postmenopausal(const ContextStatement& statement) {
  if (statement.code == "postmenopausal" || statement.code == "76498008") return true;
  return says_postmenopausal(statement.text);
}

std::optional<StatedGestation> read_stated_gestation(const ContextStatement& statement) {
  const auto read = read_gestation(trimmed(statement.text), statement.unit);
  if (!read) return std::nullopt;
  const auto value = whole_number(read->value);
  if (!value || *value < 0 || *value > 9999) return std::nullopt;
  return StatedGestation{static_cast<int>(*value), read->unit == "wk"};
}

std::string_view type_code(const ContextStatement& statement) {
  return known_code(statement, types);
}

std::string_view phase_code(const ContextStatement& statement) {
  return known_code(statement, phases);
}

}  // namespace gateway::mapping
