#include "gateway/mapping/cycle_statement.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "gateway/mapping/cycle_text.hpp"
#include "gateway/mapping/folding.hpp"
#include "gateway/mapping/numbers.hpp"

namespace gateway::mapping {
namespace {

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

constexpr std::array types{std::string_view("natural"),        std::string_view("modified-natural"),
                           std::string_view("medicated"),      std::string_view("stimulated-oi"),
                           std::string_view("stimulated-ivf"), std::string_view("unknown")};
constexpr std::array phases{std::string_view("menstrual"), std::string_view("follicular"),
                            std::string_view("periovulatory"), std::string_view("luteal"),
                            std::string_view("progesterone-exposed")};

template <std::size_t N>
std::string_view known_code(const ContextStatement& statement,
                            const std::array<std::string_view, N>& codes) {
  for (const std::string_view said :
       {std::string_view(statement.code), without_edge_blanks(statement.text)}) {
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

std::string_view anchor_of_kind(std::string_view kind) {
  for (const AnchorKind& known : anchors)
    if (known.kind == kind) return known.anchor;
  return "";
}

std::string_view kind_of_anchor(std::string_view anchor) {
  for (const AnchorKind& known : anchors)
    if (known.anchor == anchor) return known.kind;
  return "";
}

int anchor_preference(std::string_view anchor) {
  const auto found = std::find_if(anchors.begin(), anchors.end(),
                                  [anchor](const auto& known) { return known.anchor == anchor; });
  return static_cast<int>(found - anchors.begin());
}

bool may_be_ahead(std::string_view anchor) {
  return anchor == "lh-surge";
}

bool counts_days_from_date(std::string_view anchor) {
  return std::any_of(anchors.begin(), anchors.end(), [anchor](const auto& known) {
    return known.anchor == anchor && known.counts_from_date;
  });
}

PregnancySaid read_pregnancy(const CycleLanguage& language, const ContextStatement& statement) {
  for (const std::string_view said :
       {std::string_view(statement.code), std::string_view(statement.text)}) {
    if (without_edge_blanks(said).empty()) continue;
    const PregnancySaid answer = language.pregnancy(said);
    if (answer != PregnancySaid::unreadable) return answer;
  }
  return language.is_no_answer(statement.text) ? PregnancySaid::unknown : PregnancySaid::unreadable;
}

bool is_postmenopausal(const CycleLanguage& language, const ContextStatement& statement) {
  if (statement.code == "postmenopausal" || statement.code == "76498008") return true;
  return says_postmenopausal(language, statement.text);
}

std::optional<StatedGestation> read_stated_gestation(const ContextStatement& statement) {
  const auto read = read_gestation(statement.text, statement.unit);
  if (!read) return std::nullopt;
  int value = 0;  // at most 3 digits, or weeks of 3 digits in days
  std::from_chars(read->value.data(), read->value.data() + read->value.size(), value);
  return StatedGestation{value, read->unit == "wk"};
}

std::vector<std::string_view> writings_of(const ContextStatement& statement) {
  std::vector<std::string_view> all{statement.text};
  all.insert(all.end(), statement.others.begin(), statement.others.end());
  return all;
}

std::string_view type_code(const ContextStatement& statement) {
  return known_code(statement, types);
}

std::string_view phase_code(const ContextStatement& statement) {
  return known_code(statement, phases);
}

}  // namespace gateway::mapping
