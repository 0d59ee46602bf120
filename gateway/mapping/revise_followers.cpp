#include "gateway/mapping/revise_followers.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <unordered_map>

#include "gateway/mapping/revise_elements.hpp"

namespace gateway::mapping {
namespace {

using OutcomeKind = ResourceOutcome::Kind;
using Said = std::shared_ptr<const ContextInput>;

constexpr std::size_t most_text = 32 << 20;  // bytes, over all results of an order

/// What the message decided of the rows of one order number.
struct Rows {
  std::set<std::string> weighed;  // results and answers that are not asked again
  bool answers_written = false;
  std::map<std::string, std::vector<ContextStatement>> of_specimens;  // answers of these alone (C3)
  /// Results that stand and were not weighed, by the request they are based on; once asked for.
  std::optional<std::map<std::string, std::vector<fhir::ResourceKey>>> open;
};
using RowsByHead = std::unordered_map<std::string_view, Rows>;

void note_row(const Decided& decided, std::size_t i, const OrderContext& orders, Rows& rows) {
  const ConvertedResource& resource = decided.conversion.resources[i];
  const ResourceOutcome& outcome = decided.outcomes[i];
  if (!resource.result->is_context) {
    // One that is older than what stands was not weighed beside it.
    if (decided.revived.contains(resource.key.reference()))
      rows.answers_written = true;  // what stands of the order was said of it, too
    if (outcome.kind == OutcomeKind::written ||
        (outcome.kind == OutcomeKind::unchanged && !decided.is_older(i)))
      rows.weighed.insert(resource.key.reference());
    return;
  }
  rows.weighed.insert(resource.key.reference());
  if (outcome.kind != OutcomeKind::written || (outcome.keeps_source_time && !outcome.fills)) return;
  rows.answers_written = true;
  const auto body = fhir::parse_json(outcome.body);
  if (!body) return;
  for (StandingAnswer& answer : standing_answers(*body, *orders.catalogue))
    if (!answer.specimen.empty()) rows.of_specimens[answer.specimen].push_back(answer.said);
}

/// Of the orders that were known before the message: one walk over its rows for all of them.
RowsByHead rows_of(const Decided& decided, const OrderContext& orders, OrderAnswers& answers) {
  RowsByHead all;
  const auto& resources = decided.conversion.resources;
  for (const ConvertedResource& resource : resources)
    if (resource.report && answers.of(resource).is_known) all[order_head(resource.key.id)];
  for (std::size_t i = 0; i < resources.size() && !all.empty(); ++i) {
    if (!resources[i].result) continue;
    const auto found = all.find(order_head(resources[i].key.id));
    if (found != all.end()) note_row(decided, i, orders, found->second);
  }
  return all;
}

/// One order of the message: its report, and what is said of results that the message leaves alone.
class Order {
 public:
  Order(const ConvertedResource& report, bool is_older, const StandingSaid& standing, Rows& rows)
      : report_(report), standing_(standing), is_older_(is_older), rows_(rows) {
    if (!report_.report->said) return;
    said_ = heard(report_.report->said, standing.unheard);
    if (is_older_) said_ = rows_alone();
  }

  /// Does the message say anything that was not said before?
  bool says_something() const {
    return said_ && (rows_.answers_written || !said_->texts.empty() || !said_->told.empty() ||
                     has_site(*said_) || changes_sex());
  }

  void settle(const OrderContext& orders, OtherResults& results, Followed& followed) {
    for (const fhir::ResourceKey& key : open(orders, results)) {
      OtherResult& result = results.of(key);
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
  /// C15: what stands is a woman's and the patient is now a man, or the other way round.
  bool changes_sex() const {
    return !is_older_ && (said_->male ? standing_.has_hers : said_->female && standing_.has_his);
  }

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

  const std::vector<fhir::ResourceKey>& open(const OrderContext& orders, OtherResults& results) {
    if (!rows_.open) {
      rows_.open.emplace();
      for (const fhir::ResourceKey& key : orders.observations(order_head(report_.key.id)))
        if (!rows_.weighed.contains(key.reference()))
          for (const std::string& request : references_of(results.of(key).body["basedOn"]))
            (*rows_.open)[request].push_back(key);
    }
    return (*rows_.open)[report_.report->request];
  }

  Said said_of(const fhir::Json& result) {
    if (weighed_text_ > most_text && !said_->texts.empty()) {
      ContextInput without = *said_;
      without.texts.clear();
      said_ = std::make_shared<const ContextInput>(std::move(without));
      by_specimen_.clear();
    }
    for (const ContextText& text : said_->texts) weighed_text_ += text.text.size();
    const std::string& specimen = result["specimen"]["reference"].text();
    const auto own = rows_.of_specimens.find(specimen);
    if (own == rows_.of_specimens.end()) return said_;
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

  const ConvertedResource& report_;
  const StandingSaid& standing_;
  const bool is_older_;
  Rows& rows_;
  Said said_;
  std::map<std::string, Said> by_specimen_;
  std::size_t weighed_text_ = 0;
  MergedBefore last_;
};

}  // namespace

Followed follow_orders(const Decided& decided, const OrderContext& orders, OrderAnswers& answers,
                       OtherResults& results) {
  Followed followed;
  if (!orders.observations || orders.catalogue == nullptr) return followed;
  RowsByHead rows = rows_of(decided, orders, answers);
  const auto& resources = decided.conversion.resources;
  for (std::size_t i = 0; i < resources.size() && !rows.empty(); ++i) {
    if (!resources[i].report) continue;
    const auto found = rows.find(order_head(resources[i].key.id));
    if (found == rows.end()) continue;
    Order order(resources[i], decided.is_older(i), answers.of(resources[i]), found->second);
    if (!order.says_something()) continue;
    order.settle(orders, results, followed);
    followed.reports.push_back(i);
  }
  return followed;
}

}  // namespace gateway::mapping
