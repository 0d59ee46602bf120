#include "gateway/mapping/revise_marks.hpp"

#include <array>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "gateway/mapping/revise_elements.hpp"

namespace gateway::mapping {
namespace {

using Kind = ResourceOutcome::Kind;

/// Raised by what other answers say, or by the time of a sample.
constexpr std::array of_weighing{
    std::string_view("cycle-day-conflict"),    std::string_view("gestation-conflict"),
    std::string_view("lmp-after-collection"),  std::string_view("pregnancy-cycle-conflict"),
    std::string_view("gestation-implausible"), std::string_view("cycle-day-implausible")};

class Marks {
 public:
  Marks(const Conversion& conversion, std::vector<ResourceOutcome>& outcomes, OtherResults& others)
      : conversion_(conversion), outcomes_(outcomes), others_(others) {
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
      const ConvertedResource& resource = conversion.resources[i];
      if (resource.result && resource.result->is_context) own_[resource.key.reference()] = i;
      add(outcomes[i].concerned);
    }
  }

  void add(const std::vector<std::pair<std::string, std::string>>& concerned) {
    for (const auto& [answer, code] : concerned) wanted_[answer].insert(code);
  }

  const std::map<std::string, std::set<std::string>>& wanted() const { return wanted_; }

  /// `all`: every result of the order was asked, so that what none raises goes.
  void settle(const std::string& answer, bool all, const ConvertedResource& report) {
    const auto own = own_.find(answer);
    if (own != own_.end() && outcomes_[own->second].kind == Kind::written) {
      ResourceOutcome& outcome = outcomes_[own->second];
      auto body = fhir::parse_json(outcome.body);
      if (!body || !mark(*body, answer, all, report)) return;
      const fhir::Json& stood = others_.of(key_of(answer)).before;
      if (stood.is_object() && same_content(*body, stood))
        outcome.kind = Kind::unchanged;
      else
        outcome.body = body->write();
      return;
    }
    OtherResult& stands = others_.of(key_of(answer));
    if (stands.body.is_object() && mark(stands.body, answer, all, report)) stands.by = report.key;
  }

 private:
  static fhir::ResourceKey key_of(const std::string& answer) {
    return {"Observation", answer.substr(answer.find('/') + 1)};
  }

  bool mark(fhir::Json& body, const std::string& answer, bool all,
            const ConvertedResource& report) const {
    bool changed = false;
    // A number may have several OBR; an answer of one is no other's (C3).
    const auto requests = references_of(body["basedOn"]);
    if (!requests.empty() && requests.front() != report.report->request) all = false;
    const auto found = wanted_.find(answer);
    for (const std::string_view code : of_weighing) {
      const bool wanted = found != wanted_.end() && found->second.contains(std::string(code));
      if (wanted == has_issue(body, code) || (!wanted && !all)) continue;
      changed = true;
      if (wanted)
        tag_issue(body, code);
      else
        untag_issue(body, code);
    }
    return changed;
  }

  const Conversion& conversion_;
  std::vector<ResourceOutcome>& outcomes_;
  OtherResults& others_;
  std::map<std::string, std::size_t> own_;  // answers of the message
  std::map<std::string, std::set<std::string>> wanted_;
};

}  // namespace

void mark_answers(const Conversion& conversion, const Followed& followed, OrderAnswers& answers,
                  std::vector<ResourceOutcome>& outcomes, OtherResults& others) {
  Marks marks(conversion, outcomes, others);
  marks.add(followed.concerned);
  std::set<std::size_t> all(followed.reports.begin(), followed.reports.end());
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    const ConvertedResource& report = conversion.resources[i];
    if (!report.report) continue;
    const StandingSaid& standing = answers.of(report);
    if (!standing.is_known) continue;
    const std::string_view head = order_head(report.key.id);
    std::set<std::string> rows;
    for (const auto& [answer, codes] : marks.wanted())
      if (order_head(std::string_view(answer).substr(answer.find('/') + 1)) == head)
        rows.insert(answer);
    if (all.contains(i)) {
      for (const StandingAnswer& answer : standing.answers) rows.insert(answer.said.evidence);
      for (std::size_t k = 0; k < outcomes.size(); ++k) {
        const ConvertedResource& row = conversion.resources[k];
        if (row.result && row.result->is_context && order_head(row.key.id) == head)
          rows.insert(row.key.reference());
      }
    }
    for (const std::string& answer : rows) marks.settle(answer, all.contains(i), report);
  }
}

}  // namespace gateway::mapping
