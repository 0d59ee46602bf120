#include "gateway/mapping/revise_groups.hpp"

#include <limits>
#include <map>
#include <string>
#include <utility>

#include "gateway/mapping/blood_pressure.hpp"
#include "gateway/mapping/catalogue.hpp"
#include "gateway/mapping/folding.hpp"
#include "gateway/mapping/revise_resource.hpp"
#include "gateway/mapping/revise_taken_back.hpp"

namespace gateway::mapping {
namespace {

using fhir::Json;

constexpr std::int64_t never = std::numeric_limits<std::int64_t>::min();

/// The newest word on a component: what it says, or that it was taken back (null).
struct Word {
  std::int64_t at = never;
  Json part;
};
using Words = std::map<std::string, Word, std::less<>>;

Words words_of(const GroupMember& member, const Catalogue& catalogue) {
  Words words;
  const std::string_view target = first_code(member.body["code"]);
  const auto is_implied = [&](std::string_view code) {
    return catalogue.is_implied(joined_key({target, code}));
  };
  for (const Json& part : member.body["component"].items()) {
    const std::string code(first_code(part["code"]));
    if (is_open_part(part) || blood_pressure::is_half(code) || is_implied(code) ||
        !is_code_of_part(part["code"], &catalogue))
      continue;
    words[code] = {time_of_part(part).value_or(member.said_at.value_or(never)), part};
  }
  for (auto& [code, at] : taken_back(member.body))
    if (!words.contains(code) && !is_implied(code)) words[code] = {at, Json()};
  return words;
}

void tell(GroupMember& member, const std::string& code, const Word& word) {
  if (word.part.is_object()) {
    Json part = word.part;
    if (word.at != never && word.at != member.said_at) date_part(part, word.at);
    put_part(member.body, std::move(part));
    forget_taken_back(member.body, code);
  } else {
    take_part(member.body, code);
    note_taken_back(member.body, code, word.at);
  }
  member.is_changed = true;
}

}  // namespace

void share_components(std::vector<GroupMember>& group, const Catalogue& catalogue) {
  std::vector<Words> all;
  Words newest;
  for (const GroupMember& member : group) {
    all.push_back(words_of(member, catalogue));
    for (const auto& [code, word] : all.back()) {
      const auto known = newest.find(code);
      if (known == newest.end() || known->second.at < word.at) newest.insert_or_assign(code, word);
    }
  }
  for (std::size_t i = 0; i < group.size(); ++i)
    for (const auto& [code, word] : newest) {
      const auto own = all[i].find(code);
      if (own == all[i].end() || own->second.at < word.at) tell(group[i], code, word);
    }
}

}  // namespace gateway::mapping
