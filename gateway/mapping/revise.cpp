#include "gateway/mapping/revise.hpp"

#include <algorithm>
#include <unordered_map>

#include "gateway/mapping/mismatch.hpp"
#include "gateway/mapping/revise_resource.hpp"

namespace gateway::mapping {
namespace {

using Kind = ResourceOutcome::Kind;

std::string_view text_of(std::string_view issue) {
  if (issue == "update-out-of-order") return "an older message after a newer one changes nothing";
  if (issue == "status-regression") return "a result that was final is reported as preliminary";
  if (issue == "update-target-unknown") return "an update of a result that was never sent";
  if (issue == "cycle-day-conflict")
    return "what is said now and what was said before give days more than one apart";
  if (issue == "pregnancy-cycle-conflict")
    return "a day of cycle and a pregnancy, one said now and one before";
  return "an update without a value: the earlier value stays";
}

/// One conversion against what stands. Reports and Provenance come last, since what they list
/// depends on what became of the results; the order of writing stays the conversion's.
class Reviser {
 public:
  Reviser(const Conversion& conversion, const StandingLookup& lookup)
      : conversion_(conversion), lookup_(lookup) {
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

  const std::optional<SourceTime>& said_at(std::size_t i) const {
    const auto& own = conversion_.resources[i].source_time;
    return own ? own : conversion_.source_time;
  }

  /// Surely older: a day is not older than an hour of it.
  bool is_older(std::size_t i) const {
    return standing_[i] && standing_[i]->source_time && said_at(i) &&
           said_at(i)->end <= *standing_[i]->source_time;
  }

  /// What is written counts as from the message's time, and never as from before what it follows.
  std::optional<std::int64_t> counts_from(std::size_t i) const {
    const auto before = standing_[i] ? standing_[i]->source_time : std::nullopt;
    if (!said_at(i) || outcomes_[i].keeps_source_time) return before;
    return before ? std::max(*before, said_at(i)->begin) : said_at(i)->begin;
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
      regressed_ = regressed_ || is_regression(outcome);
    } else if (resource.key.type == "DiagnosticReport") {
      outcome = revise_report(resource, standing, older, states());
      // What its results say already is one issue, not two (W1).
      if (regressed_ && is_regression(outcome)) outcome.issues.clear();
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

  static bool is_regression(const ResourceOutcome& outcome) {
    return std::find(outcome.issues.begin(), outcome.issues.end(), "status-regression") !=
           outcome.issues.end();
  }

  /// Of a result that this message need not speak of.
  std::string status_of(const std::string& reference) const {
    if (const ResourceOutcome* outcome = result(reference)) return outcome->status;
    const auto slash = reference.find('/');
    if (slash == std::string::npos) return "";
    const Standing* stands = lookup_({reference.substr(0, slash), reference.substr(slash + 1)});
    if (!stands || stands->deleted) return "";
    const auto body = fhir::parse_json(stands->body);
    return body ? (*body)["status"].text() : "";
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
            [this](const std::string& reference) { return status_of(reference); }, any_gone_};
  }

  void file(std::size_t i, Revision& revision) {
    const fhir::ResourceKey& key = conversion_.resources[i].key;
    ResourceOutcome& outcome = outcomes_[i];
    const Standing* standing = standing_[i];
    if (outcome.kind == Kind::unchanged) revision.unchanged.push_back(key);
    if (outcome.kind == Kind::written)
      revision.writes.push_back(
          {key, std::move(outcome.body), standing ? standing->version : 0, counts_from(i)});
    for (const std::string& code : outcome.issues) revision.issues.push_back(issue(i, code));
  }

  /// The report of the order that a result belongs to.
  const ConvertedResource* report_of(const fhir::ResourceKey& result) const {
    const auto& all = conversion_.resources;
    const auto found = std::find_if(all.begin(), all.end(), [&](const ConvertedResource& other) {
      return other.report && order_head(other.key.id) == order_head(result.id);
    });
    return found == all.end() ? nullptr : &*found;
  }

  Issue issue(std::size_t i, const std::string& code) const {
    const ConvertedResource& resource = conversion_.resources[i];
    Issue issue{code, severity_of(code), "", resource.key.reference(), std::string(text_of(code))};
    if (resource.report) issue.where = resource.report->at + "-25";
    if (!resource.result || resource.result->at.empty()) return issue;
    issue.where = resource.result->at + (code == "value-empty-on-update" ? "-5" : "-11");
    const ConvertedResource* report = report_of(resource.key);
    if (!report) return issue;
    // Where nothing becomes of a row, the report is concerned; a conflict is the whole order's.
    if (outcomes_[i].kind == Kind::dropped) issue.resource = report->key.reference();
    if (code.ends_with("-conflict")) issue.where = report->report->at;
    return issue;
  }

  const Conversion& conversion_;
  const StandingLookup& lookup_;
  std::vector<const Standing*> standing_;
  std::vector<ResourceOutcome> outcomes_;
  std::unordered_map<std::string, std::size_t> results_;  // Observation reference → index
  bool any_gone_ = false;
  bool regressed_ = false;
};

}  // namespace

Revision revise(const Conversion& conversion, const StandingLookup& standing) {
  return Reviser(conversion, standing).revise();
}

}  // namespace gateway::mapping
