#include "gateway/fhir/canonical.hpp"
#include "gateway/mapping/datatypes.hpp"

namespace gateway::mapping {
namespace {

struct CodeMeaning {
  std::string_view code, meaning;
};

template <std::size_t N>
std::string_view meaning_of(const CodeMeaning (&table)[N], std::string_view code) {
  for (const CodeMeaning& row : table)
    if (row.code == code) return row.meaning;
  return {};
}

// Table 0200; S, A, U have no FHIR use: the code is kept.
constexpr CodeMeaning name_uses[] = {{"L", "official"},    {"R", "official"}, {"D", "usual"},
                                     {"M", "maiden"},      {"N", "nickname"}, {"BAD", "old"},
                                     {"MSK", "anonymous"}, {"TEMP", "temp"}};
// Table 0190.
constexpr CodeMeaning address_uses[] = {{"H", "home"}, {"B", "work"}, {"O", "work"},
                                        {"C", "temp"}, {"BA", "old"}, {"BI", "billing"}};
// Tables 0201 and 0202.
constexpr CodeMeaning contact_uses[] = {{"PRN", "home"}, {"WPN", "work"}, {"PRS", "mobile"}};
constexpr CodeMeaning contact_systems[] = {
    {"PH", "phone"},    {"FX", "fax"},   {"CP", "phone"},  {"BP", "pager"},  {"Internet", "email"},
    {"X.400", "email"}, {"MD", "other"}, {"TDD", "other"}, {"TTY", "other"}, {"SAT", "other"}};

/// A code that FHIR's list has no word for, as an extension of the open object.
void keep_code(Pen& pen, std::string_view name, const Text& code) {
  const auto extensions = pen.array("extension");
  const auto item = pen.item();
  pen.say("url", fhir::canonical::extension(name));
  pen.text("valueCode", code);
}

void write_own_family_names(Desk& desk, Pen& pen, const Place& family) {
  constexpr const char* names[] = {"humanname-own-prefix", "humanname-own-name",
                                   "humanname-partner-prefix", "humanname-partner-name"};
  const auto shadow = pen.object("_family");
  const auto extensions = pen.array("extension");
  for (std::uint16_t k = 0; k < 4; ++k) {
    const Text said = desk.fields().at(family.part(static_cast<std::uint16_t>(k + 2)));
    if (said.empty()) continue;
    const auto item = pen.item();
    pen.say("url", fhir::canonical::standard_extension(names[k]));
    pen.text("valueString", said);
  }
}

std::string digits_in(std::string_view text) {
  std::string digits;
  for (const char c : text)
    if (c >= '0' && c <= '9') digits += c;
  return digits;
}

}  // namespace

bool write_name(Desk& desk, Pen& pen, const Place& place, std::uint16_t first,
                std::string_view use) {
  FieldReader& fields = desk.fields();
  const auto part = [&](int offset) {
    return fields.at(place.part(static_cast<std::uint16_t>(first + offset)));
  };
  Place family = place;
  family.component = first;
  const Text type = fields.code_at(place.part(first == 1 ? 7 : 10));
  if (!fields.populated(family) && part(1).empty() && part(2).empty() && part(3).empty() &&
      part(4).empty()) {
    return false;
  }
  const std::string_view known = meaning_of(name_uses, type.text);
  if (!type.empty() && known.empty()) keep_code(pen, "name-type", type);
  if (!known.empty())
    pen.from("use", known, type);
  else
    pen.say("use", use);
  pen.text("family", fields.at(family.part(1)));
  write_own_family_names(desk, pen, family);
  {
    const auto given = pen.array("given");
    pen.text_item(part(1));
    pen.text_item(part(2));
  }
  {
    const auto prefix = pen.array("prefix");
    pen.text_item(part(4));
  }
  const auto suffix = pen.array("suffix");
  pen.text_item(part(3));
  if (first == 1) {
    pen.text_item(part(5));
    pen.text_item(fields.at(place.part(14)));
  }
  return true;
}

bool write_address(Desk& desk, Pen& pen, const Place& place, const Text& district) {
  FieldReader& fields = desk.fields();
  const auto part = [&](std::uint16_t number) { return fields.at(place.part(number)); };
  if (!fields.populated(place) && district.empty()) return false;
  const Text type = fields.code_at(place.part(7));
  const std::string_view use = meaning_of(address_uses, type.text);
  const bool postal = type.text == "M" || type.text == "SH";
  if (!type.empty() && use.empty() && !postal) keep_code(pen, "address-type", type);
  if (!use.empty()) pen.from("use", use, type);
  if (postal) pen.from("type", "postal", type);
  {
    Place street = place;
    street.component = 1;
    const auto line = pen.array("line");
    pen.text_item(fields.at(street));
    pen.text_item(part(2));
    pen.text_item(part(19));
  }
  pen.text("city", part(3));
  const Text county = part(9);
  if (!pen.text("district", county))
    pen.text("district", district);
  else
    fields.set_aside(district, Reason::duplicate);
  pen.text("state", part(4));
  pen.text("postalCode", part(5));
  pen.text("country", part(6));
  const Text from = fields.at(place.part(13)), until = fields.at(place.part(14));
  if (from || until) {
    const auto period = pen.object("period");
    if (auto time = parse_hl7_time(from.text)) pen.from("start", time->to_fhir(), from);
    if (auto time = parse_hl7_time(until.text)) pen.from("end", time->to_fhir(), until);
  }
  return pen.opened();
}

namespace {

/// The number of an XTN: .12, else .5 to .8, else .1 (v2.1 and v2.2: plain text).
struct NumberText {
  std::string value;
  std::vector<Text> origins;
};

NumberText number_of(Desk& desk, const Place& place) {
  FieldReader& fields = desk.fields();
  const Text plain = fields.at(place.part(1)), unformatted = fields.at(place.part(12));
  NumberText number;
  if (unformatted) {
    number = {std::string(unformatted.text), {unformatted}};
  } else if (fields.populated(place.part(7))) {
    for (std::uint16_t part = 5; part <= 8; ++part) {
      const Text said = fields.at(place.part(part));
      if (said.empty()) continue;
      if (!number.value.empty()) number.value += part == 8 ? " x" : " ";
      if (part == 5 && said.text[0] != '+') number.value += '+';
      number.value += said.text;
      number.origins.push_back(said);
    }
  } else {
    number.value = plain.text;
    number.origins = {plain};
    return number;
  }
  const std::string digits = digits_in(plain.text);
  if (plain && (digits.find(digits_in(number.value)) != digits.npos ||
                digits_in(number.value).find(digits) != std::string::npos)) {
    fields.set_aside(plain, Reason::duplicate);
  }
  return number;
}

}  // namespace

bool write_contact(Desk& desk, Pen& pen, const Place& place, std::string_view use) {
  FieldReader& fields = desk.fields();
  const Text use_code = fields.code_at(place.part(2)), equipment = fields.code_at(place.part(3));
  const Text email = fields.code_at(place.part(4));
  const NumberText number = number_of(desk, place);
  const bool written = !number.value.empty() || email;
  if (!number.value.empty()) {
    const auto item = pen.item();
    std::string_view system = meaning_of(contact_systems, equipment.text);
    std::string_view meant = meaning_of(contact_uses, use_code.text);
    if (system.empty() && use_code.text == "NET") system = "email";
    if (system.empty() && use_code.text == "BPN") system = "pager";
    const bool kept =
        !use_code.empty() && meant.empty() && use_code.text != "NET" && use_code.text != "BPN";
    if (kept) keep_code(pen, "telecom-use", use_code);
    if (system.empty() && number.value.find('@') != std::string::npos) system = "email";
    if (system.empty()) system = digits_in(number.value).size() >= 3 ? "phone" : "other";
    pen.say("system", system);
    if (!equipment.empty()) pen.land("system", equipment);
    pen.say("value", number.value);
    for (const Text& origin : number.origins) pen.land("value", origin);
    if (equipment.text == "CP" && meant != "mobile") {
      pen.say("use", "mobile");
    } else if (!meant.empty() || !use.empty()) {
      pen.say("use", meant.empty() ? use : meant);
    }
    if (!kept) pen.land(use_code);
    const Text rank = fields.code_at(place.part(18));
    if (rank.text.size() == 1 && rank.text[0] >= '1' && rank.text[0] <= '9')
      pen.integer("rank", rank.text[0] - '0', rank);
  }
  if (email) {
    const auto item = pen.item();
    pen.say("system", "email");
    pen.text("value", email);
    if (number.value.empty()) {
      pen.land("system", use_code);
      pen.land("system", equipment);
    }
  }
  return written;
}

}  // namespace gateway::mapping
