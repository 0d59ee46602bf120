#include <algorithm>
#include <array>

#include "gateway/fhir/canonical.hpp"
#include "gateway/mapping/datatypes.hpp"

namespace gateway::mapping {
namespace {

bool is_oid(std::string_view text) {
  if (text.size() < 3 || text[0] < '0' || text[0] > '2' || text[1] != '.') return false;
  char before = '.';
  for (std::size_t k = 2; k < text.size(); ++k) {
    const char c = text[k];
    if (c != '.' && (c < '0' || c > '9')) return false;
    if (before == '.' && (c == '.' || (c == '0' && k + 1 < text.size() && text[k + 1] != '.')))
      return false;
    before = c;
  }
  return before != '.';
}

bool is_uuid(std::string_view text) {
  if (text.size() != 36) return false;
  for (std::size_t k = 0; k < text.size(); ++k) {
    const bool dash = k == 8 || k == 13 || k == 18 || k == 23;
    const char c = text[k];
    const bool hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    if (dash ? c != '-' : !hex) return false;
  }
  return true;
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

bool is_uri(std::string_view text) {
  return (text.starts_with("http://") || text.starts_with("https://") ||
          text.starts_with("urn:")) &&
         text.find_first_of(" \t\n\r<>\"") == text.npos;
}

std::string system_of(Desk& desk, const Authority& authority) {
  for (const Text& said : {authority.name, authority.universal}) {
    if (said.empty()) continue;
    if (auto listed = desk.catalogue().authority(said.text)) return *listed;
  }
  const std::string_view id = authority.universal.text;
  // NPI and CLIA have systems of their own (V2FHIR.md §3.2).
  for (const std::string_view said : {authority.name.text, id}) {
    if (said == "NPI") return "http://hl7.org/fhir/sid/us-npi";
    if (said == "CLIA") return "urn:oid:2.16.840.1.113883.4.7";
  }
  if (is_oid(id)) return "urn:oid:" + std::string(id);
  if (is_uuid(id)) return "urn:uuid:" + lower(id);
  if (is_uri(id)) return std::string(id);
  return sender_identifiers(desk, !authority.name.empty() ? authority.name.text : id);
}

Authority authority_of(Desk& desk, Text name, Text universal, Text type) {
  Authority authority;
  authority.name = name;
  authority.universal = universal;
  authority.type = type;
  authority.system = system_of(desk, authority);
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

std::string sender_identifiers(Desk& desk, std::string_view name) {
  std::string own = percent_encoded(desk.sender());
  if (!name.empty()) own += "/" + percent_encoded(name);
  return fhir::canonical::identifier_system(own);
}

Authority read_authority(Desk& desk, const Place& place) {
  FieldReader& fields = desk.fields();
  return authority_of(desk, fields.code_at(place.part(1)), fields.code_at(place.part(2)),
                      fields.code_at(place.part(3)));
}

IdentifierReading read_cx(Desk& desk, const Place& place) {
  IdentifierReading identifier;
  identifier.value = desk.fields().code_at(place.part(1));
  if (identifier.empty()) return identifier;
  Place authority = place;
  authority.component = 4;
  identifier.authority = read_authority(desk, authority);
  identifier.type = desk.fields().code_at(place.part(5));
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

void write_identifier(Pen& pen, const IdentifierReading& identifier, std::string_view type,
                      std::string_view use) {
  pen.say("use", use);
  const std::string_view code = !identifier.type.empty() ? identifier.type.text : type;
  if (!code.empty()) {
    const auto member = pen.object("type");
    const bool known = identifier_types.find(" " + std::string(code) + " ") != std::string::npos;
    if (known) {
      const auto coding = pen.array("coding");
      const auto item = pen.item();
      pen.say("system", fhir::canonical::v2_table("0203"));
      pen.from("code", code, identifier.type);
    } else {
      pen.from("text", code, identifier.type);
    }
  }
  pen.say("system", identifier.authority.system);
  if (!identifier.authority.system.empty()) {
    pen.land("system", identifier.authority.name);
    pen.land("system", identifier.authority.universal);
    pen.land("system", identifier.authority.type);
  }
  pen.text("value", identifier.value);
}

}  // namespace gateway::mapping
