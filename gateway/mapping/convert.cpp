#include "gateway/mapping/convert.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <unordered_set>

#include "gateway/fhir/canonical.hpp"
#include "gateway/mapping/desk.hpp"
#include "gateway/mapping/rows.hpp"
#include "gateway/mapping/structure.hpp"
#include "gateway/mapping/write_message.hpp"
#include "gateway/mapping/write_observation.hpp"
#include "gateway/mapping/write_order.hpp"
#include "gateway/mapping/write_patient.hpp"
#include "gateway/mapping/write_specimen.hpp"

namespace gateway::mapping {
namespace {

/// The order that a row of no OBR is filed under, so that what another order says later leaves it
/// alone (T1, C3): the first that its specimen belongs to, else the patient's first. In a message
/// without orders it is the message's own.
OrderWork filed_under(Desk& desk, PatientWork& patient, std::optional<std::size_t> specimen) {
  static const OrderSegments none;
  const auto& orders = patient.segments->orders;
  const auto own = std::find_if(orders.begin(), orders.end(), [&](const OrderSegments& order) {
    const auto& all = order.specimens;
    return specimen && std::find(all.begin(), all.end(), *specimen) != all.end();
  });
  if (own != orders.end()) return named_order(desk, patient, *own);
  return named_order(desk, patient, orders.empty() ? none : orders.front());
}

void open_loose_row(Desk& desk, Row& row, const OrderWork& order) {
  row.is_loose = true;
  open_observation(desk, row, order);
  row.draft->source_time = said_at(desk, *order.segments);
}

/// Rows that stand before the first OBR: always context.
void write_patient_rows(Desk& desk, PatientWork& patient, const OrderWork& order) {
  const std::string safety = fhir::canonical::code_system("safety");
  for (Row& row : patient.rows) {
    if (row.kind != RowKind::context) continue;
    write_context_row(desk, row, order);
    for (const auto& [system, code] : row.draft->tags)
      if (system == safety) patient.safety.insert(code);
    if (row.code.target != nullptr && !row.code.target->context_kind.empty())
      patient.stating.push_back(&row);
  }
}

/// These, and the rows of specimens, which are written when their Specimens are.
void convert_loose_rows(Desk& desk, PatientWork& patient) {
  for (const ResultSegments& segments : patient.segments->rows)
    patient.rows.push_back(read_row(desk, segments, "", true));
  std::optional<OrderWork> order;
  if (!patient.rows.empty()) order = filed_under(desk, patient, {});
  for (Row& row : patient.rows)
    if (row.kind == RowKind::context) open_loose_row(desk, row, *order);
  for (const SpecimenSegments& specimen : patient.segments->specimens) {
    std::optional<OrderWork> owner;
    if (!specimen.rows.empty()) owner = filed_under(desk, patient, patient.specimens.size());
    patient.specimens.push_back({&specimen});
    auto& rows = patient.specimen_rows.emplace_back();
    for (const ResultSegments& segments : specimen.rows)
      rows.push_back(read_row(desk, segments, "", true));
    for (Row& row : rows)
      if (row.kind == RowKind::context) open_loose_row(desk, row, *owner);
  }
  if (order) write_patient_rows(desk, patient, *order);
}

/// Specimens that no order takes: what is said of them is not lost, and nothing is linked to them.
void write_unclaimed(Desk& desk, PatientWork& patient) {
  std::optional<OrderWork> order;  // none is its own
  for (std::size_t i = 0; i < patient.segments->specimens.size(); ++i) {
    SpecimenWork& specimen = patient.specimens[i];
    if (specimen.written) continue;
    if (!order) order = filed_under(desk, patient, {});
    open_specimen(desk, *order, specimen);
    desk.issue("specimen-association-ambiguous", specimen.draft, {specimen.segments->spm, 0},
               "nothing says which order the specimen is of");
  }
}

/// Specimen rows refer to their Specimen, which the first order of theirs writes.
void write_specimen_rows(Desk& desk, PatientWork& patient) {
  for (std::size_t i = 0; i < patient.specimen_rows.size(); ++i) {
    if (patient.specimen_rows[i].empty()) continue;
    const OrderWork owner = filed_under(desk, patient, i);
    for (Row& row : patient.specimen_rows[i]) {
      if (row.kind != RowKind::context) continue;
      if (row.specimen && patient.specimens[*row.specimen].draft == nullptr) row.specimen.reset();
      write_context_row(desk, row, owner);
    }
  }
}

/// OBR-22 (the latest of the message), else MSH-7 (T7).
std::optional<SourceTime> source_time(Desk& desk, const Structure& structure) {
  std::optional<SourceTime> latest;
  for (const PatientSegments& patient : structure.patients) {
    for (const OrderSegments& order : patient.orders) {
      if (!order.obr) continue;
      const auto said = source_time_at(desk, {*order.obr, 22});
      if (said && (!latest || said->begin > latest->begin)) latest = said;
    }
  }
  return latest ? latest : source_time_at(desk, {0, 7});
}

/// T9 within a message: one order number under two patients. Both are marked; nothing is moved.
void mark_mismatch(Desk& desk, const FiledOrder& order) {
  const auto mark = [&](Draft& draft) {
    desk.issue("patient-mismatch", &draft, {order.where, 3},
               "another patient of this message has the same order number");
  };
  mark(*order.report);
  for (Draft* result : order.results) mark(*result);
}

class MismatchCheck {
 public:
  void add(Desk& desk, const PatientWork& patient) {
    for (const FiledOrder& order : patient.filed) {
      if (order.results.empty()) continue;
      auto [known, is_new] = by_number_.try_emplace(order.number, Known{patient.key, {}, false});
      Known& before = known->second;
      if (!is_new && before.patient != patient.key) {
        for (const FiledOrder& earlier : before.orders) mark_mismatch(desk, earlier);
        before.orders.clear();
        before.mismatch = true;
      }
      if (before.mismatch)
        mark_mismatch(desk, order);
      else
        before.orders.push_back(order);
    }
  }

