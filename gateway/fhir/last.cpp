#include "gateway/fhir/last.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <numeric>
#include <string>
#include <tuple>

#include "gateway/fhir/json_view.hpp"

namespace gateway::fhir {
namespace {

struct Facts {
  std::size_t index = 0;
  std::int64_t time = std::numeric_limits<std::int64_t>::min();  // none: before all
  std::int64_t issued = std::numeric_limits<std::int64_t>::min();
  std::vector<std::string> codings;
};

std::int64_t instant(std::string_view text) {
  const auto time = base::parse_fhir_time(text);
  return time ? time->instant_begin() : std::numeric_limits<std::int64_t>::min();
}

Facts facts_of(const Version& version, std::size_t index) {
  Facts facts{.index = index};
  const auto body = JsonView::read(version.body);
  if (!body) return facts;
  const auto root = body->root();
  for (const auto text :
       {root["effectiveDateTime"].text(), root["effectiveInstant"].text(),
        root["effectivePeriod"]["start"].text(), root["effectivePeriod"]["end"].text()})
    if (!text.empty()) {
      facts.time = instant(text);
      break;
    }
  facts.issued = instant(root["issued"].text());
  for (const auto coding : root["code"]["coding"].items())
    facts.codings.push_back(std::string(coding["system"].text()) + '|' +
                            std::string(coding["code"].text()));
  if (facts.codings.empty())
    facts.codings.push_back("|" + std::string(root["code"]["text"].text()));
  return facts;
}

/// Groups that grow together.
class Groups {
 public:
  explicit Groups(std::size_t size) : parent_(size) {
    std::iota(parent_.begin(), parent_.end(), std::size_t{0});
  }
  std::size_t of(std::size_t one) {
    while (parent_[one] != one) one = parent_[one] = parent_[parent_[one]];
    return one;
  }
  void join(std::size_t a, std::size_t b) { parent_[of(a)] = of(b); }

 private:
  std::vector<std::size_t> parent_;
};

}  // namespace

std::vector<Version> last_of(std::vector<Version> observations, std::size_t most) {
  std::vector<Facts> all;
  Groups groups(observations.size());
  std::map<std::string, std::size_t> first_of;  // by coding
  for (std::size_t i = 0; i < observations.size(); ++i) {
    all.push_back(facts_of(observations[i], i));
    for (const auto& coding : all.back().codings)
      groups.join(i, first_of.emplace(coding, i).first->second);
  }
  std::ranges::sort(all, [&](const Facts& a, const Facts& b) {
    return std::tie(b.time, b.issued, observations[a.index].key.id) <
           std::tie(a.time, a.issued, observations[b.index].key.id);
  });
  std::vector<Version> newest;
  std::map<std::size_t, std::size_t> taken;  // by group
  for (const Facts& facts : all)
    if (taken[groups.of(facts.index)]++ < most)
      newest.push_back(std::move(observations[facts.index]));
  return newest;
}

}  // namespace gateway::fhir
