#include "gateway/mapping/revise.hpp"

#include <algorithm>
#include <map>
#include <unordered_map>
#include <utility>

#include "gateway/mapping/mismatch.hpp"
#include "gateway/mapping/revise_answers.hpp"
#include "gateway/mapping/revise_elements.hpp"
#include "gateway/mapping/revise_followers.hpp"
#include "gateway/mapping/revise_marks.hpp"
#include "gateway/mapping/revise_others.hpp"
#include "gateway/mapping/revise_places.hpp"
#include "gateway/mapping/revise_resource.hpp"
#include "gateway/mapping/revise_taken_back.hpp"

namespace gateway::mapping {
namespace {

using OutcomeKind = ResourceOutcome::Kind;

std::string_view text_of(std::string_view issue) {
  if (issue == "update-out-of-order") return "an older message after a newer one changes nothing";
  if (issue == "status-regression") return "a result that was final is reported as preliminary";
  if (issue == "update-target-unknown") return "an update of what was never sent under this order";
  return "an update without a value: the earlier value stays";
}

/// One conversion against what stands. Answers come first, since results rest on them; reports and
/// Provenance last, since what they list depends on what became of the results. The order of
/// writing stays the conversion's.
class Reviser {
 public:
  Reviser(const Conversion& conversion, const StandingLookup& lookup, const OrderContext& orders)
      : conversion_(conversion),
        lookup_(lookup),
        orders_(orders),
        index_(conversion),
        answers_(conversion, index_, lookup, orders),
        others_(conversion, index_, lookup),
        places_(conversion, index_, outcomes_, orders, answers_, others_,
                [this](std::size_t i) -> const std::optional<SourceTime>& { return said_at(i); }) {
    for (const ConvertedResource& resource : conversion.resources)
      standing_.push_back(lookup(resource.key));
    outcomes_.resize(conversion.resources.size());
  }

  Revision revise() {
    declares_ = std::any_of(conversion_.resources.begin(), conversion_.resources.end(),
                            [](const auto& one) { return one.result && one.result->declares; });
    decide_all(Turn::answers);
    decide_all(Turn::results);
    for (std::size_t i = 0; i < outcomes_.size(); ++i) places_.settle(i);
    places_.share();
    any_gone_ = any_gone_ || !places_.left().empty() || !places_.joined().empty();
    joined_.insert(joined_.end(), places_.joined().begin(), places_.joined().end());
    const auto older = [this](std::size_t i) { return is_older(i); };
    auto followed = follow_orders({conversion_, outcomes_, older, places_.revived()}, orders_,
                                  answers_, others_);
    mark_answers(conversion_, followed, answers_, outcomes_, others_);
    decide_all(Turn::lists);
    Revision revision;
    for (std::size_t i = 0; i < outcomes_.size(); ++i) file(i, revision);
    others_.write(revision);
    for (Issue& issue : followed.issues) revision.issues.push_back(std::move(issue));
    revision.joined = std::move(joined_);
    return revision;
  }

 private:
  enum class Turn { answers, results, lists };

  static Turn turn_of(const ConvertedResource& resource) {
    if (resource.key.type == "DiagnosticReport" || resource.key.type == "Provenance")
      return Turn::lists;
    return resource.result && resource.result->is_context ? Turn::answers : Turn::results;
  }

  void decide_all(Turn turn) {
    for (std::size_t i = 0; i < outcomes_.size(); ++i)
      if (turn_of(conversion_.resources[i]) == turn) decide(i);
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
      outcome = revise_observation(resource, standing, older, answers_.of(resource));
      if (turn_of(resource) == Turn::answers && changes_nothing(outcome))
        answers_.pass_over(resource);
      if (older) places_.take_late(i);
      join_main(i);
      results_[resource.key.reference()] = i;
      any_gone_ = any_gone_ || is_gone(outcome);
      regressed_ = regressed_ || is_regression(outcome);
    } else if (resource.key.type == "DiagnosticReport") {
      outcome = revise_report(resource, standing, older, states());
      // What its results say already is one issue, not two (W1).
      if (regressed_ && is_regression(outcome)) outcome.issues.clear();
    } else if (resource.key.type == "Provenance") {
      outcome = revise_provenance(resource, standing, older, states());
      if (outcome.kind == OutcomeKind::written) others_.name_in(outcome.body);
    } else {
      outcome = revise_shared(resource, standing, older);
    }
  }