 private:
  struct Known {
    std::string patient;
    std::vector<FiledOrder> orders;  // not marked yet
    bool mismatch = false;
  };
  std::map<std::string, Known> by_number_;
};

void convert_patients(Desk& desk, const Structure& structure, Conversion& conversion) {
  std::size_t ordinal = 0;
  MismatchCheck mismatches;
  std::unordered_set<std::string> seen;
  for (const PatientSegments& segments : structure.patients) {
    PatientWork patient;
    patient.segments = &segments;
    patient.first_draft = desk.drafts().size();
    patient.among_others = structure.patients.size() > 1;
    if (segments.pid) {
      convert_patient(desk, patient, ++ordinal);
      write_relatives(desk, patient);
    }
    const auto key = patient.draft != nullptr ? base::PatientKey{patient.draft->key.id}
                                              : base::nobody_of(desk.sender());
    if (seen.insert(key.value).second) conversion.patients.push_back(key);
    write_encounter(desk, patient);
    convert_loose_rows(desk, patient);
    for (const OrderSegments& order : segments.orders) convert_order(desk, patient, order);
    write_unclaimed(desk, patient);
    link_parents(desk, patient);
    write_specimen_rows(desk, patient);
    write_documents(desk, patient);
    if (segments.pid) write_patient_provenance(desk, patient);
    mismatches.add(desk, patient);
  }
}

/// What the reader tolerated concerns the message.
void pass_on_remarks(Desk& desk) {
  for (const hl7v2::Remark& remark : desk.message().remarks())
    desk.issue_at(remark.code, desk.header(), desk.message().address(remark.where), remark.detail);
}

/// E4: a text that its sender cut short, said where it went first.
void report_truncated(Desk& desk) {
  std::set<std::uint32_t> left = desk.fields().truncated();
  for (const Landing& landing : desk.fields().account().landings) {
    if (left.empty()) return;
    if (left.erase(landing.leaf) == 0) continue;
    desk.issue_at("value-truncated", &desk.drafts()[landing.resource],
                  desk.message().address(desk.message().leaves()[landing.leaf]),
                  "the sender's mark says that the text was cut short");
  }
}

/// What was odd about the texts themselves; of very many the first tell enough.
void pass_on_oddities(Desk& desk) {
  constexpr std::size_t most = 20;
  const auto pass_on = [&desk](const char* code, const std::set<std::uint32_t>& leaves,
                               const char* text) {
    std::size_t count = 0;
    for (const std::uint32_t leaf : leaves) {
      if (++count > most) return;
      desk.issue_at(code, desk.header(), desk.message().address(desk.message().leaves()[leaf]),
                    text);
    }
  };
  report_truncated(desk);
  pass_on("escape-unknown", desk.fields().unknown_escapes(),
          "an escape sequence that is none: it stays as it was sent");
  pass_on("control-character", desk.fields().control_characters(),
          "characters that FHIR forbids were taken out; the raw message has them");
}

}  // namespace

std::optional<SourceTime> source_time_at(Desk& desk, const Place& place) {
  auto time = read_time(desk, place).time;
  if (!time) return std::nullopt;
  if (!time->offset_minutes) time->offset_minutes = 0;
  return SourceTime{time->instant_begin(), time->instant_end()};
}

base::Result<Conversion> convert(const hl7v2::Message& message, const Sender& sender,
                                 const Catalogue& catalogue) {
  auto structure = read_structure(message, sender.profile->patient_less);
  if (!structure) return structure.error();
  Conversion conversion;
  Desk desk(message, sender, catalogue);
  conversion.sender = sender.name;
  conversion.identifier = {fhir::canonical::sender(sender.name) + "/control-id", desk.control_id()};
  desk.set_header(write_message_header(desk, *structure));
  convert_patients(desk, *structure, conversion);
  conversion.patient = conversion.patients.front();
  write_focus(desk);
  pass_on_remarks(desk);
  set_aside_rest(desk, *structure);
  carry_fields(desk);
  pass_on_oddities(desk);  // of all that was read, what is carried too
  conversion.source_time = source_time(desk, *structure);
  write_provenance(desk, *structure);
  desk.finish(conversion);
  return conversion;
}

std::vector<base::PatientKey> patient_keys(const hl7v2::Message& message, const Sender& sender,
                                           const Catalogue& catalogue) {
  const auto segments = message.segments();
  std::vector<base::PatientKey> keys;
  std::unordered_set<std::string> known;
  std::optional<Desk> desk;
  std::size_t ordinal = 0;
  for (SegmentIndex index = 0; index < segments.size(); ++index) {
    if (segments[index].name != "PID") continue;
    if (!desk) desk.emplace(message, sender, catalogue);
    auto id = identify_patient(*desk, index, ++ordinal).id;
    if (known.insert(id).second) keys.push_back({std::move(id)});
  }
  if (keys.empty()) keys.push_back(base::nobody_of(sender.name));
  return keys;
}

}  // namespace gateway::mapping
