#include "gateway/mapping/revise.hpp"

#include <unordered_map>

#include "gateway/mapping/revise_resource.hpp"

namespace gateway::mapping {
namespace {

using Kind = ResourceOutcome::Kind;

std::string_view text_of(std::string_view issue) {
  if (issue == "update-out-of-order") return "an older message after a newer one changes nothing";
  if (issue == "status-regression") return "a result that was final is reported as preliminary";
  if (issue == "update-target-unknown") return "an update of a result that was never sent";
  return "an update without a value: the earlier value stays";
}

/// One conversion against what stands. Reports and Provenance come last, since what they list
/// depends on what became of the results; the order of writing stays the conversion's.
class Reviser {
 public:
  Reviser(const Conversion& conversion, const StandingLookup& lookup) : conversion_(conversion) {
    for (const ConvertedResource& resource : conversion.resources)
      standing_.push_back(lookup(resource.key));
    outcomes_.resize(conversion.resources.size());
  }

  Revision revise() {
    for (const bool lists_results : {false, true})
      for (std::size_t i = 0; i < outcomes_.size(); ++i)
        if (lists_results == lists(conversion_.resources[i])) decide(i);
    Revision revision;
    for (std::size_t i = 0; i < outcomes_.size(); ++i) file(i, revision);
    return revision;
  }

 private:
  static bool lists(const ConvertedResource& resource) {
    return resource.key.type == "DiagnosticReport" || resource.key.type == "Provenance";
  }

  bool is_older(std::size_t i) const {
    return standing_[i] && standing_[i]->source_time && conversion_.source_time &&
           *conversion_.source_time < *standing_[i]->source_time;
  }

  void decide(std::size_t i) {
    const ConvertedResource& resource = conversion_.resources[i];
    const Standing* standing = standing_[i];
    const bool older = is_older(i);
    ResourceOutcome& outcome = outcomes_[i];
    if (resource.key.type == "Observation") {
      outcome = revise_observation(resource, standing, older);
      results_[resource.key.reference()] = i;
      any_gone_ = any_gone_ || is_gone(outcome);
    } else if (resource.key.type == "DiagnosticReport") {
      outcome = revise_report(resource, standing, older, states());
    } else if (resource.key.type == "Provenance") {
      outcome = revise_provenance(resource, standing, older, states());
    } else {
      outcome = revise_shared(resource, standing, older);
    }
  }

  const ResourceOutcome* result(const std::string& reference) const {
    const auto found = results_.find(reference);
    return found == results_.end() ? nullptr : &outcomes_[found->second];
  }

  static bool is_gone(const ResourceOutcome& outcome) {
    return outcome.kind == Kind::dropped || outcome.status == "entered-in-error";
  }

  ResultStates states() const {
    return {[this](const std::string& reference) {
              const ResourceOutcome* outcome = result(reference);
              return outcome && is_gone(*outcome);
            },
            [this](const std::string& reference) {
              const ResourceOutcome* outcome = result(reference);
              return outcome && outcome->kind == Kind::dropped;
            },
            [this](const std::string& reference) {
              const ResourceOutcome* outcome = result(reference);
              return outcome && outcome->kind == Kind::written;
            },
            any_gone_};
  }

  void file(std::size_t i, Revision& revision) {
    const fhir::ResourceKey& key = conversion_.resources[i].key;
    ResourceOutcome& outcome = outcomes_[i];
    const Standing* standing = standing_[i];
    if (outcome.kind == Kind::unchanged) revision.unchanged.push_back(key);
    if (outcome.kind == Kind::written)
      revision.writes.push_back({key, std::move(outcome.body), standing ? standing->version : 0,
                                 outcome.keeps_source_time && standing ? standing->source_time
                                                                       : conversion_.source_time});
    for (const std::string& code : outcome.issues)
      revision.issues.push_back(
          {code, severity_of(code), "", key.reference(), std::string(text_of(code))});
  }

  const Conversion& conversion_;
  std::vector<const Standing*> standing_;
  std::vector<ResourceOutcome> outcomes_;
  std::unordered_map<std::string, std::size_t> results_;  // Observation reference → index
  bool any_gone_ = false;
};

}  // namespace

Revision revise(const Conversion& conversion, const StandingLookup& standing) {
  return Reviser(conversion, standing).revise();
}

}  // namespace gateway::mapping
