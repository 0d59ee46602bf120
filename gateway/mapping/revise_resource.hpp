#pragma once
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/mapping/revise.hpp"
#include "gateway/mapping/standing_answers.hpp"

namespace gateway::mapping {

/// What becomes of one converted resource.
struct ResourceOutcome {
  enum class Kind {
    written,
    unchanged,
    refused,  // what stands stays: out of order, or a regression of status
    joined,   // a component of results that stand (S14): no resource of its own
    dropped   // nothing stands and nothing is written (T6)
  };
  Kind kind = Kind::written;
  fhir::Body body;                   // if written
  bool keeps_source_time = false;    // the version counts as from when the standing one did (T7)
  std::string status;                // of an Observation: the one that is active afterwards
  std::vector<std::string> issues;   // gateway-issue codes
  std::vector<Issue> together;       // what several messages say of the cycle, and none alone
  std::vector<std::string> settled;  // codes that one alone gave, and all together do not
  /// Answers that issues of its context are about: "Observation/…", code (W1).
  std::vector<std::pair<std::string, std::string>> concerned;
  bool fills = false;  // a late value fills an empty field that is newer (T12)
};

/// An Observation over what stands (T3–T8, T10, T12). `older`: the message is older (T7).
/// `order`: what stands in its order and speaks of the cycle.
ResourceOutcome revise_observation(const ConvertedResource& newest, const Standing* standing,
                                   bool older, const StandingSaid& order);

/// T3: the cycle context of a result, from what the newest message says and what stands of its
/// order; `standing` may be null. Its tags and issues follow.
void merge_context(fhir::Json& newest, const fhir::Json& standing, const ResultFacts& facts,
                   const StandingSaid& order, ResourceOutcome& outcome);
/// T3: the cycle context of a result that the message does not write, from what the message says of
/// its order and what stands; `age` is that of what no known row explains. Value, status, flag and
/// range stay (T2). `last` is what the result before it came to. False: it stands as it is.
bool follow_order(fhir::Json& standing, const std::shared_ptr<const ContextInput>& said, int age,
                  const StandingSaid& order, MergedBefore& last, ResourceOutcome& outcome);
/// What is said, without rows that change nothing.
std::shared_ptr<const ContextInput> heard(const std::shared_ptr<const ContextInput>& said,
                                          const std::set<std::string>& unheard);
/// An issue of a result's own value, not of its context.
bool is_issue_of_value(std::string_view code);
/// Those that `from` bears, on `to` too.
void tag_issues_of_value(fhir::Json& to, const fhir::Json& from);

/// W6: an answer that is no longer yes bears the tag of the declaration that stands, and a note of
/// what was answered and when. An answer yes needs neither.
void keep_declaration(fhir::Json& newest, const fhir::Json& standing, const Catalogue* catalogue);
/// W6: a yes that is older than what stands (T7), or preliminary where that is final (T8), changes
/// no value; what stands gets its tag and a note of it. False: it says no yes, or one is seen
/// already, or the row was taken back.
bool tell_declaration(fhir::Json& standing, const fhir::Json& refused, bool older,
                      const Catalogue* catalogue);

/// `meta.profile` of a result as it stands after an update: claimed where components that stand
/// meet it, not claimed where they do no longer.
void settle_profiles(fhir::Json& observation);

/// Does an Observation stand, and is it not entered in error?
bool is_active(const fhir::Json& observation);
/// OBX-4 of its row, as sent; "" without.
std::string_view sub_id_of(const fhir::Json& observation);

/// A CodeableConcept of one coding; without `display` where that is empty.
fhir::Json concept_of(std::string_view system, std::string_view code,
                      std::string_view display = {});
/// The code of the first coding; "" without one.
std::string_view first_code(const fhir::Json& said);
/// Is what has this code, by its first coding, a part of another result where one can take it: a
/// component row (S14, DOMAIN.md §4.1), a half of a blood pressure (S16)?
bool is_code_of_part(const fhir::Json& code, const Catalogue* catalogue);
/// When a part was said, where that was not when its result was (T7): extension `said-at`.
std::optional<std::int64_t> time_of_part(const fhir::Json& part);
void date_part(fhir::Json& part, std::optional<std::int64_t> at);
/// No row ever said it, or none with a value: a later or late row may (S16, T12).
bool is_open_part(const fhir::Json& part);
/// The component of that code by its first coding, or null.
fhir::Json* part_of(fhir::Json& observation, std::string_view code);
const fhir::Json* part_of(const fhir::Json& observation, std::string_view code);
/// The part as a component: its code, and what it says.
fhir::Json component_of(const fhir::Json& part);
/// Puts a component in the place of the one of its code, or behind all.
void put_part(fhir::Json& observation, fhir::Json component);
void take_part(fhir::Json& observation, std::string_view code);
/// Notes of a part, and the issues of its code and value, are its result's.
void add_remarks(fhir::Json& main, const fhir::Json& part);
/// T5: code, identity and sample type stay; no value may come alive again.
void withdraw(fhir::Json& observation, bool is_context);
/// Rows of an older message that no newer one says (T7); what is newer stays. True: nothing of it
/// was left out. `may_take`: the row of that component stands in no other place that is newer.
bool lay_late_parts(fhir::Json& main, const fhir::Json& late, const ResultFacts& facts,
                    const SourceTime& late_at, std::optional<std::int64_t> main_at,
                    const std::function<bool(const ResultFacts::OwnRow&)>& may_take);

/// May an Observation have components that come as rows of their own (S14)? `is_main`: one that
/// stands.
bool may_be_main(const fhir::Json& observation, const Catalogue* catalogue);
bool is_main(const fhir::Json& observation, const Catalogue* catalogue);
/// Of the results that stand in an order, those whose component a lone row is (S14): the results of
/// its OBX-4, without one the only result.
std::vector<std::size_t> mains_of(const fhir::Json& part, const std::vector<fhir::Json>& results,
                                  const Catalogue* catalogue);
/// Lays a lone component row over the result it belongs to (T2, T5, T12). The issue that arises, or
/// "": after `status-regression` (T8) nothing was changed.
std::string lay_part(fhir::Json& main, const fhir::Json& part, const ResultFacts& facts);

/// What revising the Observations of the message has shown, for its reports.
struct ResultStates {
  std::function<bool(const std::string& reference)> is_gone;     // entered in error, or dropped
  std::function<bool(const std::string& reference)> is_dropped;  // nothing of that id exists
  std::function<bool(const std::string& reference)>
      is_unknown;  // dropped for want of a target (T6)
  std::function<bool(const std::string& reference)>
      is_written;  // a version of it, by what it says, is written
  std::function<std::string(const std::string& reference)> status_of;  // afterwards; "" if unknown
  bool any_gone = true;  // false: there is none to look for
  /// An answer of this message gives this `safety` code, and its row stands (W5).
  /// False: one does, and what stands of its row is not seen to say yes. Absent: none does. Empty
  /// where no answer of this message declares anything.
  std::function<std::optional<bool>(const std::string& code)> is_declared;
  /// Did an answer that stood give this `safety` code, and does this message take it back (W5)?
  /// Empty where no answer of this message declares anything.
  std::function<bool(const std::string& code)> is_taken_back;
};

/// A DiagnosticReport over what stands: `result` is the union of the active results (T2, T5).
ResourceOutcome revise_report(const ConvertedResource& newest, const Standing* standing, bool older,
                              const ResultStates& results);

/// A Provenance names no resource that was dropped.
ResourceOutcome revise_provenance(const ConvertedResource& newest, const Standing* standing,
                                  bool older, const ResultStates& results);

/// Patient and whatever else several messages share: the newer speaks, the rest stays.
ResourceOutcome revise_shared(const ConvertedResource& newest, const Standing* standing,
                              bool older);

}  // namespace gateway::mapping
