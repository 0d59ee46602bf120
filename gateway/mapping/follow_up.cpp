#include "gateway/mapping/follow_up.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "gateway/fhir/json_view.hpp"
#include "gateway/mapping/follow_up_task.hpp"
#include "gateway/mapping/identity.hpp"

namespace gateway::mapping {
namespace {

constexpr char letter = 't';
constexpr std::string_view kind = "follow-up";

/// The entry lies beside its result in every index: it shares the head of the order.
fhir::ResourceKey entry_of(const SiteRule& rule, const fhir::ResourceKey& result,
                           std::string_view patient) {
  if (rule.is_repeat()) return {"Task", own_id(letter, kind, {rule.name, patient})};
  const auto key = {std::string_view(rule.name), std::string_view(result.id)};
  return {"Task", order_id(letter, OrderHead::of_id(result.id), kind, key)};
}

/// The next sample is expected of somebody: a result about nobody has no such entry.
bool may_have_entry(const SiteRule& rule, std::string_view patient) {
  return !rule.is_repeat() || !patient.empty();
}

/// The entries that are looked at, each as the results before have left it.
class List {
 public:
  List(const StandingLookup& lookup, std::string_view authored)
      : lookup_(lookup), authored_(authored) {}

  void look(const SiteRule& rule, const StandingResult& result, const SeenResult& seen) {
    if (!may_have_entry(rule, seen.patient)) return;
    if (seen.sample_type.empty() && !rule.is_repeat()) return;  // an answer is no result
    Entry& entry = at(entry_of(rule, result.key, seen.patient));
    const std::string reference = result.key.reference();
    const FollowUpSubject subject{rule, seen, reference, authored_};
    auto body = revised_follow_up(subject, entry.write.key.id, entry.task ? &*entry.task : nullptr);
    if (!body) return;
    auto task = fhir::parse_json(*body);
    base::invariant(static_cast<bool>(task), "an entry we write is JSON");
    entry.task = *std::move(task);
    entry.write.body = *std::move(body);
    entry.write.site = rule.site;
  }

  std::vector<FollowUpWrite> take() {
    std::vector<FollowUpWrite> out;
    for (auto& [key, entry] : entries_)
      if (!entry.write.body.empty() && entry.write.body != entry.before)
        out.push_back(std::move(entry.write));
    return out;
  }

 private:
  struct Entry {
    FollowUpWrite write;
    std::optional<fhir::Json> task;  // as it stands, or is about to
    std::string before;
  };

  Entry& at(fhir::ResourceKey key) {
    const auto found = entries_.find(key);
    if (found != entries_.end()) return found->second;
    Entry entry;
    if (const Standing* standing = lookup_(key)) {
      entry.write.follows = standing->version;
      if (!standing->deleted) {
        entry.before = standing->body;
        if (auto task = fhir::parse_json(standing->body)) entry.task = *std::move(task);
      }
    }
    entry.write.key = key;
    return entries_.emplace(std::move(key), std::move(entry)).first->second;
  }

  const StandingLookup& lookup_;
  std::string_view authored_;
  std::map<fhir::ResourceKey, Entry> entries_;
};

std::string patient_of(const ConvertedResource& resource) {
  const auto body = fhir::JsonView::read(resource.body);
  return body ? std::string(body->root()["subject"]["reference"].text()) : std::string();
}

/// Whom `resource` is about, if that names entries.
std::string asked_patient(const Catalogue& catalogue, const ConvertedResource& resource) {
  return catalogue.watches_repeats() ? patient_of(resource) : std::string();
}

void add_keys(const Catalogue& catalogue, const fhir::ResourceKey& result, std::string_view patient,
              std::vector<fhir::ResourceKey>& keys) {
  for (const SiteRule* rule : catalogue.watched_rules())
    if (may_have_entry(*rule, patient)) keys.push_back(entry_of(*rule, result, patient));
}

std::vector<fhir::ResourceKey> each_once(std::vector<fhir::ResourceKey> keys) {
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  return keys;
}

bool is_result(const ConvertedResource& resource) {
  return resource.key.type == "Observation" && resource.result && !resource.result->is_context;
}

}  // namespace

bool may_say_not_pregnant(const fhir::Body& answer) {
  return answer.find(not_pregnant_code) != fhir::Body::npos;
}

std::vector<fhir::ResourceKey> follow_up_keys(const Catalogue& catalogue,
                                              const Conversion& conversion) {
  std::vector<fhir::ResourceKey> keys;
  if (catalogue.watched_rules().empty()) return keys;
  for (const ConvertedResource& resource : conversion.resources)
    if (is_result(resource) ||
        (resource.result && catalogue.watches_repeats() && may_say_not_pregnant(resource.body)))
      add_keys(catalogue, resource.key, asked_patient(catalogue, resource), keys);
  return each_once(std::move(keys));
}

std::vector<fhir::ResourceKey> follow_up_keys(const Catalogue& catalogue,
                                              const ConvertedResource& report,
                                              const std::vector<fhir::ResourceKey>& standing) {
  std::vector<fhir::ResourceKey> keys;
  if (catalogue.watched_rules().empty() || standing.empty()) return keys;
  const std::string patient = asked_patient(catalogue, report);
  for (const fhir::ResourceKey& result : standing) add_keys(catalogue, result, patient, keys);
  return each_once(std::move(keys));
}

std::vector<FollowUpWrite> follow_ups(const Catalogue& catalogue,
                                      const std::vector<StandingResult>& results,
                                      const StandingLookup& standing, std::string_view authored) {
  List list(standing, authored);
  for (const StandingResult& result : results) {
    const auto body = fhir::JsonView::read(result.body);
    if (!body) continue;
    const SeenResult seen = seen_result(*body);
    for (const SiteRule* rule : catalogue.watched_rules()) list.look(*rule, result, seen);
  }
  return list.take();
}

}  // namespace gateway::mapping
