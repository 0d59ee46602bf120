#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "gateway/mapping/cycle_context.hpp"
#include "gateway/mapping/datatypes.hpp"
#include "gateway/mapping/identity.hpp"
#include "gateway/mapping/sample_type.hpp"
#include "gateway/mapping/structure.hpp"

/// What is known of patients, orders and rows while their resources are written.
namespace gateway::mapping {

/// What becomes of an OBX.
enum class RowKind {
  result,       // an Observation of the report
  context,      // a survey Observation (C1)
  component,    // joins the main results of its group (S14)
  attachment,   // ED, RP: DiagnosticReport.presentedForm (F9)
  joined,       // a further line of a text, or the second half of a blood pressure
  report_note,  // O without value
  dropped       // N: not asked
};

/// The code of a row, resolved (R8).
struct RowCode {
  Concept said;                           // the sender's codings, the accepted one first
  const TargetCode* target = nullptr;     // null: unmapped, or a LOINC the tables do not hold
  std::vector<const TargetCode*> others;  // of the further codings that are LOINC or ours
  const CodeRow* map_row = nullptr;       // where a code map decided
  std::uint32_t map_leaf = 0;             // by the code in this leaf
  bool accepted = false;                  // there is a target, or a standard code sent as such
  bool loinc_invalid = false;
  /// First non-empty code and its system, however it is spelt, else the text: identity (T1).
  std::string key_code, key_system;
  /// `target`, which may be null, and `others`: all of them must be true of a result.
  std::vector<const TargetCode*> targets() const;
};

struct Row {
  const ResultSegments* segments = nullptr;
  RowKind kind = RowKind::result;
  RowCode code;
  Text type;    // OBX-2.1
  Text sub_id;  // OBX-4
  Text sent_status;
  std::string_view status;
  bool of_specimen = false;             // context of its specimen alone
  bool is_loose = false;                // of no OBR: before the first, or of a specimen itself
  std::optional<std::size_t> specimen;  // PatientWork::specimens
  bool names_other_specimen = false;    // OBX-33: one that the message does not hold
  std::vector<Row*> lines;              // joined into this one
  std::string long_text;                // all lines, once written; or more than a string may hold
  std::vector<Text> too_long;           // then where it came from: the report has it
  std::vector<Row*> components;         // S14
  Row* diastolic = nullptr;             // S16: the other half
  std::vector<Row*> panels;             // S16: rows of the panel itself
  bool is_blood_pressure = false;
  bool is_panel_alone = false;   // S16: the panel's own row, and neither half
  std::string_view half_status;  // S16: this half's own, where `status` became the panel's
  Draft* draft = nullptr;        // of results and context
  SegmentIndex obx() const { return segments->obx; }
  bool is_pending() const { return sent_status.text == "I" && status == "registered"; }
  /// I2: a flag goes with a result that is withdrawn, was not measured or is not there yet.
  bool may_be_flagged() const {
    return status != "entered-in-error" && status != "cancelled" && !is_pending();
  }
};

struct SpecimenWork {
  const SpecimenSegments* segments = nullptr;  // null: made from OBR-15
  Draft* draft = nullptr;
  StatedSample stated;
  bool foreign = false;  // SPM-11, OBR-15.7: a control, not the patient's
  bool written = false;  // else a row may name it before its own order comes
};

/// The numbered specimens of a patient by what OBX-33 may name, the first of a name.
struct SpecimenNames {
  std::unordered_map<std::string_view, std::size_t> placer, filler;
};

/// An order as it was filed, where a message holds several patients (T9).
struct FiledOrder {
  std::string number;
  Draft* report = nullptr;
  std::vector<Draft*> results;
  SegmentIndex where = 0;
};

/// An order that others may have grown out of (V2FHIR.md §3.8).
struct LinkedOrder {
  const OrderSegments* segments = nullptr;
  std::string code;  // OBR-4, first code
  Draft* request = nullptr;
  Draft* report = nullptr;
  bool has_parent = false;
};

/// What an order says of the cycle, for other material of the same day (C3).
struct SaidThatDay {
  const OrderSegments* order = nullptr;
  std::optional<std::size_t> specimen;  // whose group said it; none: the order itself
  ContextInput said;
};
using SaidByDay = std::unordered_map<std::int64_t, std::vector<SaidThatDay>>;

/// Bytes of a document, as the Binary that holds them.
struct AttachedFile {
  std::string media;  // MIME
  std::string url;
  Text title;
};

struct PatientWork {
  const PatientSegments* segments = nullptr;
  std::string key;  // identifier system|value, the message's own, or "" of nobody: part of ids
  std::size_t first_draft = 0;  // where in Desk::drafts what is written of this PID begins
  Draft* draft = nullptr;       // null: results of nobody
  Draft* encounter = nullptr;
  bool male = false, female = false;     // PID-8
  std::vector<LinkedOrder> orders;       // as they were written
  bool among_others = false;             // the message names another patient, too
  std::vector<FiledOrder> filed;         // then alone
  std::vector<AttachedFile> files;       // for the one document (TXA) that the message tells of
  std::vector<Row> rows;                 // before the first OBR
  std::set<std::string> safety;          // codes of `safety` tags of those
  std::vector<const Row*> stating;       // of those, what says something of the cycle
  std::optional<SaidByDay> said_by_day;  // once somebody asked
  std::vector<SpecimenWork> specimens;   // as PatientSegments::specimens, then those of OBR-15
  std::optional<SpecimenNames> names;    // once somebody asked
  std::vector<std::vector<Row>> specimen_rows;  // of the specimens themselves, likewise
  /// "Patient/…"; "" where there is nobody.
  std::string reference() const { return draft != nullptr ? draft->reference() : std::string(); }
};

/// OBR-26: the result that those of an order grew out of.
struct ParentResult {
  Text code, name, system, sub, value;
  std::string id = {}, identifier = {};
  bool is_here = false;  // in this message, before its children
};

struct OrderWork {
  const OrderSegments* segments = nullptr;
  PatientWork* patient = nullptr;
  std::string number;      // as sent; "" if none
  std::string number_key;  // what ids use
  OrderHead head;
  RowCode code;             // OBR-4
  std::string sent_status;  // OBR-25
  Draft* request = nullptr;
  Draft* report = nullptr;
  bool has_parent = false;      // basedOn is written when all orders are known
  bool wrote_specimen = false;  // which took what the OBR says of it
  bool is_control = false;      // all its specimens are nobody's: so are its report and results
  std::vector<Row> rows;
  std::vector<std::size_t> specimens;  // PatientWork::specimens
  std::optional<ParentResult> parent_result;
  std::shared_ptr<const ContextInput> said;  // of the cycle, of all results
  /// "Patient/…"; "" where it speaks of nobody.
  std::string subject() const { return is_control ? std::string() : patient->reference(); }
  const Draft* encounter() const { return is_control ? nullptr : patient->encounter; }
};

/// When a row's material was taken: SPM-17, else OBR-7, else OBX-14 (R4).
struct Collected {
  TimeReading reading;
  Place place;
};
Collected collected(Desk& desk, const OrderWork& order, const Row& row);

/// A time of the message as T7 compares it.
std::optional<SourceTime> source_time_at(Desk& desk, const Place& place);

}  // namespace gateway::mapping
