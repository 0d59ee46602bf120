#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/time.hpp"
#include "gateway/mapping/desk.hpp"

/// HL7 v2 data types as FHIR data types (V2FHIR.md §3.2). `write_…` writes members into the object
/// that is open on the pen, or a whole member where it takes a name.
namespace gateway::mapping {

/// One triplet of a CWE: code, text, coding system, version.
struct Coding {
  std::string_view system;  // URI; lives as long as the Desk
  Text code, display, system_name, version;
};

/// CWE, CE, CNE, CF, IS: up to three codings and a text.
struct Concept {
  std::vector<Coding> codings;
  Text text;
  bool empty() const { return codings.empty() && text.empty(); }
};

/// A coding of ours, written before the sender's.
struct OwnCoding {
  std::string_view system, code, display;
};

Concept read_concept(Desk& desk, const Place& place);
/// Members `coding` and `text`. What equals `own` is said once, with the sender's display.
void write_concept(Pen& pen, const Concept& said, const OwnCoding* own = nullptr);
/// The same as a member; nothing if there is nothing to say. True if written.
bool write_concept(Desk& desk, Pen& pen, const char* name, const Place& place);
/// The members of a Coding; without a system the code is read in table `table` ("0272").
void write_table_coding(Desk& desk, Pen& pen, const Coding& said, std::string_view table);
/// URI of an HL7 table for a code that comes without a system; the sender's own where the table, as
/// FHIR publishes it, does not hold the code.
std::string system_of_table(Desk& desk, std::string_view table, std::string_view code);
/// A member CodeableConcept or Coding of our own.
void say_concept(Pen& pen, const char* name, std::string_view system, std::string_view code,
                 std::string_view display = {});

/// URI of a coding system by its name in table 0396, or the sender's own.
std::string_view coding_system_of(Desk& desk, const Text& name);

/// TS, DTM, DT as read; nothing where it is no time (then `invalid`).
struct TimeReading {
  std::optional<base::PartialTime> time;
  Text said;
  bool invalid = false;
  bool zone_missing = false;  // a time of day without offset: the date alone is said (R5)
  bool part_unsaid = false;   // an hour without minutes, or an offset without a time of day
};
TimeReading read_time(Desk& desk, const Place& place);
std::optional<base::PartialTime> parse_hl7_time(std::string_view text);
/// Minutes of `+HHMM`, `-HHMM`, `+HH`, `+HH:MM`, `Z`; FHIR knows offsets up to 14:00.
std::optional<int> parse_hl7_offset(std::string_view text);
inline constexpr std::string_view offset_marks = "+-Z";  // what an offset begins with
/// `_name`: what was sent, where FHIR cannot say it.
void write_sent_time(Pen& pen, const char* underscored, const Text& said);

enum class TimeForm { date, date_time, instant };
/// The member, and `_name` with what FHIR cannot say (`{ext}/v2-time`). Issues go to `concerned`.
/// True if the member itself was written.
bool write_time(Desk& desk, Pen& pen, const char* name, const char* underscored,
                const TimeReading& reading, TimeForm form, Draft* concerned, const Place& where);
bool write_time(Desk& desk, Pen& pen, const char* name, const char* underscored, const Place& place,
                TimeForm form, Draft* concerned);
/// The members of a Period; an end before its beginning is no period (per-1): both as sent, and an
/// issue.
void write_ends(Desk& desk, Pen& pen, const Place& begin, const Place& end, Draft* concerned);
/// `{"url":"{ext}/<name>","valueDateTime":…}`, or valueString where it is no time.
void extend_time(Desk& desk, Draft& draft, std::string_view name, const Place& place);
void extend_time_at(Desk& desk, Draft& draft, std::string_view url, const Place& place);

/// An assigning authority as identifier system: catalogue, OID, UUID, URI, DNS name, else the
/// sender's own. The parts of an HD: namespace, universal id, its type.
struct Authority {
  std::string system;
  Text name, universal, type;
  bool by_universal = false;  // which of the two the system was made of
  bool stated() const { return !name.empty() || !universal.empty(); }
  /// The universal id itself is a URI.
  bool is_uri() const;
  const Text& decisive() const { return by_universal ? universal : name; }
  /// What the system does not tell.
  const Text& further() const { return by_universal ? name : universal; }
};
Authority read_authority(Desk& desk, const Place& place);

/// CX, EI, HD: value and authority; `empty()` where there is no value.
struct IdentifierReading {
  Text value;
  Authority authority;
  Text type;                   // table 0203
  Text check_digit, scheme;    // CX.2, .3
  Text facility, facility_id;  // CX.6: who assigned it
  Text from, until;            // CX.7, .8
  bool empty() const { return value.empty(); }
};
IdentifierReading read_cx(Desk& desk, const Place& place);
IdentifierReading read_ei(Desk& desk, const Place& place);
/// XCN and CNN: number, authority, check digit, type and facility of a person.
IdentifierReading read_person_number(Desk& desk, const Place& place);
/// Members of an Identifier; `type` (table 0203) where the message says none.
void write_identifier(Pen& pen, const IdentifierReading& identifier, std::string_view type = {},
                      std::string_view use = {});

/// Both ends of a DR as a member Period; nothing if neither is a time.
void write_period(Pen& pen, const Text& from, const Text& until, const char* name = "period");

/// XPN, XCN and their kin: HumanName members. `first` is the component of the family name (1 in
/// XPN, 2 in XCN). True if anything was written.
/// A Practitioner has its degree elsewhere (`qualification`); in a name alone it is a suffix.
enum class Degree : std::uint8_t { elsewhere, in_name };
bool write_name(Desk& desk, Pen& pen, const Place& place, std::uint16_t first,
                std::string_view use = {}, Degree degree = Degree::elsewhere);
/// Elements of an array of names: the name, and what somebody is called by (XPN.15).
void write_names(Desk& desk, Pen& pen, const Place& place, std::string_view use = {});
/// Whose address or number it is: an organization has none at home (org-2, org-3), so a code that
/// says so stays beside it.
enum class Of : std::uint8_t { person, organization };
/// XAD: Address members.
bool write_address(Desk& desk, Pen& pen, const Place& place, const Text& district = {},
                   Of of = Of::person);
/// XTN, TN: elements of an array of ContactPoints, for the number and for the e-mail address.
bool write_contact(Desk& desk, Pen& pen, const Place& place, std::string_view use = {},
                   Of of = Of::person);
/// The number of an XTN as one text; "" where it names none. What it is made of joins `origins`.
std::string contact_number(Desk& desk, const Place& place, std::vector<Text>& origins);
/// Members of one of them.
enum class ContactPart : std::uint8_t { number, email };
bool write_contact_part(Desk& desk, Pen& pen, const Place& place, std::string_view use,
                        ContactPart part, Of of = Of::person);

/// `meta.security` of a resource: every coding of a field; `table` is the HL7 table of a code that
/// comes without a system.
void label(Desk& desk, Draft& draft, const Place& place, std::string_view table);
void add_label(Desk& desk, Draft& draft, SecurityLabel made, const Text& origin);

/// Table 0001 as `gender`; what FHIR has no word for stays in `{ext}/administrative-sex`. False if
/// the table does not know the code.
bool write_gender(Desk& desk, Draft& draft, const Place& place);

/// A unit as OBX-6 or CQ.2 names it, a CE or CWE.
struct SentUnit {
  Text text;    // Quantity.unit: the words, else the code; all of it where it contradicts itself
  Text code;    // what says the unit: the code, or where it is none, words or second code
  Text system;  // the name of its coding system, where that is UCUM's
  std::string ucum;  // empty where nothing is sent, or nothing that a row or UCUM names (N11)
  bool sent() const { return !text.empty(); }
};
SentUnit read_sent_unit(Desk& desk, const Place& place);
/// A number (N1–N5) and its unit, a CWE, as a Quantity; nothing, and false, where it is no number.
bool write_measure(Desk& desk, Pen& pen, const char* name, const Text& said, const Place& unit);
/// The same of a CQ.
bool write_quantity_field(Desk& desk, Pen& pen, const char* name, const Place& place);

/// Beside a `status` that was just written: the sender's code, where FHIR's words do not tell it.
void write_original_status(Pen& pen, const Text& sent);
/// The same beside another element, `_docStatus`.
void write_original(Pen& pen, const char* underscored, const Text& sent);

/// Extensions of ours on a resource.
void extend_concept(Desk& desk, Draft& draft, std::string_view name, const Place& place);
void extend_concept_at(Desk& desk, Draft& draft, std::string_view url, const Place& place);
/// The same as a Quantity, as sent where it is none.
void extend_quantity(Desk& desk, Draft& draft, std::string_view name, const Place& place);
void extend_text(Draft& draft, std::string_view name, const Text& text);
/// valueDecimal, or valueString where it is no number.
void extend_decimal(Draft& draft, std::string_view name, const Text& text);
/// Every repetition of a field of XTN or XAD.
void extend_contact(Desk& desk, Draft& draft, std::string_view name, const Place& field,
                    std::string_view use = {}, Of of = Of::person);
void extend_address(Desk& desk, Draft& draft, std::string_view name, const Place& field,
                    Of of = Of::person);
/// One EI, CX or the like as valueIdentifier.
void extend_identifier(Draft& draft, std::string_view name, const IdentifierReading& identifier,
                       std::string_view type = {});
/// Every repetition of a field.
void extend_concepts(Desk& desk, Draft& draft, std::string_view name, SegmentIndex segment,
                     std::uint16_t field);

}  // namespace gateway::mapping
