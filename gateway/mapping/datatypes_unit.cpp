// A unit as a sender names it: up to two codes and words beside each (HL7 v2.5.1 §7.4.2.6, N11).
#include <algorithm>
#include <array>

#include "gateway/fhir/canonical.hpp"
#include "gateway/fhir/search/unit.hpp"
#include "gateway/mapping/datatypes.hpp"
#include "gateway/mapping/folding.hpp"

namespace gateway::mapping {
namespace {

/// `10^9/L`, `cells/mm^2` sent as they stand: the caret of the power is also the delimiter of
/// components. What would else be read is a unit "10", or one per millimetre. Empty where it is not
/// so.
Text power(FieldReader& fields, const Place& place, const Text& code, const Text& words) {
  const std::string_view base = code.text;
  const bool of_ten = base == "10" || base == "x10" || base == "X10" || base == "*10";
  const bool of_length = base.ends_with('m') && (words.text == "2" || words.text == "3");
  const bool is_number = !words.empty() && words.text.front() >= '0' && words.text.front() <= '9';
  if (!of_length && !(of_ten && is_number)) return {};
  Text whole = fields.at(place);
  if (!whole.text.starts_with(code.text) || whole.text.substr(code.text.size(), 1) != "^")
    return {};
  whole.text = whole.text.substr(0, code.text.size() + 1 + words.text.size());
  whole.leaf_count = words.first_leaf + words.leaf_count - whole.first_leaf;
  return whole;
}

/// One of the ways in which the field says its unit.
struct Saying {
  Text said, system;  // `system` of a code
  std::string ucum = {};
};

bool is_ucum_named(Desk& desk, const Text& system) {
  return !system.empty() && desk.coding_system(system.text) == fhir::canonical::ucum;
}

/// What a code says in a system other than UCUM, a row of the units knows, not its look. A name
/// that nobody knows (L, 99LAB, ISO+) says no more than none.
std::string ucum_of(Desk& desk, const Saying& saying) {
  const Catalogue& catalogue = desk.catalogue();
  const bool named = is_ucum_named(desk, saying.system);
  if (named && saying.said.text == "1") return "1";  // UCUM's word for no unit
  const bool elsewhere =
      !named && !saying.system.empty() && catalogue.coding_system(saying.system.text);
  const std::string ucum = catalogue.unit(desk.profile(), saying.said.text).value_or("");
  return elsewhere && ucum == folded_unit(saying.said.text) ? std::string() : ucum;
}

/// What is measured of what is no unit (`{cells}`), and an international unit of an enzyme is a U.
std::string measure(std::string_view ucum) {
  std::string text(ucum);
  for (auto at = text.find('{'); at != text.npos; at = text.find('{'))
    text.erase(at, text.find('}', at) - at + 1);
  for (const std::string_view international : {"[IU]", "[iU]"})
    for (auto at = text.find(international); at != text.npos; at = text.find(international))
      text.replace(at, international.size(), "U");
  return text.empty() ? "1" : text;
}

/// One unit, however it is spelled: `/uL` is `/mm3`.
bool is_one_unit(std::string_view a, std::string_view b) {
  const std::string first = measure(a), second = measure(b);
  if (first == second) return true;
  const auto one = fhir::search::Unit::read(first), other = fhir::search::Unit::read(second);
  return one && other && one->is_like(*other) && one->is_as_large(*other);
}

/// Words in capitals are the code again: no laboratory measures in megalitres.
bool is_in_capitals(const Text& words, const Text& code) {
  return words.text.size() == code.text.size() &&
         std::equal(words.text.begin(), words.text.end(), code.text.begin(), [](char w, char c) {
           return w == (c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c);
         });
}

bool is_part(const Text& part, const Text& of) {
  return part.text.size() < of.text.size() && of.text.find(part.text) != std::string_view::npos;
}

}  // namespace

SentUnit read_sent_unit(Desk& desk, const Place& place) {
  FieldReader& fields = desk.fields();
  SentUnit unit;
  unit.code = fields.code_at(place.part(1));
  Text words = fields.at(place.part(2));
  if (const Text whole = power(fields, place, unit.code, words)) {
    unit.code = whole;
    words = {};
  }
  if (words.text == unit.code.text) {  // said twice
    fields.set_aside_duplicate(words, unit.code);
    words = {};
  }
  const Text alternate = fields.code_at(place.part(4));
  unit.text = words ? words : unit.code ? unit.code : alternate;
  if (!unit.sent()) return unit;
  std::array<Saying, 4> sayings{{{unit.code, fields.code_at(place.part(3))},
                                 {words, {}},
                                 {alternate, fields.code_at(place.part(6))},
                                 {fields.at(place.part(5)), {}}}};
  const Text first = unit.code;
  const Saying* known = nullptr;
  for (Saying& saying : sayings) {
    if (saying.said.empty()) continue;
    saying.ucum = ucum_of(desk, saying);
    if (saying.ucum.empty()) continue;
    // "beats/min^min" says a part of what nobody can read, mg/dL^mmol/L two things.
    const bool is_again = &saying == &sayings[1] && is_in_capitals(words, first);
    const bool agrees = known == nullptr ? !is_part(saying.said, first)
                                         : is_again || is_one_unit(saying.ucum, known->ucum);
    if (!agrees) {
      unit.text = fields.at(place);
      unit.code = {};
      return unit;
    }
    if (known == nullptr) known = &saying;
  }
  if (known == nullptr) return unit;
  unit.code = known->said;
  unit.ucum = known->ucum;
  if (is_ucum_named(desk, known->system)) unit.system = known->system;
  return unit;
}

}  // namespace gateway::mapping
