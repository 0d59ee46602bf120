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
};
TimeReading read_time(Desk& desk, const Place& place);
std::optional<base::PartialTime> parse_hl7_time(std::string_view text);

enum class TimeForm { date, date_time, instant };
/// The member, and `_name` with what FHIR cannot say (`{ext}/v2-time`). Issues go to `concerned`.
/// True if the member itself was written.
bool write_time(Desk& desk, Pen& pen, const char* name, const char* underscored,
                const TimeReading& reading, TimeForm form, Draft* concerned, const Place& where);
bool write_time(Desk& desk, Pen& pen, const char* name, const char* underscored, const Place& place,
                TimeForm form, Draft* concerned);
/// `{"url":"{ext}/<name>","valueDateTime":…}`, or valueString where it is no time.
void extend_time(Desk& desk, Draft& draft, std::string_view name, const Place& place);

/// An assigning authority as identifier system: catalogue, OID, UUID, URI, else the sender's own.
/// `parts` is an HD: namespace, universal id, its type.
struct Authority {
  std::string system;
  Text name, universal, type;
  bool stated() const { return !name.empty() || !universal.empty(); }
};
Authority read_authority(Desk& desk, const Place& place);

/// `{base}/identifier/<sender>[/<name>]`: identifiers that belong to their sender alone.
std::string sender_identifiers(Desk& desk, std::string_view name);

/// CX, EI, HD: value and authority; `empty()` where there is no value.
struct IdentifierReading {
  Text value;
  Authority authority;
  Text type;  // table 0203
  bool empty() const { return value.empty(); }
};
IdentifierReading read_cx(Desk& desk, const Place& place);
IdentifierReading read_ei(Desk& desk, const Place& place);
/// Members of an Identifier; `type` (table 0203) where the message says none.
void write_identifier(Pen& pen, const IdentifierReading& identifier, std::string_view type = {},
                      std::string_view use = {});

/// XPN, XCN and their kin: HumanName members. `first` is the component of the family name (1 in
/// XPN, 2 in XCN). True if anything was written.
bool write_name(Desk& desk, Pen& pen, const Place& place, std::uint16_t first,
                std::string_view use = {});
/// XAD: Address members.
bool write_address(Desk& desk, Pen& pen, const Place& place, const Text& district = {});
/// XTN, TN: ContactPoint members.
bool write_contact(Desk& desk, Pen& pen, const Place& place, std::string_view use = {});

/// Extensions of ours on a resource.
void extend_concept(Desk& desk, Draft& draft, std::string_view name, const Place& place);
void extend_text(Draft& draft, std::string_view name, const Text& text);
/// Every repetition of a field.
void extend_concepts(Desk& desk, Draft& draft, std::string_view name, SegmentIndex segment,
                     std::uint16_t field);

}  // namespace gateway::mapping
