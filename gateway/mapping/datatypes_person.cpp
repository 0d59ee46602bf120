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

/// Codes that FHIR's lists have no word for, in the open array of extensions; empty ones are none.
void keep_codes(Pen& pen, std::initializer_list<std::pair<const char*, Text>> codes) {
  for (const auto& [name, code] : codes) {
    if (code.empty()) continue;
    const auto item = pen.item();
    pen.say("url", fhir::canonical::extension(name));
    pen.text("valueCode", code);
  }
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

/// XPN.3: one name, or several where the sender's profile says that it writes them so.
void write_further_given(Desk& desk, Pen& pen, const Text& said) {
  if (!desk.profile().split_given_names) return void(pen.text_item(said));
  for (std::string_view rest = said.text; !rest.empty();) {
    const auto blank = std::min(rest.find(' '), rest.size());
    if (blank > 0) pen.from_item(rest.substr(0, blank), said);
    rest.remove_prefix(std::min(blank + 1, rest.size()));
  }
}

std::string digits_in(std::string_view text) {
  std::string digits;
  for (const char c : text)
    if (c >= '0' && c <= '9') digits += c;
  return digits;
}

}  // namespace

void write_period(Pen& pen, const Text& from, const Text& until, const char* name) {
  if (from.empty() && until.empty()) return;
  const auto begin = parse_hl7_time(from.text), end = parse_hl7_time(until.text);
  const bool backwards = begin && end && begin->local_begin_seconds() > end->local_end_seconds();
  const auto period = pen.object(name);
  const auto bound = [&](const char* member_name, const char* shadow, auto time, const Text& said) {
    if (said.empty()) return;
    if (time && !backwards) {
      if (!time->offset_minutes && time->precision >= base::PartialTime::Precision::minute)
        time->precision = base::PartialTime::Precision::day;
      return pen.from(member_name, time->to_fhir(), said);
    }
    const auto member = pen.object(shadow);  // per-1, or no time at all
    const auto extensions = pen.array("extension");
    const auto item = pen.item();
    pen.say("url", fhir::canonical::extension("v2-time"));
    pen.text("valueString", said);
  };
  bound("start", "_start", begin, from);
  bound("end", "_end", end, until);
}

namespace {

/// XPN.8, XCN.15: in which script the name is written (table 0465), as HL7's extension says it. A
/// PPN has a time in the same place, so what is no such code stays where it is.
void write_representation(Pen& pen, const Text& said, bool is_xpn) {
  constexpr CodeMeaning scripts[] = {{"A", "ABC"}, {"I", "IDE"}, {"P", "SYL"}};
  const std::string_view known = meaning_of(scripts, said.text);
  if (said.empty() || (known.empty() && !is_xpn)) return;
  const auto item = pen.item();
  pen.say("url", known.empty() ? fhir::canonical::extension("name-representation")
                               : fhir::canonical::standard_extension("iso21090-EN-representation"));
  pen.from("valueCode", known.empty() ? said.text : known, said);
}

}  // namespace

bool write_name(Desk& desk, Pen& pen, const Place& place, std::uint16_t first, std::string_view use,
                Degree degree) {
  FieldReader& fields = desk.fields();
  const auto part = [&](int offset) {
    return fields.at(place.part(static_cast<std::uint16_t>(first + offset)));
  };
  const bool nested = place.component != 0;  // a CNN in an NDL: no name of its parts has parts
  const Place family = place.part(first);
  const bool parts = fields.populated(family) || part(1) || part(2) || part(3) || part(4);
  if (!parts) return pen.text("text", fields.at(place));
  const Text type = nested ? Text{} : fields.code_at(place.part(first == 1 ? 7 : 10));
  const std::string_view known = meaning_of(name_uses, type.text);
  const Text order = nested ? Text{} : fields.code_at(place.part(first == 1 ? 11 : 18));
  {
    const auto extensions = pen.array("extension");
    keep_codes(pen, {{"name-type", known.empty() ? type : Text{}}, {"name-assembly-order", order}});
    if (!nested)
      write_representation(pen, fields.code_at(place.part(first == 1 ? 8 : 15)), first == 1);
  }
  if (!known.empty())
    pen.from("use", known, type);
  else
    pen.say("use", use);
  pen.text("family", fields.at(nested ? family : family.part(1)));
  if (!nested) write_own_family_names(desk, pen, family);
  {
    const auto given = pen.array("given");
    pen.text_item(part(1));
    write_further_given(desk, pen, part(2));
  }
  {
    const auto prefix = pen.array("prefix");
    pen.text_item(part(4));
  }
  {
    const auto suffix = pen.array("suffix");
    pen.text_item(part(3));
    if (first == 1 || degree == Degree::in_name) {
      pen.text_item(part(5));
      if (!nested) pen.text_item(fields.at(place.part(first == 1 ? 14 : 21)));
    }
  }
  const std::uint16_t since = first == 1 ? 12 : 19;
  if (!nested)
    write_period(pen, fields.code_at(place.part(since)),
                 fields.code_at(place.part(static_cast<std::uint16_t>(since + 1))));
  return true;
}