  /// The results that stand in the order of a converted resource, this message's own left out.
  std::vector<fhir::ResourceKey> others_of(const fhir::ResourceKey& part, bool withdrawn) {
    std::vector<fhir::ResourceKey> keys;
    for (std::size_t i = 0; i < outcomes_.size(); ++i) {
      const ConvertedResource& report = conversion_.resources[i];
      if (!report.report || !report.report->has_lone_parts || !standing_[i]) continue;
      if (order_head(report.key.id) != order_head(part.id)) continue;
      const auto said = fhir::parse_json(report.body),
                 stands = fhir::parse_json(standing_[i]->body);
      if (!said || !stands) continue;
      const auto named = references_of((*said)["result"]);
      if (!withdrawn && std::find(named.begin(), named.end(), part.reference()) == named.end())
        continue;
      for (const std::string& reference : references_of((*stands)["result"]))
        if (std::find(named.begin(), named.end(), reference) == named.end())
          keys.push_back({"Observation", reference.substr(reference.find('/') + 1)});
    }
    return keys;
  }

  /// S14, T1: a component row without its main result changes the one that stands.
  void join_main(std::size_t i) {
    const ConvertedResource& part = conversion_.resources[i];
    if (!part.result || !part.result->is_lone_part || is_active(i)) return;
    const bool has_left = standing_[i] && is_older(i);  // it joined, or was taken back since
    const auto body = fhir::parse_json(part.body);
    const auto keys = others_of(part.key, part.result->status == "entered-in-error");
    std::vector<fhir::Json> results;
    for (const fhir::ResourceKey& key : keys) results.push_back(others_.of(key).body);
    if (!body) return;
    const auto mains = mains_of(*body, results, orders_.catalogue);
    if (mains.empty() && places_.went_with_main(i)) {
      outcomes_[i] = {OutcomeKind::joined, "", false, "", {"update-out-of-order"}};
      return;
    }
    for (const std::size_t n : mains) {
      OtherResult& main = others_.of(keys[n]);
      const std::string_view code = first_code((*body)["code"]);
      const fhir::Json* stands = part_of(std::as_const(main.body), code);
      if (has_left && stands == nullptr) continue;
      outcomes_[i].kind = OutcomeKind::joined;
      outcomes_[i].issues.clear();
      joined_.emplace_back(part.key.reference(), keys[n].reference());
      // The part has a time of its own, so that rows of the result itself may still come late (T7).
      const auto own = stands != nullptr ? time_of_part(*stands) : taken_back_at(main.body, code);
      const bool is_open = stands == nullptr || is_open_part(*stands);
      const bool is_over =
          main.body["status"].text() == "cancelled";  // T4: it took its parts along
      const auto stood = own || (is_open && !is_over) ? own : main.source_time;
      const bool older = stood && said_at(i) && said_at(i)->end <= *stood;
      const std::string issue =
          older ? "update-out-of-order" : lay_part(main.body, *body, *part.result);
      if (!issue.empty()) outcomes_[i].issues.push_back(issue);
      if (!older && said_at(i) && part.result->status == "entered-in-error")
        note_taken_back(main.body, code, said_at(i)->begin);
      if (older || main.body == main.before) continue;
      main.by = part.key;
      fhir::Json* laid = part_of(main.body, code);
      // An empty row says nothing of a value: that of an older message may still come (T12).
      const bool is_kept = issue == "value-empty-on-update" ||
                           (laid != nullptr && is_open_part(*laid) && !part.result->value_null);
      if (laid != nullptr && said_at(i) && !is_kept && main.source_time != said_at(i)->begin)
        date_part(*laid, said_at(i)->begin);
    }
  }

