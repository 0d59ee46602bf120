// OBX-5 of types that Observation.value[x] does not know, as people write them (V2FHIR.md §3.9);
// the parts stand in extensions beside (write_typed_value). What the text does not show lands there
// alone.
#include <algorithm>

#include "gateway/mapping/value_parts.hpp"

namespace gateway::mapping {
namespace {

/// A text made of what was said, and where that was.
struct Wording {
  std::string text;
  std::vector<Text> origins;

  void add(const Text& said, std::string_view before, std::string_view after = "") {
    if (said.empty()) return;
    if (!text.empty()) text += before;
    ((text += said.text) += after);
    origins.push_back(said);
  }
};

/// "1 Main St\nApt 2\nTown, ST 12345\nDEU"
Wording address_words(Desk& desk, const Place& place) {
  FieldReader& fields = desk.fields();
  const Place street = place.part(1);
  Wording words;
  words.add(fields.populated(street.part(1)) ? fields.at(street.part(1)) : fields.at(street), "\n");
  for (const std::uint16_t line : {std::uint16_t{2}, std::uint16_t{19}})
    words.add(fields.at(place.part(line)), "\n");
  const Text city = fields.at(place.part(3)), state = fields.at(place.part(4));
  words.add(city, "\n");
  words.add(state, city.empty() ? "\n" : ", ");
  words.add(fields.at(place.part(5)), city.empty() && state.empty() ? "\n" : " ");
  words.add(fields.at(place.part(6)), "\n");
  return words;
}

/// "Dr Jane Ann Doe Jr"; `family` is the component of the family name.
Wording name_words(Desk& desk, const Place& place, std::uint16_t family) {
  FieldReader& fields = desk.fields();
  Wording words;
  for (const int offset : {4, 1, 2, 0, 3}) {
    const Place part = place.part(static_cast<std::uint16_t>(family + offset));
    words.add(fields.at(offset == 0 && fields.populated(part.part(1)) ? part.part(1) : part), " ");
  }
  return words;
}

/// "Jane Doe (77)"
Wording person_words(Desk& desk, const Place& place) {
  Wording words = name_words(desk, place, 2);
  const Text number = desk.fields().code_at(place.part(1));
  words.text.empty() ? words.add(number, "") : words.add(number, " (", ")");
  return words;
}

/// "Clinic Z (CZ)"
Wording organization_words(Desk& desk, const Place& place) {
  FieldReader& fields = desk.fields();
  Wording words;
  words.add(fields.at(place.part(1)), "");
  const Text number = fields.code_at(place.part(10));
  const Text id = number ? number : fields.code_at(place.part(3));
  words.text.empty() ? words.add(id, "") : words.add(id, " (", ")");
  return words;
}

Wording contact_words(Desk& desk, const Place& place) {
  Wording words;
  words.text = contact_number(desk, place, words.origins);
  words.add(desk.fields().code_at(place.part(4)), ", ");
  return words;
}

Wording words_of(Desk& desk, std::string_view type, const Place& place) {
  if (type == "XAD" || type == "AD") return address_words(desk, place);
  if (type == "XPN" || type == "PN") return name_words(desk, place, 1);
  if (type == "XCN" || type == "CN" || type == "CNN") return person_words(desk, place);
  if (type == "XON") return organization_words(desk, place);
  if (type == "XTN" || type == "TN") return contact_words(desk, place);
  return {};
}

}  // namespace

Value value_of_words(Desk& desk, const Row& row) {
  Wording all;
  const std::uint16_t count = desk.fields().repetitions(row.obx(), 5);
  for (std::uint16_t k = 1; k <= count; ++k) {
    const Place place{row.obx(), 5, k};
    Wording words = words_of(desk, row.type.text, place);
    if (words.text.empty()) words.add(desk.fields().at(place), "");
    if (words.text.empty()) continue;
    if (!all.text.empty()) all.text += "; ";
    all.text += words.text;
    all.origins.insert(all.origins.end(), words.origins.begin(), words.origins.end());
  }
  return text_value(std::move(all.text), std::move(all.origins));
}

}  // namespace gateway::mapping
