#include <algorithm>
#include <array>
#include <cstdlib>

#include "gateway/mapping/cycle_context.hpp"
#include "gateway/mapping/cycle_retraction.hpp"
#include "gateway/mapping/cycle_rules.hpp"

namespace gateway::mapping {
namespace {

constexpr std::size_t most_evidence = 32;  // updates may not grow a context without end

const std::string& lmp_of(const CycleContext& context) {
  return context.anchor == "lmp" ? context.anchor_date : context.lmp_date;
}

bool is_postmenopausal(const CycleContext& context) {
  const auto& qualifiers = context.qualifiers;
  return context.status == "postmenopausal" ||
         std::find(qualifiers.begin(), qualifiers.end(), "postmenopausal") != qualifiers.end();
}

bool has_anchor(const CycleContext& context) {
  return !context.anchor.empty() && context.anchor != "lmp";
}

/// Two contexts laid over one another, and from which of them each field came.
class Merge {
 public:
  Merge(const CycleContext& standing, const CycleContext& newest,
        const std::optional<base::PartialTime>& collected, bool may_derive)
      : standing_(standing), newest_(newest), collected_(collected), may_derive_(may_derive) {}

  CycleContext merge() {
    StatusFacts facts;
    facts.pregnant = newest_.status == "pregnant" ||
                     (standing_.status == "pregnant" && !newest_.says_not_pregnant);
    facts.postmenopausal = is_postmenopausal(newest_) || is_postmenopausal(standing_);
    take_day();
    if (!day_ && !facts.pregnant && may_derive_) derive_day();
    take_anchor();
    facts.stimulated = is_stimulated_beside();
    take_rest(facts);
    place_lmp(result_, lmp_ ? lmp_of(*lmp_) : "", facts);
    const bool stated = phase_ != nullptr;
    settle_status(result_, facts, stated ? phase_->phase : "");
    if (stated && result_.phase_source != "stated") phase_ = nullptr;
    take_source(facts);
    take_evidence(facts);
    result_.says_not_pregnant = newest_.says_not_pregnant;
    result_.retracted = newest_.retracted;
    return result_;
  }

 private:
  /// The newest that speaks; an explicit day stands against one that is merely derived (C14).
  void take_day() {
    if (newest_.day)
      day_ = newest_.source == "derived-lmp" && is_stated_day(standing_) ? &standing_ : &newest_;
    else if (standing_.day)
      day_ = &standing_;
    lmp_ = !lmp_of(newest_).empty() ? &newest_ : !lmp_of(standing_).empty() ? &standing_ : nullptr;
    if (!day_) return;
    result_.day = day_->day;
    conflicting_ = day_->confidence == "conflicting";
    if (!lmp_ || lmp_ == day_) {
      result_.derived_day = day_->derived_day;
      return;
    }
    if (day_->derived_day) conflicting_ = false;  // it was compared with an LMP that is replaced
    if (is_stated_day(*day_)) compare(derived_from(*lmp_));
  }

  /// An LMP that stood behind a stated day, or a pregnancy, gives the day once these are gone.
  void derive_day() {
    const auto day = lmp_ ? derived_from(*lmp_) : std::nullopt;
    if (!day || *day < 1 || *day > most_derived_day) return;
    derived_.day = result_.day = static_cast<int>(*day);
    derived_.source = "derived-lmp";
    derived_.confidence = "derived";
    day_ = &derived_;
  }

  std::optional<long> derived_from(const CycleContext& side) const {
    const auto lmp = base::parse_fhir_time(lmp_of(side));
    if (collected_ && collected_->local_day() && lmp && lmp->local_day())
      return static_cast<long>(*collected_->local_day() - *lmp->local_day() + 1);
    if (side.derived_day) return *side.derived_day;
    if (side.day && side.source == "derived-lmp") return *side.day;
    return std::nullopt;
  }

  void compare(std::optional<long> derived) {
    if (!derived || *derived < 1 || std::labs(*derived - *result_.day) <= 1) return;
    result_.derived_day = static_cast<int>(*derived);
    conflicting_ = true;
  }

  void take_anchor() {
    anchor_ = has_anchor(newest_) ? &newest_ : has_anchor(standing_) ? &standing_ : nullptr;
    if (!anchor_) return;
    result_.anchor = anchor_->anchor;
    result_.offset = anchor_->offset;
    result_.anchor_date = anchor_->anchor_date;
  }

  /// C15: a stimulation start that was said beside the anchor that is kept shows in the status
  /// alone.
  bool is_stimulated_beside() const {
    return anchor_ && anchor_->status == "stimulated" && anchor_->anchor != "stimulation-start" &&
           !anchor_->cycle_type.starts_with("stimulated-");
  }