  /// Does an Observation of the row stand that is not entered in error?
  bool is_active(std::size_t i) {
    if (!standing_[i] || standing_[i]->deleted) return false;
    if (standing_[i]->same) return conversion_.resources[i].result->status != "entered-in-error";
    return mapping::is_active(others_.of(conversion_.resources[i].key).before);
  }

  const ResourceOutcome* result(const std::string& reference) const {
    const auto found = results_.find(reference);
    return found == results_.end() ? nullptr : &outcomes_[found->second];
  }

  static bool is_gone(const ResourceOutcome& outcome) {
    return outcome.kind == OutcomeKind::dropped || outcome.kind == OutcomeKind::joined ||
           outcome.status == "entered-in-error";
  }

  /// A yes may be told beside what stands (W6), which speaks in the place of the row all the same.
  static bool changes_nothing(const ResourceOutcome& outcome) {
    return outcome.kind == OutcomeKind::refused ||
           (outcome.kind == OutcomeKind::written && outcome.keeps_source_time && !outcome.fills);
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
              return (outcome && is_gone(*outcome)) || places_.left().contains(reference);
            },
            [this](const std::string& reference) {
              const ResourceOutcome* outcome = result(reference);
              return outcome && (outcome->kind == OutcomeKind::dropped ||
                                 outcome->kind == OutcomeKind::joined);
            },
            [this](const std::string& reference) {
              const ResourceOutcome* outcome = result(reference);
              return outcome && outcome->kind == OutcomeKind::dropped;
            },
            [this](const std::string& reference) {
              const ResourceOutcome* outcome = result(reference);
              return (outcome && outcome->kind == OutcomeKind::written &&
                      !outcome->keeps_source_time) ||
                     places_.revived().contains(reference);
            },
            [this](const std::string& reference) { return status_of(reference); },
            any_gone_,
            declared(),
            taken_back()};
  }

  std::function<bool(const std::string&)> taken_back() const {
    if (!declares_) return {};
    return [this](const std::string& code) {
      const auto bears = [&code](const fhir::Body& body) {
        const auto json = fhir::parse_json(body);
        return json && has_tag(*json, "safety", code);
      };
      for (std::size_t i = 0; i < outcomes_.size(); ++i) {
        const auto& result = conversion_.resources[i].result;
        if (result && result->declares && outcomes_[i].kind == OutcomeKind::written &&
            standing_[i] && bears(standing_[i]->body) && !bears(outcomes_[i].body))
          return true;
      }
      return false;
    };
  }

  std::function<std::optional<bool>(const std::string&)> declared() const {
    if (!declares_) return {};
    return [this](const std::string& code) { return is_declared(code); };
  }

  /// Looks at answers alone: few, and only where a report bears the code.
  std::optional<bool> is_declared(const std::string& code) const {
    std::optional<bool> declared;
    for (const auto& [reference, i] : results_) {
      const ConvertedResource& said = conversion_.resources[i];
      const ResourceOutcome& outcome = outcomes_[i];
      if (!said.result || !said.result->declares) continue;
      const auto body = fhir::parse_json(said.body);
      if (!body || !has_tag(*body, "safety", code)) continue;
      declared = false;
      if (is_gone(outcome) || outcome.status == "cancelled") continue;
      if (outcome.kind != OutcomeKind::refused || standing_[i] == nullptr) return true;
      // Of a row that changed nothing what stands says whether its yes is seen.
      const auto stands = fhir::parse_json(standing_[i]->body);
      if (stands && has_tag(*stands, "safety", code)) return true;
    }
    return declared;
  }

  void file(std::size_t i, Revision& revision) {
    const fhir::ResourceKey& key = conversion_.resources[i].key;
    ResourceOutcome& outcome = outcomes_[i];
    const Standing* standing = standing_[i];
    if (outcome.kind == OutcomeKind::unchanged && !others_.is_changed(key)) {
      revision.unchanged.push_back(key);
      // What every message names (a patient, a laboratory) is left out: it has no order to be late.
      const auto& said = conversion_.resources[i].source_time;
      if (said && standing && (!standing->source_time || *standing->source_time < said->begin))
        revision.said_again.push_back({key, standing->version, said->begin});
    }
    if (outcome.kind == OutcomeKind::written)
      revision.writes.push_back(
          {key, std::move(outcome.body), standing ? standing->version : 0, counts_from(i), key});
    for (const std::string& code : outcome.issues) revision.issues.push_back(issue(i, code));
    for (const Issue& one : outcome.together) revision.issues.push_back(said_together(i, one));
    for (const std::string& code : outcome.settled)
      revision.settled.emplace_back(code, key.reference());
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
    for (const auto& [part, main] : joined_)
      if (part == issue.resource) issue.resource = main;
    const ConvertedResource* report = report_of(resource.key);
    if (!report) return issue;
    // Where nothing becomes of a row, the report is concerned.
    const bool is_nowhere =
        outcomes_[i].kind == OutcomeKind::joined && issue.resource == resource.key.reference();
    if (outcomes_[i].kind == OutcomeKind::dropped || is_nowhere)
      issue.resource = report->key.reference();
    return issue;
  }

  /// What the order's messages say together is the whole order's.
  Issue said_together(std::size_t i, Issue issue) const {
    const fhir::ResourceKey& key = conversion_.resources[i].key;
    const ConvertedResource* report = report_of(key);
    issue.resource = key.reference();
    if (report) issue.where = report->report->at;
    return issue;
  }

  const Conversion& conversion_;
  const StandingLookup& lookup_;
  const OrderContext& orders_;
  ConvertedIndex index_;
  OrderAnswers answers_;
  std::vector<ResourceOutcome> outcomes_;
  OtherResults others_;  // that the message does not write
  Places places_;
  std::vector<const Standing*> standing_;
  std::unordered_map<std::string, std::size_t> results_;  // Observation reference → index
  std::vector<std::pair<std::string, std::string>> joined_;
  bool declares_ = false;  // does any row of the message?
  bool any_gone_ = false;
  bool regressed_ = false;
};

}  // namespace

