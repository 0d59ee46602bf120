#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/mapping/cycle_context.hpp"
#include "gateway/mapping/cycle_date.hpp"
#include "gateway/mapping/cycle_rules.hpp"
#include "gateway/mapping/cycle_statement.hpp"
#include "gateway/mapping/cycle_text.hpp"

namespace gateway::mapping {

/// The decisions of DOMAIN.md §6 over one ContextInput, in the order in which they depend on one
/// another. Used once.
class CycleDecision {
 public:
  explicit CycleDecision(const ContextInput& input);
  CycleReading decide();

 private:
  static constexpr int ranks_an_age = 100;  // any source of the newest message goes first (T3)
  static constexpr long agreeing_days = 1;  // between two sources (C14)
  static constexpr std::string_view no_whole_number = "no one whole number of days can be read";

  /// Where a field came from: what `source`, `confidence` and `evidence` are made of (C6).
  struct Origin {
    Source source = Source::none;
    std::string_view confidence;  // "stated", "derived", "parsed-text"
    std::string evidence;
    std::string where;
  };
  /// A usable number of days that one statement gives, explicitly or through a date.
  struct SaidDay {
    int rank = 0;
    long days = 0;
    base::PartialTime date;  // of an LMP
    const ContextStatement* by = nullptr;
  };
  /// What C4 and C14 make of all SaidDay of one kind.
  struct Choice {
    const SaidDay* winner = nullptr;
    const SaidDay* contested = nullptr;  // another value of the winner's rank: nobody wins
    const SaidDay* disagrees = nullptr;  // of another rank, more than a day apart
  };
  struct SaidAnchor {
    int rank = 0;
    std::string anchor;
    std::optional<long> offset;      // as said, or counted from its date (C13)
    std::optional<std::int64_t> on;  // the day of its date
    std::string date;
    const ContextStatement* by = nullptr;
  };
  struct CodedAnswer {
    std::string value;
    bool contested = false;
    const ContextStatement* by = nullptr;
  };
  struct SaidGestation {
    StatedGestation stated;
    const ContextStatement* by = nullptr;
  };

  void read_states();
  void decide_pregnancy_answer();
  void read_texts();
  void decide_text_pregnancy();
  void weigh(CodedAnswer& answer, std::string_view value, const ContextStatement& by);
  CodedAnswer stated_type();
  void decide_type();
  void add_qualifiers(const std::vector<std::string>& said);
  void decide_lmp();
  void decide_explicit_day();
  void decide_day();
  void adopt_text_lmp(const CycleText& text, const ContextText& from);
  void decide_text_day(const CycleText& text, const ContextText& from);
  void decide_anchor();
  void say_doubts();
  std::vector<SaidAnchor> said_anchors();
  std::optional<SaidAnchor> said_anchor(const ContextStatement& statement, std::string_view anchor);
  bool agree(const SaidAnchor& a, const SaidAnchor& b, long slack) const;
  std::vector<SaidAnchor> settled_anchors();
  void adopt_text_offset(const SaidAnchor& dated);
  void compare_anchors(const std::vector<SaidAnchor>& settled);
  void decide_phase();
  void decide_gestation();
  SaidGestation stated_gestation();
  std::optional<long> days_until_due(const ContextStatement& statement);
  bool adopt_gestation(long days, const StatedGestation& value, const std::string& where);
  void decide_source();

  static Choice choose(const std::vector<SaidDay>& said);
  /// Days from an LMP to the collection, or nothing with its issue (C10, C11, C12).
  std::optional<long> days_since(const CycleDate& lmp, const std::string& where);
  bool is_plausible_day(long day, const std::string& where);
  void adopt_lmp(const base::PartialTime& date, const Origin& origin);

  Origin stated_by(const ContextStatement& statement) const;
  Origin parsed_from(const ContextText& text) const;
  std::vector<const ContextStatement*> said_of(std::string_view kind) const;  // by rank
  int rank(const ContextStatement& statement) const;
  void issue(std::string_view code, const std::string& where, std::string_view text);
  void conflict(const std::string& where, std::string_view text);

  const ContextInput& input_;
  const CycleLanguage& language_;
  std::optional<std::int64_t> collected_day_;
  CycleReading reading_;
  CycleContext& context_;
  StatusFacts facts_;
  std::vector<CycleText> texts_;  // beside input_.texts
  /// The one text used for day, anchor, LMP (C21); behind it that of earlier messages, for what the
  /// newest has no word of (T3).
  std::vector<std::size_t> timing_texts_;
  std::vector<SaidDay> said_lmps_, said_days_;
  const SaidDay* coded_lmp_ = nullptr;
  bool day_contested_ = false, lmp_contested_ = false, anchor_contested_ = false;
  bool conflicting_ = false;
  std::string lmp_;               // usable LMP as a FHIR date
  std::optional<long> lmp_days_;  // collection − LMP
  std::string stated_phase_;
  std::optional<Origin> pregnancy_by_, menopause_by_, day_by_, lmp_by_, gestation_by_, anchor_by_,
      phase_by_, type_by_, qualifier_by_, treatment_by_, text_pregnancy_by_;
  std::vector<Origin> further_anchors_;  // said as well, beside the one that the context names
};

}  // namespace gateway::mapping
