#include "gateway/mapping/issue.hpp"

#include <algorithm>
#include <string>

namespace gateway::mapping {
namespace {

struct IssueRow {
  std::string_view code;
  Severity severity;
  std::string_view remedy;  // who does what; no value of a message
};

/// DOMAIN.md §4.3, then V2FHIR.md §5.4. `code-specimen-conflict` is an error here, which it is when
/// a code is withheld; where it is only improbable (S9) the caller says `warning`.
constexpr IssueRow issues[] = {
    {"code-specimen-conflict", Severity::error,
     "ask the laboratory which is right; it corrects OBX-3 or the specimen (SPM-4, OBR-15) and "
     "sends the result again as C, or W and anew"},
    {"unit-property-mismatch", Severity::error,
     "ask the laboratory whether OBX-3 or OBX-6 is wrong; it sends the sibling code of the unit, "
     "or the right unit, as C"},
    {"patient-mismatch", Severity::error,
     "ask the laboratory whose order it is; it withdraws the results of the other patient (OBX-11 "
     "W), the mark then goes"},
    {"loinc-invalid", Severity::error,
     "tell the laboratory that OBX-3 holds no LOINC code; a code map may map it until then as a "
     "local code"},
    {"nm-invalid", Severity::warning,
     "ask the laboratory to send words as ST or CWE; words that mean 'no result' go into the "
     "sender's no_result_words"},
    {"nm-ambiguous-comma", Severity::warning,
     "ask the laboratory what its comma means and set decimal_comma of the sender to yes or no, "
     "then replay"},
    {"value-repeated", Severity::warning,
     "ask the laboratory which value counts, or to send one OBX a value with its OBX-4"},
    {"value-empty-on-update", Severity::warning,
     "nothing, if the earlier value is right; else the laboratory sends the value, or two double "
     "quotes to remove it"},
    {"code-unmapped", Severity::warning,
     "add a row for this code to the sender's code map (an answer: to codes/answers.csv), then "
     "replay"},
    {"unit-unmapped", Severity::warning,
     "add a row to units.csv, or to units of the sender; it holds for what comes from then on"},
    {"specimen-unmapped", Severity::warning,
     "add a row for the specimen code to specimens.csv; it holds for what comes from then on"},
    {"unit-missing", Severity::warning,
     "ask the laboratory for OBX-6; a unit that it confirms may stand in its code map"},
    {"specimen-unknown", Severity::warning,
     "ask the laboratory for SPM-4 or OBR-15, or put sample_type into the code map row"},
    {"specimen-association-ambiguous", Severity::warning,
     "ask the laboratory to group results behind their SPM or to send OBX-33; specimen_by_sub_id "
     "of the sender may say it"},
    {"cycle-day-conflict", Severity::warning,
     "ask who collected the sample which statement is right; the laboratory corrects that row and "
     "sends it again"},
    {"gestation-conflict", Severity::warning,
     "ask the clinic which dating holds (ultrasound or last period); the other row is corrected "
     "and sent again"},
    {"pregnancy-cycle-conflict", Severity::warning,
     "ask the clinic whether the patient was pregnant at collection; the wrong row is corrected "
     "and sent again"},
    {"lmp-after-collection", Severity::warning,
     "ask the clinic for the date of the last period, or the laboratory for the time of "
     "collection; one is mistyped"},
    {"cycle-day-implausible", Severity::warning,
     "ask the clinic for day or last period; long cycles may be let in by max_cycle_day of the "
     "sender"},
    {"gestation-implausible", Severity::warning,
     "ask the clinic for gestational age or due date; one is mistyped"},
    {"z-segment-unmapped", Severity::warning,
     "ask the laboratory what the fields mean and name them in z_fields of the sender, then "
     "replay"},
    {"interpretation-unknown", Severity::warning,
     "ask the laboratory what OBX-8 means; table 0078 holds what can be coded"},
    {"status-unknown", Severity::warning,
     "ask the laboratory to send OBX-11 by table 0085 and OBR-25 by table 0123"},
    {"status-regression", Severity::warning,
     "nothing, if the final result is right; else the laboratory withdraws it (W) and reports "
     "anew, or sends C"},
    {"update-target-unknown", Severity::warning,
     "ask the laboratory to send the result itself; an update U says nothing alone"},
    {"control-id-reused", Severity::warning,
     "ask the sender to number its messages uniquely (MSH-10); both were kept"},
    {"attachment-invalid", Severity::warning,
     "ask the laboratory to send the document again; OBX-5.4 must name its encoding. The raw "
     "message has the bytes"},
    {"lmp-imprecise", Severity::information,
     "ask the clinic for the day of the last period; without it no day is counted"},
    {"cycle-text-ambiguous", Severity::information,
     "ask the clinic for one day or anchor, best as a coded answer in an OBX"},
    {"timezone-missing", Severity::information,
     "set time_zone of the sender, or ask it to send offsets: they alone tell the hour that a "
     "clock shows twice or never; it holds for what comes from then on"},
    {"collection-time-missing", Severity::warning,
     "ask the laboratory for SPM-17 or OBR-7; without it no cycle day can be counted"},
    {"nm-decimal-comma", Severity::information,
     "set decimal_comma of the sender to yes once it has confirmed it"},
    {"nm-thousands-separator", Severity::information,
     "set decimal_comma of the sender to no once it has confirmed it"},
    {"update-out-of-order", Severity::information,
     "nothing: the newer result stands; where it often happens, look at the sender's queue"},

    {"charset-assumed", Severity::warning,
     "ask the sender to name its character set in MSH-18, or set charset of the sender"},
    {"version-assumed", Severity::warning, "ask the sender to write its version into MSH-12"},
    {"delimiters-assumed", Severity::information,
     "ask the sender, or the engine between, to send MSH-2 undamaged"},
    {"escape-unknown", Severity::information,
     "ask the sender what the sequence means; it stands in the text as sent"},
    {"control-character", Severity::information, "nothing; ask the sender where many come"},
    {"value-truncated", Severity::warning,
     "ask the sender for the whole value: it says itself that it was cut"},
    {"unexpected-structure", Severity::information,
     "nothing; all parts stand in the text, or as sent beside it. Ask the sender to escape "
     "delimiters in text"},
    {"segment-indented", Severity::information,
     "nothing; ask the sender to begin lines with the segment's name"},
    {"segment-unknown", Severity::information,
     "ask the sender what the segment is for; nothing of it was mapped"},
    {"segment-out-of-place", Severity::information,
     "nothing; ask the sender to put notes behind what they are about"},
    {"segment-ambiguous", Severity::warning,
     "ask the laboratory to say in OBX-29 or OBX-30 which rows are about the specimen"},
    {"structure-assumed", Severity::warning,
     "ask the laboratory to send OBR with the order number; without it a correction may not find "
     "its result"},
    {"line-continued", Severity::information,
     "ask the sender to escape line ends in text as \\.br\\"},
    {"line-without-segment", Severity::warning,
     "ask the sender where the line belongs; nothing of it was mapped"},
    {"continuation-unjoined", Severity::warning,
     "ask the sender to send the message whole; the limit of size is the gateway's to raise"},
    {"batch-count-mismatch", Severity::warning,
     "ask the sender whether messages of the batch were lost"},
    {"patient-identifier-missing", Severity::warning,
     "ask the sender for PID-3 with its assigning authority; the patient is matched with nobody "
     "until then"},
    {"patient-repeated", Severity::information,
     "nothing; ask the sender which PID is right where they differ"},
    {"order-number-missing", Severity::information,
     "ask the laboratory for OBR-3; without it corrections are found by code and time alone"},
    {"order-number-conflict", Severity::warning,
     "ask the laboratory which number is right; that of OBR counts"},
    {"code-missing", Severity::warning, "ask the laboratory for OBX-3"},
    {"value-type-assumed", Severity::information, "ask the laboratory to fill OBX-2"},
    {"value-type-unknown", Severity::warning,
     "ask the laboratory to send a type of table 0125 in OBX-2"},
    {"date-invalid", Severity::warning,
     "ask the sender for a date of the calendar; what it sent stands beside the element"},
    {"date-format", Severity::information,
     "ask the sender to write dates as YYYYMMDD; this one was read"},
    {"sex-unknown", Severity::information, "ask the sender to send PID-8 by table 0001"},
    {"specimen-not-patient", Severity::warning,
     "nothing, if it is a control; else the laboratory corrects SPM-11"},
    {"attachment-empty", Severity::information,
     "ask the laboratory for the document; only its title came"},
    {"parent-self", Severity::information,
     "ask the laboratory for the parent's number in OBR-29; the order comes back to itself"},
    {"message-malformed", Severity::error,
     "mend the structure at the place that is named and send the message again"},
    {"message-not-taken", Severity::error,
     "look whether the message is for this listener; the gateway's operator says what it takes"},
    {"message-unreadable", Severity::error,
     "send the bytes in the character set that MSH-18 names"},
    {"message-too-large", Severity::error,
     "send it in parts, or ask the gateway's operator for a higher limit"},
    {"gateway-failed", Severity::error,
     "send it again later; if it is refused again, tell the gateway's operator"},
    {"field-unmapped-new", Severity::information,
     "look at the field with explain; ask for a mapping if it matters"},
};

// Issues by the row of HL7 table 0357 that says most of them; a blank on either side.
struct Condition {
  int code;
  std::string_view issues;
};
constexpr Condition conditions[] = {
    {100,
     " segment-out-of-place segment-ambiguous structure-assumed line-without-segment "
     "line-continued segment-unknown segment-indented continuation-unjoined batch-count-mismatch "
     "specimen-association-ambiguous "},
    {101,
     " unit-missing collection-time-missing code-missing order-number-missing "
     "patient-identifier-missing specimen-unknown attachment-empty value-empty-on-update "
     "value-type-assumed "},
    {102,
     " nm-invalid nm-ambiguous-comma nm-decimal-comma nm-thousands-separator date-invalid "
     "date-format unit-property-mismatch lmp-imprecise unexpected-structure escape-unknown "
     "control-character attachment-invalid delimiters-assumed charset-assumed value-repeated "
     "timezone-missing message-unreadable "},
    {103,
     " code-unmapped unit-unmapped specimen-unmapped interpretation-unknown status-unknown "
     "sex-unknown loinc-invalid value-type-unknown "},
    {104, " value-truncated "},
    {203, " version-assumed "},
    {204, " update-target-unknown parent-self "},
    {205, " control-id-reused patient-mismatch order-number-conflict "}};

const IssueRow* row_of(std::string_view code) {
  const auto* row = std::find_if(std::begin(issues), std::end(issues),
                                 [&](const IssueRow& issue) { return issue.code == code; });
  return row == std::end(issues) ? nullptr : row;
}

}  // namespace

std::string_view to_text(Severity severity) {
  return severity == Severity::error     ? "error"
         : severity == Severity::warning ? "warning"
                                         : "information";
}

Severity severity_of(std::string_view code) {
  const IssueRow* row = row_of(code);
  return row == nullptr ? Severity::warning : row->severity;
}

int condition_of(std::string_view code) {
  const std::string word = " " + std::string(code) + " ";
  for (const Condition& condition : conditions)
    if (condition.issues.find(word) != std::string_view::npos) return condition.code;
  constexpr int none_of_them = 207;
  return none_of_them;
}

std::string_view remedy_of(std::string_view code) {
  const IssueRow* row = row_of(code);
  return row == nullptr ? std::string_view() : row->remedy;
}

}  // namespace gateway::mapping