namespace {

/// What went to no resource but to some that are not written stands nowhere; what repeats it, too.
void settle_fates(LossAccount& account) {
  std::vector<bool> lands(account.leaves.size());
  for (const Landing& landing : account.landings) lands[landing.leaf] = true;
  for (std::size_t i = 0; i < lands.size(); ++i)
    if (account.leaves[i].fate == Fate::mapped && !lands[i])
      account.leaves[i] = {Fate::set_aside, Reason::status_not_a_result};
  for (LeafFate& fate : account.leaves) {
    if (fate.fate != Fate::set_aside || fate.reason != Reason::duplicate) continue;
    const LeafFate& first = account.leaves[fate.of];
    if (first.fate != Fate::mapped) fate = {first.fate, first.reason};
  }
}

}  // namespace

Conversion told_first(Conversion conversion) {
  Revision revision = revise(conversion, [](const fhir::ResourceKey&) { return nullptr; });
  std::map<fhir::ResourceKey, fhir::Body*> bodies;
  for (RevisedWrite& write : revision.writes) bodies.emplace(write.key, &write.body);
  std::vector<ConvertedResource> resources;
  std::vector<std::optional<std::uint32_t>> place;
  for (ConvertedResource& resource : conversion.resources) {
    const auto written = bodies.find(resource.key);
    if (written == bodies.end()) {
      place.emplace_back();
      continue;
    }
    place.emplace_back(static_cast<std::uint32_t>(resources.size()));
    resource.body = std::move(*written->second);
    resources.push_back(std::move(resource));
  }
  conversion.resources = std::move(resources);
  auto& landings = conversion.account.landings;
  std::erase_if(landings, [&](const Landing& landing) { return !place[landing.resource]; });
  for (Landing& landing : landings) landing.resource = *place[landing.resource];
  if (conversion.resources.size() != place.size()) settle_fates(conversion.account);
  for (Issue& issue : revision.issues) conversion.issues.push_back(std::move(issue));
  return conversion;
}

Revision revise(const Conversion& conversion, const StandingLookup& standing,
                const OrderContext& orders) {
  return Reviser(conversion, standing, orders).revise();
}

}  // namespace gateway::mapping
