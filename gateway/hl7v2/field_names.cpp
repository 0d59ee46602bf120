#include "gateway/hl7v2/field_names.hpp"

#include <algorithm>

namespace gateway::hl7v2 {
namespace {

struct Names {
  std::string_view segment;
  std::string_view fields;  // from field 1 on, a bar between
};

// The newest name of each field, as HL7 v2.9 and the versions that last had it call it.
constexpr Names segments[] = {
    {"MSH",
     "Field Separator|Encoding Characters|Sending Application|Sending Facility|Receiving "
     "Application|Receiving Facility|Date/Time of Message|Security|Message Type|Message Control "
     "ID|Processing ID|Version ID|Sequence Number|Continuation Pointer|Accept Acknowledgment "
     "Type|Application Acknowledgment Type|Country Code|Character Set|Principal Language|Alternate "
     "Character Set Handling|Message Profile Identifier|Sending Responsible Organization|Receiving "
     "Responsible Organization|Sending Network Address|Receiving Network Address|Security "
     "Classification Tag|Security Handling Instructions|Special Access Restriction"},
    {"SFT",
     "Software Vendor|Software Version|Software Product Name|Software Binary ID|Software Product "
     "Information|Software Install Date"},
    {"EVN",
     "Event Type Code|Recorded Date/Time|Date/Time Planned Event|Event Reason Code|Operator "
     "ID|Event Occurred|Event Facility"},
    {"PID",
     "Set ID|Patient ID|Patient Identifier List|Alternate Patient ID|Patient Name|Mother's Maiden "
     "Name|Date/Time of Birth|Administrative Sex|Patient Alias|Race|Patient Address|County "
     "Code|Phone Number - Home|Phone Number - Business|Primary Language|Marital "
     "Status|Religion|Patient Account Number|SSN Number|Driver's License Number|Mother's "
     "Identifier|Ethnic Group|Birth Place|Multiple Birth Indicator|Birth "
     "Order|Citizenship|Veterans Military Status|Nationality|Patient Death Date and Time|Patient "
     "Death Indicator|Identity Unknown Indicator|Identity Reliability Code|Last Update "
     "Date/Time|Last Update Facility|Species Code|Breed Code|Strain|Production Class Code|Tribal "
     "Citizenship|Patient Telecommunication"},
    {"PD1",
     "Living Dependency|Living Arrangement|Patient Primary Facility|Patient Primary Care "
     "Provider|Student Indicator|Handicap|Living Will Code|Organ Donor Code|Separate "
     "Bill|Duplicate Patient|Publicity Code|Protection Indicator|Protection Indicator Effective "
     "Date|Place of Worship|Advance Directive Code|Immunization Registry Status|Immunization "
     "Registry Status Date|Publicity Code Effective Date|Military Branch|Military "
     "Rank/Grade|Military Status"},
    {"NK1",
     "Set ID|Name|Relationship|Address|Phone Number|Business Phone Number|Contact Role|Start "
     "Date|End Date|Job Title|Job Code/Class|Employee Number|Organization Name|Marital "
     "Status|Administrative Sex|Date/Time of Birth|Living Dependency|Ambulatory "
     "Status|Citizenship|Primary Language|Living Arrangement|Publicity Code|Protection "
     "Indicator|Student Indicator|Religion|Mother's Maiden Name|Nationality|Ethnic Group|Contact "
     "Reason|Contact Person's Name|Contact Person's Phone Number|Contact Person's Address|Next of "
     "Kin's Identifiers|Job Status|Race|Handicap|Contact Person's SSN|Birth Place|VIP "
     "Indicator|Telecommunication|Contact Person's Telecommunication"},
    {"PV1",
     "Set ID|Patient Class|Assigned Patient Location|Admission Type|Preadmit Number|Prior Patient "
     "Location|Attending Doctor|Referring Doctor|Consulting Doctor|Hospital Service|Temporary "
     "Location|Preadmit Test Indicator|Re-admission Indicator|Admit Source|Ambulatory Status|VIP "
     "Indicator|Admitting Doctor|Patient Type|Visit Number|Financial Class|Charge Price "
     "Indicator|Courtesy Code|Credit Rating|Contract Code|Contract Effective Date|Contract "
     "Amount|Contract Period|Interest Code|Transfer to Bad Debt Code|Transfer to Bad Debt Date|Bad "
     "Debt Agency Code|Bad Debt Transfer Amount|Bad Debt Recovery Amount|Delete Account "
     "Indicator|Delete Account Date|Discharge Disposition|Discharged to Location|Diet "
     "Type|Servicing Facility|Bed Status|Account Status|Pending Location|Prior Temporary "
     "Location|Admit Date/Time|Discharge Date/Time|Current Patient Balance|Total Charges|Total "
     "Adjustments|Total Payments|Alternate Visit ID|Visit Indicator|Other Healthcare "
     "Provider|Service Episode Description|Service Episode Identifier"},
    {"PV2",
     "Prior Pending Location|Accommodation Code|Admit Reason|Transfer Reason|Patient "
     "Valuables|Patient Valuables Location|Visit User Code|Expected Admit Date/Time|Expected "
     "Discharge Date/Time|Estimated Length of Stay|Actual Length of Stay|Visit "
     "Description|Referral Source Code|Previous Service Date|Employment Illness Indicator|Purge "
     "Status Code|Purge Status Date|Special Program Code|Retention Indicator|Expected Number of "
     "Insurance Plans|Visit Publicity Code|Visit Protection Indicator|Clinic Organization "
     "Name|Patient Status Code|Visit Priority Code|Previous Treatment Date|Expected Discharge "
     "Disposition|Signature on File Date|First Similar Illness Date|Patient Charge Adjustment "
     "Code|Recurring Service Code|Billing Media Code|Expected Surgery Date and Time|Military "
     "Partnership Code|Military Non-Availability Code|Newborn Baby Indicator|Baby Detained "
     "Indicator|Mode of Arrival Code|Recreational Drug Use Code|Admission Level of Care "
     "Code|Precaution Code|Patient Condition Code"},
    {"ORC",
     "Order Control|Placer Order Number|Filler Order Number|Placer Group Number|Order "
     "Status|Response Flag|Quantity/Timing|Parent Order|Date/Time of Transaction|Entered "
     "By|Verified By|Ordering Provider|Enterer's Location|Call Back Phone Number|Order Effective "
     "Date/Time|Order Control Code Reason|Entering Organization|Entering Device|Action By|Advanced "
     "Beneficiary Notice Code|Ordering Facility Name|Ordering Facility Address|Ordering Facility "
     "Phone Number|Ordering Provider Address|Order Status Modifier|ABN Override Reason|Filler's "
     "Expected Availability|Confidentiality Code|Order Type|Enterer Authorization Mode|Parent "
     "Service Identifier|Advanced Beneficiary Notice Date|Alternate Placer Order Number|Order "
     "Workflow Profile|Action Code|Order Status Date Range|Order Creation Date/Time|Filler Order "
     "Group Number"},
    {"OBR",
     "Set ID|Placer Order Number|Filler Order Number|Universal Service "
     "Identifier|Priority|Requested Date/Time|Observation Date/Time|Observation End "
     "Date/Time|Collection Volume|Collector Identifier|Specimen Action Code|Danger Code|Relevant "
     "Clinical Information|Specimen Received Date/Time|Specimen Source|Ordering Provider|Order "
     "Callback Phone Number|Placer Field 1|Placer Field 2|Filler Field 1|Filler Field 2|Results "
     "Report/Status Change|Charge to Practice|Diagnostic Service Section ID|Result Status|Parent "
     "Result|Quantity/Timing|Result Copies To|Parent|Transportation Mode|Reason for "
     "Study|Principal Result Interpreter|Assistant Result "
     "Interpreter|Technician|Transcriptionist|Scheduled Date/Time|Number of Sample "
     "Containers|Transport Logistics of Sample|Collector's Comment|Transport Arrangement "
     "Responsibility|Transport Arranged|Escort Required|Planned Patient Transport "
     "Comment|Procedure Code|Procedure Code Modifier|Placer Supplemental Service|Filler "
     "Supplemental Service|Duplicate Procedure Reason|Result Handling|Parent Service "
     "Identifier|Observation Group ID|Parent Observation Group ID|Alternate Placer Order "
     "Number|Parent Order"},
    {"OBX",
     "Set ID|Value Type|Observation Identifier|Observation Sub-ID|Observation "
     "Value|Units|Reference Range|Interpretation Codes|Probability|Nature of Abnormal "
     "Test|Observation Result Status|Effective Date of Reference Range|User Defined Access "
     "Checks|Date/Time of the Observation|Producer's ID|Responsible Observer|Observation "
     "Method|Equipment Instance Identifier|Date/Time of the Analysis|Observation Site|Observation "
     "Instance Identifier|Mood Code|Performing Organization Name|Performing Organization "
     "Address|Performing Medical Director|Patient Results Release Category|Root Cause|Local "
     "Process Control|Observation Type|Observation Sub-Type|Action Code|Value Absent "
     "Reason|Related Specimen Identifier"},
    {"NTE",
     "Set ID|Source of Comment|Comment|Comment Type|Entered By|Entered Date/Time|Effective Start "
     "Date|Expiration Date|Coded Comment"},
    {"TQ1",
     "Set ID|Quantity|Repeat Pattern|Explicit Time|Relative Time and Units|Service Duration|Start "
     "Date/Time|End Date/Time|Priority|Condition Text|Text Instruction|Conjunction|Occurrence "
     "Duration|Total Occurrences"},
    {"TQ2",
     "Set ID|Sequence/Results Flag|Related Placer Number|Related Filler Number|Related Placer "
     "Group Number|Sequence Condition Code|Cyclic Entry/Exit Indicator|Sequence Condition Time "
     "Interval|Cyclic Group Maximum Repeats|Special Service Relationship"},
    {"SPM",
     "Set ID|Specimen Identifier|Specimen Parent Identifiers|Specimen Type|Specimen Type "
     "Modifier|Specimen Additives|Specimen Collection Method|Specimen Source Site|Specimen Source "
     "Site Modifier|Specimen Collection Site|Specimen Role|Specimen Collection Amount|Grouped "
     "Specimen Count|Specimen Description|Specimen Handling Code|Specimen Risk Code|Specimen "
     "Collection Date/Time|Specimen Received Date/Time|Specimen Expiration Date/Time|Specimen "
     "Availability|Specimen Reject Reason|Specimen Quality|Specimen Appropriateness|Specimen "
     "Condition|Specimen Current Quantity|Number of Specimen Containers|Container Type|Container "
     "Condition|Specimen Child Role|Accession Identifier|Other Specimen Identifier|Shipment "
     "Identifier|Culture Start Date/Time|Culture Final Date/Time|Action Code"},
    {"SAC",
     "External Accession Identifier|Accession Identifier|Container Identifier|Primary Container "
     "Identifier|Equipment Container Identifier|Specimen Source|Registration Date/Time|Container "
     "Status|Carrier Type|Carrier Identifier|Position in Carrier|Tray Type|Tray "
     "Identifier|Position in Tray|Location|Container Height|Container Diameter|Barrier "
     "Delta|Bottom Delta|Container Height/Diameter Units|Container Volume|Available Specimen "
     "Volume|Initial Specimen Volume|Volume Units|Separator Type|Cap Type|Additive|Specimen "
     "Component|Dilution Factor|Treatment|Temperature|Hemolysis Index|Hemolysis Index "
     "Units|Lipemia Index|Lipemia Index Units|Icterus Index|Icterus Index Units"},
    {"TXA",
     "Set ID|Document Type|Document Content Presentation|Activity Date/Time|Primary Activity "
     "Provider|Origination Date/Time|Transcription Date/Time|Edit Date/Time|Originator|Assigned "
     "Document Authenticator|Transcriptionist|Unique Document Number|Parent Document Number|Placer "
     "Order Number|Filler Order Number|Unique Document File Name|Document Completion "
     "Status|Document Confidentiality Status|Document Availability Status|Document Storage "
     "Status|Document Change Reason|Authentication Person and Time|Distributed Copies|Folder "
     "Assignment|Document Title|Agreed Due Date/Time"},
    {"PRT",
     "Participation Instance ID|Action Code|Action Reason|Role of Participation|Person|Person "
     "Provider Type|Organization Unit Type|Organization|Location|Device|Begin Date/Time|End "
     "Date/Time|Qualitative Duration|Address|Telecommunication Address|Device UDI|Device "
     "Manufacture Date|Device Expiry Date|Device Lot Number|Device Serial Number|Device Donation "
     "Identification|Device Type"},
    {"ROL",
     "Role Instance ID|Action Code|Role|Role Person|Role Begin Date/Time|Role End Date/Time|Role "
     "Duration|Role Action Reason|Provider Type|Organization Unit "
     "Type|Address|Phone|Location|Organization"},
    {"DG1",
     "Set ID|Diagnosis Coding Method|Diagnosis Code|Diagnosis Description|Diagnosis "
     "Date/Time|Diagnosis Type"},
    {"AL1",
     "Set ID|Allergen Type Code|Allergen Code|Allergy Severity Code|Allergy Reaction "
     "Code|Identification Date"},
    {"CTD",
     "Contact Role|Contact Name|Contact Address|Contact Location|Contact Communication|Preferred "
     "Method of Contact|Contact Identifiers"},
    {"CTI", "Sponsor Study ID|Study Phase Identifier|Study Scheduled Time Point|Action Code"},
    {"TCD",
     "Universal Service Identifier|Auto-Dilution Factor|Rerun Dilution Factor|Pre-Dilution "
     "Factor|Endogenous Content of Diluent|Automatic Repeat Allowed|Reflex Allowed|Analyte Repeat "
     "Status"},
    {"SID",
     "Application/Method Identifier|Substance Lot Number|Substance Container Identifier|Substance "
     "Manufacturer Identifier"},
    {"MSA", "Acknowledgment Code|Message Control ID|Text Message"},
    {"DSC", "Continuation Pointer|Continuation Style"},
    {"FHS",
     "Field Separator|Encoding Characters|File Sending Application|File Sending Facility|File "
     "Receiving Application|File Receiving Facility|File Creation Date/Time|File Security|File "
     "Name/ID|File Header Comment|File Control ID|Reference File Control ID"},
    {"BHS",
     "Field Separator|Encoding Characters|Batch Sending Application|Batch Sending Facility|Batch "
     "Receiving Application|Batch Receiving Facility|Batch Creation Date/Time|Batch Security|Batch "
     "Name/ID/Type|Batch Comment|Batch Control ID|Reference Batch Control ID"},
    {"BTS", "Batch Message Count|Batch Comment|Batch Totals"},
    {"FTS", "File Batch Count|File Trailer Comment"}};

}  // namespace

std::string_view field_name(std::string_view segment, std::uint16_t field) {
  const auto* row = std::find_if(std::begin(segments), std::end(segments),
                                 [segment](const Names& one) { return one.segment == segment; });
  if (row == std::end(segments) || field == 0) return {};
  std::string_view rest = row->fields;
  for (; field > 1; --field) {
    const std::size_t bar = rest.find('|');
    if (bar == rest.npos) return {};
    rest.remove_prefix(bar + 1);
  }
  return rest.substr(0, rest.find('|'));
}

}  // namespace gateway::hl7v2
