#include "gateway/mapping/revise_marks.hpp"

#include <array>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>

#include "gateway/mapping/revise_elements.hpp"

namespace gateway::mapping {
namespace {

using OutcomeKind = ResourceOutcome::Kind;

/// Raised by what other answers say, by the time of a sample, or of an answer that no result was
/// there for.
constexpr std::array of_weighing{
    std::string_view("cycle-day-conflict"),    std::string_view("gestation-conflict"),
    std::string_view("lmp-after-collection"),  std::string_view("pregnancy-cycle-conflict"),
    std::string_view("gestation-implausible"), std::string_view("cycle-day-implausible"),
    std::string_view("lmp-imprecise"),         std::string_view("cycle-text-ambiguous")};

/// Answers of one order number, and which of its requests had all their results asked.
struct OrderMarks {
  fhir::ResourceKey by;  // a report of it
  std::set<std::string> asked, rows;
};

std::string_view head_of(std::string_view reference) {
  return order_head(reference.substr(reference.find('/') + 1));
}

class Marks {
 public:
  Marks(const Conversion& conversion, std::vector<ResourceOutcome>& outcomes, OtherResults& others)
      : outcomes_(outcomes), others_(others) {
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

  /// Of an order whose results were all asked, what none raises goes: of these requests.
  void settle(const std::string& answer, const OrderMarks& order) {
    const auto own = own_.find(answer);
    if (own != own_.end() && outcomes_[own->second].kind == OutcomeKind::written) {
      ResourceOutcome& outcome = outcomes_[own->second];
      auto body = fhir::parse_json(outcome.body);
      if (!body || !mark(*body, answer, order)) return;
      const fhir::Json& stood = others_.of(key_of(answer)).before;
      if (stood.is_object() && same_content(*body, stood))
        outcome.kind = OutcomeKind::unchanged;
      else
        outcome.body = body->write();
      return;
    }
    OtherResult& stands = others_.of(key_of(answer));
    if (stands.body.is_object() && mark(stands.body, answer, order)) stands.by = order.by;
  }

 private:
  static fhir::ResourceKey key_of(const std::string& answer) {
    return {"Observation", answer.substr(answer.find('/') + 1)};
  }

  bool mark(fhir::Json& body, const std::string& answer, const OrderMarks& order) const {
    bool changed = false;
    // A number may have several OBR; an answer of one is no other's (C3).
    const auto requests = references_of(body["basedOn"]);
    const bool all =
        requests.empty() ? !order.asked.empty() : order.asked.contains(requests.front());
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
  std::unordered_map<std::string_view, OrderMarks> orders;
  const auto& resources = conversion.resources;
  for (const ConvertedResource& report : resources)
    if (report.report && answers.of(report).is_known)
      orders.try_emplace(order_head(report.key.id), OrderMarks{report.key, {}, {}});
  if (orders.empty()) return;
  const auto add = [&](const std::string& answer, bool only_asked) {
    const auto found = orders.find(head_of(answer));
    if (found != orders.end() && (!only_asked || !found->second.asked.empty()))
      found->second.rows.insert(answer);
  };
  for (const std::size_t i : followed.reports) {
    OrderMarks& order = orders.at(order_head(resources[i].key.id));
    if (order.asked.empty())
      for (const StandingAnswer& answer : answers.of(resources[i]).answers)
        order.rows.insert(answer.said.evidence);
    order.asked.insert(resources[i].report->request);
  }
  for (const auto& [answer, codes] : marks.wanted()) add(answer, false);
  for (const ConvertedResource& row : resources)
    if (row.result && row.result->is_context) add(row.key.reference(), true);
  for (const auto& [head, order] : orders)
    for (const std::string& answer : order.rows) marks.settle(answer, order);
}

}  // namespace gateway::mapping