  void take_rest(const StatusFacts& facts) {
    if (facts.pregnant) {
      gestation_ = !newest_.gestation_value.empty()     ? &newest_
                   : !standing_.gestation_value.empty() ? &standing_
                                                        : nullptr;
      if (gestation_) {
        result_.gestation_value = gestation_->gestation_value;
        result_.gestation_unit = gestation_->gestation_unit;
      }
    }
    type_ = !newest_.cycle_type.empty()     ? &newest_
            : !standing_.cycle_type.empty() ? &standing_
                                            : nullptr;
    if (type_) result_.cycle_type = type_->cycle_type;
    qualifier_ = !newest_.qualifiers.empty()     ? &newest_
                 : !standing_.qualifiers.empty() ? &standing_
                                                 : nullptr;
    if (qualifier_) result_.qualifiers = qualifier_->qualifiers;
    for (const CycleContext* side : {&newest_, &standing_})
      if (!phase_ && side->phase_source == "stated") phase_ = side;
  }

  void take_source(const StatusFacts& facts) {
    const CycleContext* status_side = nullptr;
    if (facts.pregnant)
      status_side = newest_.status == "pregnant" ? &newest_ : &standing_;
    else if (facts.postmenopausal)
      status_side = is_postmenopausal(newest_) ? &newest_ : &standing_;
    const CycleContext* side = nullptr;
    if (result_.day)
      side = day_;
    else if (!result_.gestation_value.empty())
      side = gestation_;
    else if (!result_.anchor.empty())
      side = result_.anchor == "lmp" ? lmp_ : anchor_;
    else if (!result_.phase.empty())
      side = phase_ ? phase_ : status_side;
    else
      side = type_ ? type_ : qualifier_ ? qualifier_ : status_side;
    if (!side) return;
    result_.source = side->source;
    result_.confidence = side->confidence;
    if (!result_.day) return;
    if (conflicting_)
      result_.confidence = "conflicting";
    else if (result_.confidence == "conflicting")
      result_.confidence = "stated";
  }

  void take_evidence(const StatusFacts& facts) {
    const bool status_stands = (facts.pregnant && newest_.status != "pregnant") ||
                               (facts.postmenopausal && !is_postmenopausal(newest_));
    const std::array fields{day_, lmp_, anchor_, gestation_, type_, qualifier_, phase_};
    const auto from = [&](const CycleContext& side) {
      return std::find(fields.begin(), fields.end(), &side) != fields.end();
    };
    if (from(newest_) || newest_.status == "pregnant" || is_postmenopausal(newest_))
      result_.evidence = newest_.evidence;
    if (!from(standing_) && !status_stands) return;
    for (const std::string& text : standing_.evidence)
      if (result_.evidence.size() < most_evidence &&
          std::find(result_.evidence.begin(), result_.evidence.end(), text) ==
              result_.evidence.end())
        result_.evidence.push_back(text);
  }

  const CycleContext& standing_;
  const CycleContext& newest_;
  const std::optional<base::PartialTime>& collected_;
  const bool may_derive_;
  CycleContext result_, derived_;
  bool conflicting_ = false;
  const CycleContext* day_ = nullptr;
  const CycleContext* lmp_ = nullptr;
  const CycleContext* anchor_ = nullptr;
  const CycleContext* gestation_ = nullptr;
  const CycleContext* type_ = nullptr;
  const CycleContext* qualifier_ = nullptr;
  const CycleContext* phase_ = nullptr;
};

}  // namespace

bool is_stated_day(const CycleContext& context) {
  constexpr std::array sources{Source::aoe_obx, Source::patient_obx, Source::specimen_obx,
                               Source::z_segment, Source::shared_same_day};
  return context.day && std::any_of(sources.begin(), sources.end(), [&](Source source) {
           return context.source == code_of(source);
         });
}

CycleContext merged(const CycleContext& standing, const CycleContext& newest,
                    const std::optional<base::PartialTime>& collected,
                    const std::optional<base::PartialTime>& before) {
  // A partner's sample has no cycle; whether it is one is the newest message's to say.
  if (newest.status == "not-applicable" || standing.status == "not-applicable") return newest;
  CycleContext stands = without(standing, newest.retracted);
  if (collected && collected->local_day() && before && before->local_day())
    stands = shifted(std::move(stands),
                     static_cast<long>(*collected->local_day() - *before->local_day()));
  const bool day_is_free = standing.day && !stands.day;
  return Merge(stands, newest, collected, day_is_free || standing.status == "pregnant").merge();
}

}  // namespace gateway::mapping
