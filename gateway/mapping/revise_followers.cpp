#include "gateway/mapping/revise_followers.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>

#include "gateway/mapping/revise_elements.hpp"

namespace gateway::mapping {
namespace {

using Kind = ResourceOutcome::Kind;
using Said = std::shared_ptr<const ContextInput>;

constexpr std::size_t most_text = 32 << 20;  // bytes, over all results of an order

/// One order of the message: its report, and what is said of results that the message leaves alone.
class Order {
 public:
  Order(const Decided& decided, std::size_t report, const OrderContext& orders,
        const StandingSaid& standing)
      : decided_(decided),
        orders_(orders),
        report_(decided.conversion.resources[report]),
        head_(order_head(report_.key.id)),
        standing_(standing),
        is_older_(decided.is_older(report)) {
    if (!report_.report->said) return;
    said_ = heard(report_.report->said, standing.unheard);
    if (is_older_) said_ = rows_alone();
    read_answers();
  }

  /// Does the message say anything that was not said before?
  bool says_something() const {
    return said_ &&
           (answers_written_ || !said_->texts.empty() || !said_->told.empty() || has_site(*said_));
  }

  void settle(OtherResults& results, Followed& followed) {
    for (const fhir::ResourceKey& key : orders_.observations(head_)) {
      if (is_decided(key)) continue;
      OtherResult& result = results.of(key);
      const auto requests = references_of(result.body["basedOn"]);
      const std::string& own = report_.report->request;
      if (std::find(requests.begin(), requests.end(), own) == requests.end()) continue;
      ResourceOutcome told;
      const int age = is_older_ ? -1 : 1;
      const bool changed =
          follow_order(result.body, said_of(result.body), age, standing_, last_, told);
      std::move(told.concerned.begin(), told.concerned.end(),
                std::back_inserter(followed.concerned));
      if (!changed) continue;
      result.by = report_.key;
      for (Issue& issue : told.together) {
        issue.resource = key.reference();
        if (issue.where.empty() || is_row(issue.where)) issue.where = report_.report->at;
        followed.issues.push_back(std::move(issue));
      }
    }
  }

 private:
  static bool has_site(const ContextInput& said) {
    const auto of_site = [](const auto& one) { return !is_row(one.evidence); };
    return std::any_of(said.statements.begin(), said.statements.end(), of_site) ||
           std::any_of(said.retracted.begin(), said.retracted.end(), of_site);
  }

  /// What else a late message says, nobody knows to be newer than a `""` that came before it.
  Said rows_alone() const {
    ContextInput rows = *said_;
    rows.texts.clear();
    rows.told.clear();
    std::erase_if(rows.statements, [](const auto& one) { return !is_row(one.evidence); });
    std::erase_if(rows.retracted, [](const auto& one) { return !is_row(one.evidence); });
    return std::make_shared<const ContextInput>(std::move(rows));
  }

  /// What this message wrote of answers, those of a specimen apart (C3).
  void read_answers() {
    for (std::size_t i = 0; i < decided_.outcomes.size(); ++i) {
      const ConvertedResource& resource = decided_.conversion.resources[i];
      if (!resource.result || order_head(resource.key.id) != head_) continue;
      const ResourceOutcome& outcome = decided_.outcomes[i];
      if (!resource.result->is_context) {
        // One that is older than what stands was not weighed beside it.
        if (outcome.kind == Kind::written || (outcome.kind == Kind::unchanged && !older(i)))
          weighed_.insert(resource.key.reference());
        continue;
      }
      weighed_.insert(resource.key.reference());
      if (outcome.kind != Kind::written || outcome.keeps_source_time) continue;
      answers_written_ = true;
      const auto body = fhir::parse_json(outcome.body);
      if (!body) continue;
      for (StandingAnswer& answer : standing_answers(*body, *orders_.catalogue))
        if (!answer.specimen.empty()) of_specimens_[answer.specimen].push_back(answer.said);
    }
  }

  bool older(std::size_t i) const { return decided_.is_older(i); }

  bool is_decided(const fhir::ResourceKey& key) const { return weighed_.contains(key.reference()); }

  Said said_of(const fhir::Json& result) {
    if (weighed_text_ > most_text && !said_->texts.empty()) {
      ContextInput without = *said_;
      without.texts.clear();
      said_ = std::make_shared<const ContextInput>(std::move(without));
      by_specimen_.clear();
    }
    for (const ContextText& text : said_->texts) weighed_text_ += text.text.size();
    const std::string& specimen = result["specimen"]["reference"].text();
    const auto own = of_specimens_.find(specimen);
    if (own == of_specimens_.end()) return said_;
    Said& known = by_specimen_[specimen];
    if (known) return known;
    ContextInput all = *said_;
    for (ContextStatement answer : own->second) {
      answer.age = 0;
      if (answer.kind.empty())
        all.retracted.push_back({answer.kind, answer.evidence});
      else
        all.statements.push_back(std::move(answer));
    }
    return known = std::make_shared<const ContextInput>(std::move(all));
  }

  const Decided& decided_;
  const OrderContext& orders_;
  const ConvertedResource& report_;
  const std::string_view head_;
  const StandingSaid& standing_;
  const bool is_older_;
  Said said_;
  bool answers_written_ = false;
  std::set<std::string> weighed_;  // results and answers that are not asked again
  std::map<std::string, std::vector<ContextStatement>> of_specimens_;
  std::map<std::string, Said> by_specimen_;
  std::size_t weighed_text_ = 0;
  MergedBefore last_;
};

}  // namespace

Followed follow_orders(const Decided& decided, const OrderContext& orders, OrderAnswers& answers,
                       OtherResults& results) {
  Followed followed;
  if (!orders.observations || orders.catalogue == nullptr) return followed;
  const auto& resources = decided.conversion.resources;
  for (std::size_t i = 0; i < resources.size(); ++i) {
    if (!resources[i].report) continue;
    const StandingSaid& standing = answers.of(resources[i]);
    if (!standing.is_known) continue;
    Order order(decided, i, orders, standing);
    if (!order.says_something()) continue;
    order.settle(results, followed);
    followed.reports.push_back(i);
  }
  return followed;
}

}  // namespace gateway::mapping
