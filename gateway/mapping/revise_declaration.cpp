// A declaration that the same row denies later (W6): one Observation says both, since an identity
// never has two (T1, T2).
#include <algorithm>
#include <vector>

#include "gateway/fhir/canonical.hpp"
#include "gateway/mapping/catalogue.hpp"
#include "gateway/mapping/revise_elements.hpp"
#include "gateway/mapping/revise_resource.hpp"

namespace gateway::mapping {
namespace {

using fhir::Json;

constexpr std::string_view before = "answered before: ", preliminary = "answered as preliminary: ";

/// Is it a note of ours about another answer?
bool tells(const Json& note) {
  const std::string& text = note["text"].text();
  return text.starts_with(before) || text.starts_with(preliminary);
}

/// A consent has no tag: a yes in words is read as where it was sent.
bool says_yes_in_words(const Json& observation, const Catalogue* catalogue) {
  const Json& words = observation["valueString"];
  if (catalogue == nullptr || !words.is_string()) return false;
  for (const Json& coding : observation["code"]["coding"].items()) {
    const AnswerRow* answer =
        catalogue->answer(catalogue->default_profile(), coding["code"].text(), "", words.text());
    if (answer != nullptr && answer->target_code == "Y") return true;
  }
  return false;
}

bool says_yes(const Json& observation, const Catalogue* catalogue) {
  const std::string yes_or_no = fhir::canonical::v2_table("0136");
  const auto& codings = observation["valueCodeableConcept"]["coding"].items();
  return says_yes_in_words(observation, catalogue) ||
         std::any_of(codings.begin(), codings.end(), [&](const Json& coding) {
           return coding["system"].text() == yes_or_no && coding["code"].text() == "Y";
         });
}

std::vector<Json> safety_tags(const Json& observation) {
  const std::string system = fhir::canonical::code_system("safety");
  std::vector<Json> tags = observation["meta"]["tag"].items();
  std::erase_if(tags, [&](const Json& tag) { return tag["system"].text() != system; });
  return tags;
}

std::vector<Json::Member> value_of(const Json& observation) {
  std::vector<Json::Member> value;
  for (const auto& member : observation.members())
    if (element_of(member.first) == "value") value.push_back(member);
  return value;
}

/// The answer in the sender's words, and when it was given.
Json note_of(const Json& observation, std::string_view how = before) {
  const Json& coded = observation["valueCodeableConcept"];
  const auto& codings = coded["coding"].items();
  const Json first = codings.empty() ? Json() : codings.front();
  std::string words;
  for (const Json* said :
       {&observation["valueString"], &coded["text"], &first["display"], &first["code"]})
    if (words.empty() && said->is_string()) words = said->text();
  Json note = Json::object({});
  if (observation["effectiveDateTime"].is_string())
    note.set("time", observation["effectiveDateTime"]);
  note.set("text", Json::string(std::string(how) + (words.empty() ? "yes" : words)));
  return note;
}

}  // namespace

void keep_declaration(Json& newest, const Json& standing, const Catalogue* catalogue) {
  const auto tags = safety_tags(standing);
  std::vector<Json> told = standing["note"].items();
  std::erase_if(told, [](const Json& note) { return !tells(note); });
  const bool declared = says_yes(standing, catalogue) || !tags.empty();
  const bool same = value_of(newest) == value_of(standing);
  const bool declares_anew = !same && (says_yes(newest, catalogue) || !safety_tags(newest).empty());
  if ((!declared && told.empty()) || declares_anew) return;
  for (const Json& tag : tags) add_tag(newest, "safety", tag["code"].text());
  if (!same && told.empty()) told.push_back(note_of(standing));
  std::vector<Json> notes = newest["note"].items();
  notes.insert(notes.end(), told.begin(), told.end());
  if (!notes.empty()) newest.set("note", Json::array(std::move(notes)));
}

bool tell_declaration(Json& standing, const Json& refused, bool older, const Catalogue* catalogue) {
  const auto& status = standing["status"].text();
  if (status == "entered-in-error" || status == "cancelled") return false;  // taken back (T4, T5)
  if (standing["dataAbsentReason"]["text"].text() == taken_back_by_null) return false;  // T10
  const auto tags = safety_tags(refused);
  if (!says_yes(refused, catalogue) && tags.empty()) return false;
  std::vector<Json> notes = standing["note"].items();
  if (says_yes(standing, catalogue) || !safety_tags(standing).empty() ||
      std::any_of(notes.begin(), notes.end(), tells))
    return false;
  for (const Json& tag : tags) add_tag(standing, "safety", tag["code"].text());
  notes.push_back(note_of(refused, older ? before : preliminary));
  standing.set("note", Json::array(std::move(notes)));
  return true;
}

}  // namespace gateway::mapping