void write_names(Desk& desk, Pen& pen, const Place& place, std::string_view use) {
  {
    const auto item = pen.item();
    write_name(desk, pen, place, 1, use);
  }
  const Text called = desk.fields().at(place.part(15));
  if (called.empty()) return;
  const auto item = pen.item();
  pen.say("use", "nickname");
  const auto given = pen.array("given");
  pen.text_item(called);
}

namespace {

/// Street and house number of a SAD, beside the line that its first part is.
void write_street(Desk& desk, Pen& pen, const Place& street, std::size_t lines) {
  FieldReader& fields = desk.fields();
  const Text name = fields.at(street.part(2)), number = fields.at(street.part(3));
  if (name.empty() && number.empty()) return;
  const auto shadow = pen.array("_line");
  {
    const auto first = pen.item();
    const auto extensions = pen.array("extension");
    for (const auto& [url, said] : {std::pair{"iso21090-ADXP-streetName", name},
                                    std::pair{"iso21090-ADXP-houseNumber", number}}) {
      if (said.empty()) continue;
      const auto item = pen.item();
      pen.say("url", fhir::canonical::standard_extension(url));
      pen.text("valueString", said);
    }
  }
  for (std::size_t k = 1; k < lines; ++k) pen.raw_item("null");
}

void write_lines(Desk& desk, Pen& pen, const Place& place) {
  FieldReader& fields = desk.fields();
  const Place street = place.part(1);
  const bool whole = fields.at(street.part(1)).empty();  // house and street alone: as they are sent
  std::size_t lines = 0;
  {
    const auto line = pen.array("line");
    lines += pen.text_item(fields.at(whole ? street : street.part(1))) ? 1U : 0U;
    lines += pen.text_item(fields.at(place.part(2))) ? 1U : 0U;
    lines += pen.text_item(fields.at(place.part(19))) ? 1U : 0U;
  }
  if (!whole) write_street(desk, pen, street, lines);
}

void write_address_kind(Desk& desk, Pen& pen, const Place& place, Of of) {
  const Text type = desk.fields().code_at(place.part(7));
  const Text tract = desk.fields().code_at(place.part(10));
  const std::string_view meant = meaning_of(address_uses, type.text);
  const std::string_view use = of == Of::organization && meant == "home" ? "" : meant;
  const bool postal = type.text == "M" || type.text == "SH";
  {
    const auto extensions = pen.array("extension");
    if (!type.empty() && use.empty() && !postal) {
      const auto item = pen.item();
      pen.say("url", fhir::canonical::extension("address-type"));
      pen.text("valueCode", type);
    }
    if (!tract.empty()) {
      const auto item = pen.item();
      pen.say("url", fhir::canonical::extension("census-tract"));
      pen.text("valueString", tract);
    }
  }
  if (!use.empty()) pen.from("use", use, type);
  if (postal) pen.from("type", "postal", type);
}

}  // namespace

bool write_address(Desk& desk, Pen& pen, const Place& place, const Text& district, Of of) {
  FieldReader& fields = desk.fields();
  const auto part = [&](std::uint16_t number) { return fields.at(place.part(number)); };
  if (!fields.populated(place) && district.empty()) return false;
  write_address_kind(desk, pen, place, of);
  write_lines(desk, pen, place);
  pen.text("city", part(3));
  const Text county = part(9);
  if (!pen.text("district", county))
    pen.text("district", district);
  else
    fields.set_aside_duplicate(district, county);
  pen.text("state", part(4));
  pen.text("postalCode", part(5));
  pen.text("country", part(6));
  const Place validity = place.part(12);
  const Text from = part(13), until = part(14);
  write_period(pen, from ? from : fields.code_at(validity.part(1)),
               until ? until : fields.code_at(validity.part(2)));
  return pen.opened();
}

