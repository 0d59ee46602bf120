#include "gateway/mapping/cycle_unexplained.hpp"

#include <algorithm>
#include <charconv>

#include "gateway/mapping/cycle_rules.hpp"
#include "gateway/mapping/cycle_statement.hpp"

namespace gateway::mapping {
namespace {

constexpr long days_of_gestation = 280;

const std::string& lmp_of(const CycleContext& context) {
  return context.anchor == "lmp" ? context.anchor_date : context.lmp_date;
}

bool is_postmenopausal(const CycleContext& context) {
  const auto& qualifiers = context.qualifiers;
  return context.status == "postmenopausal" ||
         std::find(qualifiers.begin(), qualifiers.end(), "postmenopausal") != qualifiers.end();
}

std::string due_date(const base::PartialTime& collected, const std::string& gestation) {
  long days = 0;
  std::from_chars(gestation.data(), gestation.data() + gestation.size(), days);
  const std::int64_t due = *collected.local_day() + days_of_gestation - days;
  return base::to_text(base::Instant{due * 86'400 * 1'000'000}).substr(0, 10);
}

class Unexplained {
 public:
  Unexplained(ContextInput& all, const StandingContext& standing, const CycleContext& explained,
              const std::string& evidence)
      : all_(all),
        standing_(standing),
        stands_(standing.context),
        explained_(explained),
        evidence_(evidence),
        source_(evidence.starts_with('Z') ? Source::z_segment : Source::patient_obx) {
    if (source_ == Source::z_segment) return;  // whatever the day came from (C6)
    for (const Source source : {Source::aoe_obx, Source::patient_obx, Source::specimen_obx,
                                Source::z_segment, Source::shared_same_day})
      if (stands_.source == code_of(source)) source_ = source;
  }

  void add_all() {
    add_day();
    if (const auto& lmp = lmp_of(stands_); !lmp.empty() && lmp != lmp_of(explained_))
      add("lmp", lmp);
    add_anchor();
    add_pregnancy();
    add_type();
    if (stands_.phase_source == "stated" && stands_.phase != explained_.phase)
      add("cycle-phase", stands_.phase);
    if (is_postmenopausal(stands_) && !is_postmenopausal(explained_))
      add("menopausal-status", "postmenopausal");
  }

 private:
  /// A row that the context rests on says this anew, or takes it back. A row before the first OBR
  /// is filed under the order that follows it: what stands by a row of another order, it said.
  bool is_said_anew(std::string_view kind) const {
    const bool by_other_order = evidence_.starts_with("Observation/");
    const auto again = [&](const auto& said) {
      const auto& all = stands_.evidence;
      return said.kind == kind && ((by_other_order && said.source == Source::patient_obx) ||
                                   std::find(all.begin(), all.end(), said.evidence) != all.end());
    };
    return std::any_of(all_.statements.begin(), all_.statements.end(),
                       [&](const auto& said) { return said.age == 0 && again(said); }) ||
           std::any_of(all_.retracted.begin(), all_.retracted.end(), again);
  }

  bool add(std::string_view kind, std::string text, const std::string& code = "",
           const std::string& unit = "") {
    if (is_said_anew(kind)) return false;
    ContextStatement said{std::string(kind), source_, std::move(text), code, evidence_, "", unit};
    said.age = standing_.age;
    all_.statements.push_back(std::move(said));
    return true;
  }

  void add_day() {
    if (!stands_.day || stands_.day == explained_.day || stands_.source == "derived-lmp") return;
    const Source usual = source_;
    for (const Source source : {Source::text_obr13, Source::text_obr39, Source::text_nte})
      if (stands_.source == code_of(source)) source_ = source;
    add("cycle-day", std::to_string(*stands_.day));
    source_ = usual;
  }

  void add_anchor() {
    const auto& anchor = stands_.anchor;
    const std::string_view kind = kind_of_anchor(anchor);
    const bool same = anchor == explained_.anchor && stands_.offset == explained_.offset &&
                      stands_.anchor_date == explained_.anchor_date;
    if (!kind.empty() && !same) {
      const bool counted = !stands_.anchor_date.empty() && counts_days_from_date(anchor);
      if (stands_.offset && !counted) add(kind, std::to_string(*stands_.offset));
      if (!stands_.anchor_date.empty()) add(kind, stands_.anchor_date);
    }
    // Said beside the anchor that is kept, it shows in the status alone (C15).
    if (stands_.status == "stimulated" && anchor != "stimulation-start" &&
        !stands_.cycle_type.starts_with("stimulated-") && !is_said_anew("stim-day"))
      all_.stimulated = true;
    if (stands_.status == "medicated" && !is_treatment_start(anchor) &&
        stands_.cycle_type != "medicated" && explained_.status != "medicated" &&
        !is_said_anew("progesterone-day") && !is_said_anew("estrogen-day"))
      all_.medicated = true;
  }

  void add_pregnancy() {
    if (stands_.status != "pregnant") return;
    const bool same = stands_.gestation_value == explained_.gestation_value &&
                      stands_.gestation_unit == explained_.gestation_unit;
    const auto& day = standing_.collected;
    bool says_it = false;
    if (!stands_.gestation_value.empty() && !same && stands_.source != "derived-lmp") {
      const bool counted = stands_.source == "derived-edd" && day && day->local_day();
      says_it = counted
                    ? add("edd", due_date(*day, stands_.gestation_value))
                    : add("gestational-age", stands_.gestation_value, "", stands_.gestation_unit);
    }
    if (!says_it && explained_.status != "pregnant") add("pregnancy-status", "pregnant");
  }

  void add_type() {
    std::string words;
    for (std::string qualifier : stands_.qualifiers) {
      const auto& all = explained_.qualifiers;
      if (qualifier == "postmenopausal" ||
          std::find(all.begin(), all.end(), qualifier) != all.end())
        continue;
      std::replace(qualifier.begin(), qualifier.end(), '-', ' ');
      words += (words.empty() ? "" : ", ") + qualifier;
    }
    const bool typed = !stands_.cycle_type.empty() && stands_.cycle_type != explained_.cycle_type;
    if (typed || !words.empty()) add("cycle-type", words, typed ? stands_.cycle_type : "");
  }

  ContextInput& all_;
  const StandingContext& standing_;
  const CycleContext& stands_;
  const CycleContext& explained_;
  const std::string& evidence_;
  Source source_;
};

}  // namespace

void add_unexplained(ContextInput& all, const StandingContext& standing,
                     const CycleContext& explained, const std::string& evidence) {
  Unexplained(all, standing, explained, evidence).add_all();
}

}  // namespace gateway::mapping
