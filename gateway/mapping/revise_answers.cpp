#include "gateway/mapping/revise_answers.hpp"

#include <algorithm>
#include <functional>
#include <limits>
#include <set>
#include <utility>

#include "gateway/mapping/context_extension.hpp"
#include "gateway/mapping/cycle_rules.hpp"
#include "gateway/mapping/revise_elements.hpp"
#include "gateway/mapping/revise_others.hpp"

namespace gateway::mapping {
namespace {

constexpr std::size_t most_answers = 256;  // a cycle has a handful of facts
constexpr std::size_t most_texts = 16;
constexpr std::string_view not_applicable = "not-applicable";

/// Of most results that stand it is enough to know that they do not hold a word: only the others
/// are parsed, and asked what they say.
bool may_hold(const fhir::Body& body, std::string_view word) {
  return body.find(word) != fhir::Body::npos;
}

}  // namespace

const StandingSaid& OrderAnswers::of(const ConvertedResource& resource) {
  static const StandingSaid none;
  const StandingSaid* said = find(resource);
  return said == nullptr ? none : *said;
}

void OrderAnswers::pass_over(const ConvertedResource& answer) {
  if (StandingSaid* said = find(answer)) said->unheard.insert(answer.key.reference());
}

StandingSaid* OrderAnswers::find(const ConvertedResource& resource) {
  const std::string_view head = order_head(resource.key.id);
  if (!orders_.observations || orders_.catalogue == nullptr || head.empty()) return nullptr;
  const auto known = by_head_.find(head);
  if (known != by_head_.end()) return &known->second;
  const auto& said_at = resource.source_time ? resource.source_time : conversion_.source_time;
  StandingSaid said;
  said.answers = read(head, said_at, said);
  said.texts = read_texts(head);
  said.last = std::make_shared<MergedBefore>();
  said.catalogue = orders_.catalogue;
  said.is_known = !orders_.observations(head).empty();
  return &by_head_.emplace(std::string(head), std::move(said)).first->second;
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
  add_used_texts(head, texts);
  return texts;
}

/// OBR-39 and notes are held by the results that rest on them: they are the whole order's, and of
/// results that come later (C3).
void OrderAnswers::add_used_texts(std::string_view head, std::vector<StandingText>& texts) const {
  std::vector<StandingText> used;
  std::set<Source> cut;  // half a text may say what the whole denies
  for (const fhir::ResourceKey& key : orders_.observations(head)) {
    const Standing* stands = lookup_(key);
    const fhir::Body* body =
        stands && !stands->deleted ? body_of(conversion_, index_, key, *stands) : nullptr;
    if (body == nullptr || !(may_hold(*body, "OBR-39: ") || may_hold(*body, "NTE-3: "))) continue;
    const auto json = fhir::parse_json(*body);
    const auto context = json ? read_context(*json) : std::nullopt;
    if (!context) continue;
    const auto requests = references_of((*json)["basedOn"]);
    for (const std::string& evidence : context->evidence) {
      auto text = text_of_evidence(evidence);
      if (!text || text->source == Source::text_obr13 || requests.empty()) continue;
      if (evidence.ends_with(cut_mark)) cut.insert(text->source);
      const StandingText one{requests.front(), *std::move(text)};
      const bool known = std::any_of(used.begin(), used.end(), [&](const StandingText& other) {
        return other.request == one.request && other.said == one.said;
      });
      if (!known && used.size() < most_texts) used.push_back(one);
    }
  }
  for (StandingText& one : used)
    if (!cut.contains(one.said.source)) texts.push_back(std::move(one));
}

std::vector<StandingAnswer> OrderAnswers::read(std::string_view head,
                                               const std::optional<SourceTime>& said_at,
                                               StandingSaid& said) const {
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
    const fhir::Body* body = body_of(conversion_, index_, key, *stands);
    if (body == nullptr) continue;
    const bool may_answer = may_hold(*body, "survey"), may_be_his = may_hold(*body, not_applicable);
    if (!may_answer && !may_be_his) {
      said.has_hers = true;
      continue;
    }
    const auto json = fhir::parse_json(*body);
    if (!json) continue;
    if (!is_survey(*json)) {
      const auto context = read_context(*json);
      (context && context->status == not_applicable ? said.has_his : said.has_hers) = true;
      continue;
    }
    const Time at{stands->source_time.value_or(std::numeric_limits<std::int64_t>::min()),
                  stands->written};
    for (StandingAnswer& answer : standing_answers(*json, *orders_.catalogue)) {
      times.insert(at);
      answer.said.where = answer.said.evidence;  // an issue about it is about that row
      given.push_back({at, std::move(answer)});
    }
  }
  const auto is_later = [&](const Time& time) { return said_at && said_at->end <= time.first; };
  const auto later = static_cast<int>(std::count_if(times.begin(), times.end(), is_later));
  std::vector<StandingAnswer> answers;
  for (Given& one : given) {
    const auto place = static_cast<int>(std::distance(times.begin(), times.find(one.at))) - later;
    one.answer.said.age = place < 0 ? place : place + 1;
    answers.push_back(std::move(one.answer));
  }
  return answers;
}

}  // namespace gateway::mapping
