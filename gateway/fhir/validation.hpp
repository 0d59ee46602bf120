#pragma once
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/fhir/artefacts.hpp"
#include "gateway/fhir/json.hpp"
#include "gateway/fhir/outcome.hpp"

namespace gateway::fhir {

/// What can be said of a code by its form alone; whoever knows the grammar gives it.
struct CodeChecks {
  std::function<bool(std::string_view)> is_ucum;   // UCUM syntax
  std::function<bool(std::string_view)> is_loinc;  // LOINC's check digit
};

/// What is found, with places; no more than `most`, so that nothing costs without end.
class Findings {
 public:
  static constexpr std::size_t most = 200;
  /// `code`: FHIR's issue-type.
  void say(std::string_view severity, std::string_view code, std::string text, std::string where);
  void error(std::string_view code, std::string text, std::string where) {
    say("error", code, std::move(text), std::move(where));
  }
  bool is_full() const { return issues_.size() >= most; }
  std::vector<OutcomeIssue> take() { return std::move(issues_); }

 private:
  std::vector<OutcomeIssue> issues_;
};

/// Against R4's own structure (r4/elements.txt): members that exist, how often, values in the form
/// of their type, codes of required bindings, nothing empty; units and LOINC codes by their form.
void check_structure(const Json& resource, const CodeChecks& checks, Findings& findings);

/// Against profiles of ours, and extensions of ours, wherever they stand: how often, types, fixed
/// values and patterns, required bindings to our value sets, extensions and slices, as their
/// StructureDefinitions say. FHIRPath is not evaluated.
void check_profiles(const Json& resource, const std::vector<std::string>& profiles,
                    const Artefacts& artefacts, Findings& findings);

/// All of it (FHIR R4, Resource $validate): the structure, then each profile, then what the
/// resource claims in meta.profile; no more than `most_profiles`, and it says so. Empty: nothing
/// was found. Pure.
constexpr std::size_t most_profiles = 16;
std::vector<OutcomeIssue> validate(const Json& resource, const std::vector<std::string>& profiles,
                                   const Artefacts& artefacts, const CodeChecks& checks);

}  // namespace gateway::fhir