namespace {

/// The number of an XTN: .12, else .5 to .8, else .1 (v2.1 and v2.2: plain text).
struct NumberText {
  std::string value;
  std::vector<Text> origins;
};

/// XTN.1 may leave out the country; words in it are no number.
bool is_same_number(std::string_view plain, std::string_view number) {
  constexpr std::string_view signs = "0123456789 ()+-./xX";
  const std::string digits = digits_in(plain), others = digits_in(number);
  if (digits.empty() || plain.find_first_not_of(signs) != plain.npos) return false;
  return digits.find(others) != digits.npos || others.find(digits) != others.npos;
}

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
  if (is_same_number(plain.text, number.value))
    fields.set_aside_implied(plain, number.origins.back());
  return number;
}

}  // namespace

std::string contact_number(Desk& desk, const Place& place, std::vector<Text>& origins) {
  NumberText number = number_of(desk, place);
  for (const Text& origin : number.origins)
    if (!origin.empty()) origins.push_back(origin);
  return std::move(number.value);
}

namespace {

/// The number of an XTN: `system`, `value`, `use`, `rank`.
void write_number(Desk& desk, Pen& pen, const Place& place, std::string_view use,
                  const NumberText& number, Of of) {
  FieldReader& fields = desk.fields();
  const Text use_code = fields.code_at(place.part(2)), equipment = fields.code_at(place.part(3));
  std::string_view system = meaning_of(contact_systems, equipment.text);
  std::string_view meant = meaning_of(contact_uses, use_code.text);
  if (of == Of::organization && meant == "home") meant = {};
  const bool other_use = use_code.text == "NET" || use_code.text == "BPN";
  if (system.empty() && other_use) system = use_code.text == "NET" ? "email" : "pager";
  const bool kept = !use_code.empty() && meant.empty() && !other_use;
  const bool kind_kept = !equipment.empty() && meaning_of(contact_systems, equipment.text).empty();
  {
    const auto extensions = pen.array("extension");
    keep_codes(pen, {{"telecom-use", kept ? use_code : Text{}},
                     {"telecom-equipment", kind_kept ? equipment : Text{}}});
  }
  if (system.empty() && number.value.find('@') != std::string::npos) system = "email";
  if (system.empty()) system = digits_in(number.value).size() >= 3 ? "phone" : "other";
  pen.say("system", system);
  if (!kind_kept) pen.land("system", equipment);
  if (other_use) pen.land("system", use_code);
  pen.say("value", number.value);
  for (const Text& origin : number.origins) pen.land("value", origin);
  if (equipment.text == "CP" && meant != "mobile") {
    pen.say("use", "mobile");
    pen.land("use", equipment);
    desk.fields().set_aside(use_code, Reason::type);
  } else if (!meant.empty()) {
    pen.from("use", meant, use_code);
  } else if (!kept || of == Of::organization) {  // a vacation home is no home
    pen.say("use", use);
  }
  const Text rank = fields.code_at(place.part(18));
  if (rank.text.size() == 1 && rank.text[0] >= '1' && rank.text[0] <= '9')
    pen.integer("rank", rank.text[0] - '0', rank);
}

}  // namespace

bool write_contact_part(Desk& desk, Pen& pen, const Place& place, std::string_view use,
                        ContactPart part, Of of) {
  FieldReader& fields = desk.fields();
  const NumberText number = number_of(desk, place);
  if (part == ContactPart::number) {
    if (number.value.empty()) return false;
    write_number(desk, pen, place, use, number, of);
    return true;
  }
  const Text email = fields.code_at(place.part(4));
  if (email.empty()) return false;
  pen.say("system", "email");
  pen.text("value", email);
  if (number.value.empty()) {  // that it is an address is told by its component already
    fields.set_aside(fields.code_at(place.part(2)), Reason::type);
    fields.set_aside(fields.code_at(place.part(3)), Reason::type);
  }
  return true;
}

bool write_contact(Desk& desk, Pen& pen, const Place& place, std::string_view use, Of of) {
  bool written = false;
  for (const ContactPart part : {ContactPart::number, ContactPart::email}) {
    const auto item = pen.item();
    written = write_contact_part(desk, pen, place, use, part, of) || written;
  }
  return written;
}

}  // namespace gateway::mapping
