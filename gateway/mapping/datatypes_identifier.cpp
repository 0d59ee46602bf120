#include <algorithm>
#include <array>

#include "gateway/fhir/canonical.hpp"
#include "gateway/fhir/uri.hpp"
#include "gateway/mapping/datatypes.hpp"
#include "gateway/mapping/folding.hpp"

namespace gateway::mapping {
namespace {

bool is_host_name(std::string_view text) {
  return text.find('.') != text.npos && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '.' || c == '-';
         });
}

/// Sets the system, and which part it was made of.
void settle_system(Desk& desk, Authority& authority) {
  for (const bool universal : {false, true}) {
    const Text& said = universal ? authority.universal : authority.name;
    if (said.empty()) continue;
    const auto listed = desk.catalogue().authority(said.text);
    if (!listed) continue;
    authority.system = *listed;
    authority.by_universal = universal;
    return;
  }
  const std::string_view id = authority.universal.text;
  authority.by_universal = true;
  if (fhir::is_oid(id)) {
    authority.system = "urn:oid:" + std::string(id);
  } else if (fhir::is_uuid(id)) {
    authority.system = "urn:uuid:" + lower_case(id);
  } else if (fhir::is_uri(id)) {
    authority.system = id;
  } else if (authority.type.text == "DNS" && is_host_name(id)) {
    authority.system = "dns:" + lower_case(id);  // RFC 4501
  } else {
    authority.by_universal = authority.name.empty();
    authority.system = desk.own_identifiers(authority.decisive().text);
  }
}

Authority authority_of(Desk& desk, Text name, Text universal, Text type) {
  Authority authority;
  authority.name = name;
  authority.universal = universal;
  authority.type = type;
  settle_system(desk, authority);
  desk.fields().set_aside(type, Reason::type);  // it says how the universal id is read
  return authority;
}

// Table 0203 as FHIR R4 publishes it. A code it does not know is kept as text: validators refuse a
// coding that its own system does not hold.
constexpr std::string_view identifier_types =
    " AC ACSN AM AMA AN ANC AND ANON ANT APRN ASID BA BC BCFN BCT BR BRN BSNR CC CONM CY CZ DC "
    "DCFN DDS DEA DFN DI DL DN DO DP DPM DR DS EI EN ESN FDR FDRFN FI FILL GI GL GN HC IND "
    "JHN LACSN LANR LI LN LR MA MB MC MCD MCN MCR MCT MD MI MR MRT MS NBSNR NCT NE NH NI NII "
    "NIIP NNxxx NP NPI OBI OD PA PC PCN PE PEN PHC PHE PHO PI PLAC PN PNT PPIN PPN PRC PRN PT "
    "QA RI RN RPH RR RRI RRP SB SID SL SN SNBSN SNO SP SR SS STN TAX TN TPR TRL U UDI UPIN "
    "USID VN VP VS WC WCN WP XV XX ";

}  // namespace

bool Authority::is_uri() const {
  const bool scheme =
      system.starts_with("urn:") || system.starts_with("http") || system.starts_with("dns:");
  return by_universal && !universal.empty() && scheme && !system.starts_with(fhir::canonical::base);
}

Authority read_authority(Desk& desk, const Place& place) {
  FieldReader& fields = desk.fields();
  return authority_of(desk, fields.code_at(place.part(1)), fields.code_at(place.part(2)),
                      fields.code_at(place.part(3)));
}

namespace {

/// An HD that says where an identifier was assigned.
void read_facility(Desk& desk, IdentifierReading& identifier, const Place& place) {
  FieldReader& fields = desk.fields();
  identifier.facility = fields.at(place.part(1));
  identifier.facility_id = fields.code_at(place.part(2));
  fields.set_aside(fields.at(place.part(3)), Reason::type);
}

}  // namespace

IdentifierReading read_cx(Desk& desk, const Place& place) {
  FieldReader& fields = desk.fields();
  IdentifierReading identifier;
  identifier.value = fields.code_at(place.part(1));
  if (identifier.empty()) return identifier;
  identifier.authority = read_authority(desk, place.part(4));
  identifier.type = fields.code_at(place.part(5));
  identifier.check_digit = fields.code_at(place.part(2));
  identifier.scheme = fields.code_at(place.part(3));
  read_facility(desk, identifier, place.part(6));
  identifier.from = fields.code_at(place.part(7));
  identifier.until = fields.code_at(place.part(8));
  return identifier;
}

IdentifierReading read_ei(Desk& desk, const Place& place) {
  FieldReader& fields = desk.fields();
  IdentifierReading identifier;
  identifier.value = fields.code_at(place.part(1));
  if (identifier.empty()) return identifier;
  identifier.authority = authority_of(desk, fields.code_at(place.part(2)),
                                      fields.code_at(place.part(3)), fields.code_at(place.part(4)));
  return identifier;
}

IdentifierReading read_person_number(Desk& desk, const Place& place) {
  FieldReader& fields = desk.fields();
  IdentifierReading identifier;
  identifier.value = fields.code_at(place.part(1));
  if (identifier.empty()) return identifier;
  if (place.component != 0) {  // CNN: the parts of the authority stand side by side
    identifier.authority =
        authority_of(desk, fields.code_at(place.part(9)), fields.code_at(place.part(10)),
                     fields.code_at(place.part(11)));
    return identifier;
  }
  identifier.authority = read_authority(desk, place.part(9));
  identifier.type = fields.code_at(place.part(13));
  identifier.check_digit = fields.code_at(place.part(11));
  identifier.scheme = fields.code_at(place.part(12));
  read_facility(desk, identifier, place.part(14));
  return identifier;
}

namespace {

void write_type(Pen& pen, const IdentifierReading& identifier, std::string_view type) {
  const std::string_view code = !identifier.type.empty() ? identifier.type.text : type;
  if (code.empty()) return;
  const auto member = pen.object("type");
  const bool known = identifier_types.find(" " + std::string(code) + " ") != std::string::npos;
  if (!known) return pen.from("text", code, identifier.type);
  const auto coding = pen.array("coding");
  const auto item = pen.item();
  pen.say("system", fhir::canonical::v2_table("0203"));
  pen.from("code", code, identifier.type);
}

void write_part(Pen& pen, std::string_view name, const Text& said) {
  if (said.empty()) return;
  const auto item = pen.item();
  pen.say("url", fhir::canonical::extension(name));
  pen.text("valueString", said);
}

/// Who assigned it: the facility, else the authority's name where its number made the system.
void write_assigner(Pen& pen, const IdentifierReading& identifier, bool named_by_facility) {
  const auto assigner = pen.object("assigner");
  pen.text("display", named_by_facility ? identifier.facility : identifier.authority.further());
  if (identifier.facility_id.empty()) return;
  const auto number = pen.object("identifier");
  pen.text("value", identifier.facility_id);
}

}  // namespace

void write_identifier(Pen& pen, const IdentifierReading& identifier, std::string_view type,
                      std::string_view use) {
  const Authority& authority = identifier.authority;
  const bool named_by_facility = identifier.facility || !authority.by_universal;
  {
    const auto extensions = pen.array("extension");
    write_part(pen, "check-digit", identifier.check_digit);
    write_part(pen, "check-digit-scheme", identifier.scheme);
    if (named_by_facility) write_part(pen, "assigning-authority", authority.further());
  }
  pen.say("use", use);
  write_type(pen, identifier, type);
  if (!authority.system.empty()) pen.from("system", authority.system, authority.decisive());
  pen.text("value", identifier.value);
  write_period(pen, identifier.from, identifier.until);
  write_assigner(pen, identifier, named_by_facility);
}

}  // namespace gateway::mapping
