#include "gateway/mapping/revise_answers.hpp"

#include <algorithm>
#include <functional>
#include <limits>
#include <set>
#include <utility>

namespace gateway::mapping {
namespace {

constexpr std::size_t most_answers = 256;  // a cycle has a handful of facts

/// The body of what stands; of what was said again alike it was not loaded.
const fhir::Body* body_of(const Conversion& conversion, const fhir::ResourceKey& key,
                          const Standing& stands) {
  if (!stands.same) return &stands.body;
  const auto& all = conversion.resources;
  const auto found = std::find_if(all.begin(), all.end(),
                                  [&](const auto& resource) { return resource.key == key; });
  return found == all.end() ? nullptr : &found->body;
}

}  // namespace

const StandingSaid& OrderAnswers::of(const fhir::ResourceKey& key) {
  static const StandingSaid none;
  const std::string_view head = order_head(key.id);
  if (!orders_.observations || orders_.catalogue == nullptr || head.empty()) return none;
  const auto known = by_head_.find(head);
  if (known != by_head_.end()) return known->second;
  StandingSaid said{read(head), read_texts(head), std::make_shared<MergedBefore>()};
  return by_head_.emplace(std::string(head), std::move(said)).first->second;
}

std::vector<StandingText> OrderAnswers::read_texts(std::string_view head) const {
  std::vector<StandingText> texts;
  const auto [begin, end] = requests_.equal_range(head);
  for (auto at = begin; at != end; ++at) {
    const ConvertedResource& resource = *at->second;
    const Standing* stands = lookup_(resource.key);
    if (stands == nullptr || stands->deleted) continue;
    const auto json = fhir::parse_json(stands->same ? resource.body : stands->body);
    if (!json) continue;
    if (auto text = standing_text(*json)) texts.push_back(*std::move(text));
  }
  return texts;
}

std::vector<StandingAnswer> OrderAnswers::read(std::string_view head) const {
  using Time = std::pair<std::int64_t, std::int64_t>;  // said, written
  struct Given {
    Time at;
    StandingAnswer answer;
  };
  std::vector<Given> given;
  std::set<Time, std::greater<>> times;
  for (const fhir::ResourceKey& key : orders_.observations(head)) {
    const Standing* stands = lookup_(key);
    if (stands == nullptr || stands->deleted || given.size() >= most_answers) continue;
    const fhir::Body* body = body_of(conversion_, key, *stands);
    if (body == nullptr || body->find("\"survey\"") == fhir::Body::npos) continue;
    const auto json = fhir::parse_json(*body);
    if (!json) continue;
    const Time at{stands->source_time.value_or(std::numeric_limits<std::int64_t>::min()),
                  stands->written};
    for (StandingAnswer& answer : standing_answers(*json, *orders_.catalogue)) {
      times.insert(at);
      given.push_back({at, std::move(answer)});
    }
  }
  std::vector<StandingAnswer> answers;
  for (Given& one : given) {
    one.answer.said.age = 1 + static_cast<int>(std::distance(times.begin(), times.find(one.at)));
    answers.push_back(std::move(one.answer));
  }
  return answers;
}

}  // namespace gateway::mapping
