#include "gateway/fhir/canonical.hpp"
#include "gateway/mapping/datatypes.hpp"
#include "gateway/mapping/folding.hpp"

namespace gateway::mapping {
namespace {

struct Gender {
  std::string_view code, meaning;
  bool exact;  // FHIR's word says as much as the code
};
constexpr Gender genders[] = {{"F", "female", true},  {"M", "male", true},   {"O", "other", true},
                              {"U", "unknown", true}, {"A", "other", false}, {"N", "other", false}};

/// The code with its words (a CWE from v2.7 on), beside what FHIR makes of it.
void extend_sex(Desk& desk, Draft& draft, const Place& place) {
  Concept said = read_concept(desk, place);
  for (Coding& coding : said.codings)
    if (coding.system_name.empty()) coding.system = desk.own_system("");
  const auto item = draft.extensions.item();
  draft.extensions.say("url", fhir::canonical::extension("administrative-sex"));
  const auto value = draft.extensions.object("valueCodeableConcept");
  write_concept(draft.extensions, said);
}

}  // namespace

bool write_gender(Desk& desk, Draft& draft, const Place& place) {
  FieldReader& fields = desk.fields();
  const Text sex = fields.code_at(place.part(1));
  if (sex.empty()) return true;
  std::string_view code = sex.text;
  const auto& known_words = desk.profile().sex_words;
  const auto word = known_words.empty() ? known_words.end() : known_words.find(lower_case(code));
  if (word != known_words.end()) code = word->second;
  const bool words = fields.populated(place.part(2)) || fields.populated(place.part(3));
  for (const Gender& gender : genders) {
    if (gender.code != code) continue;
    draft.body.from("gender", gender.meaning, sex);
    if (words)
      extend_sex(desk, draft, place);
    else if (!gender.exact && word == known_words.end())
      extend_text(draft, "administrative-sex", sex);
    return true;
  }
  draft.body.say("gender", "unknown");
  if (words)
    extend_sex(desk, draft, place);
  else
    extend_text(draft, "administrative-sex", sex);
  return false;
}

}  // namespace gateway::mapping
