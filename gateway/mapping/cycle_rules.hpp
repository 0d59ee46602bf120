#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "gateway/mapping/cycle_context.hpp"

namespace gateway::mapping {

/// `cycle-source` code of a source: "aoe-obx", "derived-lmp".
std::string_view code_of(Source source);

/// Field that an evidence names for a text: "OBR-13".
std::string_view field_of(Source source);
/// What an evidence ends with where its text was cut.
inline constexpr std::string_view cut_mark = "…";

/// Is the anchor the start of progesterone or estrogen: a medicated cycle (C15)?
constexpr bool is_treatment_start(std::string_view anchor) {
  return anchor == "progesterone-start" || anchor == "estrogen-start";
}

/// Phase that an anchor implies (C17 b): "luteal", "periovulatory", "progesterone-exposed" or "".
std::string_view phase_of_anchor(std::string_view anchor, std::optional<int> offset);

/// Facts that status (C15) follows from, beside those the context itself carries.
struct StatusFacts {
  bool male = false, pregnant = false, postmenopausal = false;
  bool stimulated = false;      // a stimulation start is said, maybe beside the anchor that is kept
  bool maybe_pregnant = false;  // by a text alone: no day, but no pregnancy either
  bool medicated = false;       // the same of progesterone or estrogen
};

/// Sets status, phase and the qualifier `postmenopausal` (C15–C17) from the context's day, anchor,
/// type and `stated_phase`. A pregnant context loses what contradicts it, a postmenopausal one its
/// day (C18, F4).
void settle_status(CycleContext& context, const StatusFacts& facts, std::string_view stated_phase);

/// Puts a usable LMP where C13 and C18 want it: `anchor` lmp if there is no other anchor and
/// neither pregnancy, be it of a text alone, nor menopause stands against it, else `lmpDate`.
void place_lmp(CycleContext& context, const std::string& lmp, const StatusFacts& facts);

}  // namespace gateway::mapping
