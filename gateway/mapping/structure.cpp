#include "gateway/mapping/structure.hpp"

#include <algorithm>
#include <initializer_list>
#include <utility>

#include "gateway/base/words.hpp"
#include "gateway/mapping/specimen_layout.hpp"

namespace gateway::mapping {
namespace {

/// The state of the walk: where the next segment attaches.
class Walk {
 public:
  Walk(const hl7v2::Message& message, bool patient_less) : message_(message) {
    const std::string_view trigger = raw_field(0, 9, 2);
    specimen_first_ = trigger == "R22" || trigger == "R23";
    orc_after_obr_ = specimen_first_ || trigger == "R24";
    rows_ambiguous_ = trigger == "R24";
    const auto segments = message.segments();
    const auto first = [&](std::string_view name) {
      return std::find_if(segments.begin(), segments.end(),
                          [name](const hl7v2::Segment& s) { return s.name == name; });
    };
    orc_after_obr_ = orc_after_obr_ || first("OBR") < first("ORC");
    has_order_ = first("OBR") != segments.end();
    has_document_ = first("TXA") != segments.end();
    has_specimen_ = first("SPM") != segments.end();
    const auto pid = first("PID");
    if (patient_less && pid == segments.end()) {
      out_.patients.emplace_back();
      lay_out(0, segments.size());
    }
    if (pid != segments.end() && !pid->repeated)
      only_pid_ = static_cast<SegmentIndex>(pid - segments.begin());
  }

  base::Result<Structure> run() {
    for (SegmentIndex index = 0; index < message_.segments().size(); ++index) take(index);
    end_documents();
    if (out_.patients.empty()) {
      return base::Error{base::ErrorKind::malformed, "there is no PID: nothing can be filed", "PID",
                         "send the patient's identification; a sender of quality control may be "
                         "given patient_less"};
    }
    const bool filed =
        std::any_of(out_.patients.begin(), out_.patients.end(), [](const PatientSegments& patient) {
          return !patient.orders.empty() || !patient.rows.empty() || !patient.documents.empty();
        });
    if (!filed) {
      return base::Error{base::ErrorKind::malformed, "there is neither OBR nor OBX nor TXA", "OBR",
                         "send the order that the results belong to"};
    }
    for (PatientSegments& patient : out_.patients) make_up_order(patient);
    return std::move(out_);
  }

 private:
  std::string_view raw_field(SegmentIndex segment, std::uint16_t field, std::uint16_t component) {
    const auto leaf = message_.find(segment, field, 1, component);
    return leaf ? message_.raw(message_.leaves()[*leaf]) : std::string_view{};
  }

  bool begun() const { return !out_.patients.empty(); }
  PatientSegments& patient() { return out_.patients.back(); }
  OrderSegments* order() {
    return begun() && !patient().orders.empty() ? &patient().orders.back() : nullptr;
  }

  void take(SegmentIndex index) {
    const std::string_view name = message_.segments()[index].name;
    if (name == "PID") return take_pid(index);
    if (name == "EVN") return void(out_.event = index);
    if (name == "SFT") return out_.software.push_back(index);
    if (name == "MSA") return void(out_.answers = index);
    if (name == "ADD") {
      return out_.remarks.push_back(
          {"continuation-unjoined", index, "a field goes on from the message before: not joined"});
    }
    if (name == "NTE") return take_note(index);
    if (name == "PV1") {
      (begun() ? patient().visit.pv1 : early_visit_) = index;
      if (begun()) attend(patient().visit.notes, patient().visit.participants);
      return;
    }
    if (!begun() && !begin_early(index)) return;
    if (name == "ORC") return take_orc(index);
    if (name == "OBR") return take_obr(index);
    if (name == "OBX") return take_obx(index);
    if (name == "SPM") return take_spm(index);
    if (name == "SAC") return take_sac(index);
    if (name == "PD1") {
      patient().pd1.push_back(index);
      attend(patient().notes, patient().participants);
    } else if (name == "NK1") {
      patient().relatives.push_back({index});
      attend(patient().notes, patient().participants);
    } else if (name == "PV2") {
      patient().visit.pv2 = index;
      attend(patient().visit.notes, patient().visit.participants);
    } else if (name == "TXA") {
      patient().documents.push_back({index, {}});
      note_owner_ = &patient().documents.back().notes;
    } else if (name == "TCD" || name == "SID") {
      if (result_ != nullptr) result_->details.push_back(index);
    } else if (name == "PRT" || name == "ROL") {
      if (participants_ != nullptr) participants_->push_back(index);
    } else if (name == "TQ1") {
      if (order() != nullptr) order()->timing.push_back(index);
    } else if (name.starts_with('Z')) {
      (order() != nullptr ? order()->site_segments : patient().site_segments).push_back(index);
    } else if (name == "DG1" && order() == nullptr) {
      early_diagnoses_.push_back(index);
    } else if (order() != nullptr && base::is_one_of(name, {"CTD", "CTI", "DG1", "TQ2"})) {
      order()->others.push_back(index);
    }
  }

  /// What stands before the PID belongs to it, where there is one PID alone: with several nobody
  /// could say whose it is.
  bool begin_early(SegmentIndex index) {
    const std::string_view name = message_.segments()[index].name;
    if (!base::is_one_of(name, {"ORC", "OBR", "OBX", "SPM", "SAC", "TXA"}) || lost_) return false;
    lost_ = !only_pid_;  // said once
    out_.remarks.push_back(
        {"segment-out-of-place", index,
         only_pid_ ? "it stands before the PID: taken as the patient's"
                   : "it stands before the first of several PID: nobody's, and not mapped"});
    if (only_pid_) take_pid(*only_pid_);
    if (begun() && has_specimen_) lay_out(0, message_.segments().size());
    return begun();
  }

  void take_pid(SegmentIndex index) {
    if (begun() && index == patient().pid)  // what came before it was taken as this patient's
      return attend(patient().notes, patient().participants);
    if (begun() && same_person(*patient().pid, index)) {
      patient().repeated.push_back(index);
      attend(patient().notes, patient().participants);
      return;
    }
    end_documents();
    early_diagnoses_.clear();
    out_.patients.emplace_back();
    if (has_specimen_) lay_out(index + 1, end_of_patient(index));
    patient().pid = index;
    patient().visit.pv1 = std::exchange(early_visit_, std::nullopt);
    end_order();
    request_ = std::nullopt;
    attend(patient().notes, patient().participants);
    for (const SegmentIndex note : std::exchange(early_notes_, {})) patient().notes.push_back(note);
  }

  /// The next PID of another person, or the end.
  std::size_t end_of_patient(SegmentIndex pid) const {
    const auto segments = message_.segments();
    for (SegmentIndex index = pid + 1; index < segments.size(); ++index)
      if (segments[index].name == "PID" && !same_person(pid, index)) return index;
    return segments.size();
  }

  /// Whose the specimens are that stand there.
  void lay_out(std::size_t begin, std::size_t end) {
    owners_ = lay_out_specimens(message_.segments().subspan(begin, end - begin), specimen_first_,
                                orc_after_obr_);
    next_owner_ = 0;
    const auto any = [this](SpecimenOf owner) {
      return std::find(owners_.begin(), owners_.end(), owner) != owners_.end();
    };
    unclear_ = any(SpecimenOf::unclear);
    on_both_sides_ = any(SpecimenOf::next) && any(SpecimenOf::current);
  }

  bool same_person(SegmentIndex a, SegmentIndex b) const {
    const auto identifiers = [&](SegmentIndex pid) {
      std::string text;
      for (const hl7v2::Leaf& leaf : message_.field(pid, 3)) {
        text += message_.raw(leaf);
        text += '\x1F';
      }
      return text;
    };
    const std::string first = identifiers(a);
    return !first.empty() && first == identifiers(b);
  }

  /// Whose notes and participants follow.
  void attend(std::vector<SegmentIndex>& notes, std::vector<SegmentIndex>& participants) {
    note_owner_ = &notes;
    participants_ = &participants;
  }

  void end_order() {
    specimen_ = of_rows_ = std::nullopt;
    standing_.clear();
    ahead_ = false;
    result_ = nullptr;
  }

  /// Specimens that stand before their orders stay until the next of them.
  void begin_order() {
    specimen_ = standing_.size() == 1 ? std::optional(standing_.front()) : std::nullopt;
    of_rows_ = on_both_sides_ ? std::nullopt : specimen_;
    result_ = nullptr;
  }

  void take_orc(SegmentIndex index) {
    OrderSegments* current = order();
    if (orc_after_obr_ && current != nullptr && current->obr && !current->orc) {
      current->orc = index;
    } else {
      patient().orders.emplace_back();
      order()->orc = index;
      begin_order();
      note_owner_ = &order()->request_notes;
    }
    participants_ = &order()->participants;
    request_ = index;
  }

  void take_obr(SegmentIndex index) {
    OrderSegments* current = order();
    if (current == nullptr || current->obr) {
      patient().orders.emplace_back();
      current = order();
      if (!orc_after_obr_) current->earlier_orc = request_;
    }
    current->obr = index;
    take_documents(*current);
    current->containers = std::exchange(early_containers_, {});
    for (const SegmentIndex diagnosis : std::exchange(early_diagnoses_, {}))
      current->others.push_back(diagnosis);
    begin_order();
    ahead_ = false;
    if (current->specimens.empty()) current->specimens = standing_;
    current->specimen_unclear = unclear_ && current->specimens.empty();
    attend(current->notes, current->participants);
  }

  void take_obx(SegmentIndex index) {
    ResultSegments row;
    row.obx = index;
    row.specimen = of_rows_;
    std::vector<ResultSegments>* rows = &patient().rows;
    OrderSegments* current = order();
    if (has_order_ && is_waiting(index)) {
      if (early_documents_.empty())
        out_.remarks.push_back(
            {"segment-out-of-place", index, "a document before the OBR: taken as that order's"});
      rows = &early_documents_;
    } else if (ahead_ && has_order_) {
      rows = &patient().specimens[standing_.back()].rows;
    } else if (current != nullptr && (current->obr || may_be_document(index))) {
      rows = &current->rows;
    } else if (!has_order_ || may_be_document(index)) {
      if (current == nullptr) {
        patient().orders.emplace_back();
        if (!has_document_)
          out_.remarks.push_back({"structure-assumed", index,
                                  "there is no OBR: an order was made up from the results"});
      }
      rows = &order()->rows;
      // Whatever its rows were measured on is the order's.
      auto& specimens = order()->specimens;
      if (of_rows_ && (specimens.empty() || specimens.back() != *of_rows_))
        specimens.push_back(*of_rows_);
    }
    if (rows_ambiguous_ && of_rows_ && patient().specimens[*of_rows_].containers.empty()) {
      rows_ambiguous_ = false;  // once
      out_.remarks.push_back({"segment-ambiguous", index,
                              "a row behind SPM may be the specimen's: taken as a result"});
    }
    rows->push_back(std::move(row));
    result_ = &rows->back();
    attend(result_->notes, result_->details);
  }

  /// A document (ED, RP) whose OBR is still to come, and that no TXA speaks of.
  bool is_waiting(SegmentIndex obx) {
    if (!base::is_one_of(raw_field(obx, 2, 1), {"ED", "RP"})) return false;
    return ahead_ || (!has_document_ && (order() == nullptr || !order()->obr));
  }

  void take_documents(OrderSegments& order) {
    for (ResultSegments& row : early_documents_) order.rows.push_back(std::move(row));
    early_documents_.clear();
  }

  /// No OBR has come for them.
  void end_documents() {
    if (early_documents_.empty()) return;
    if (order() == nullptr) patient().orders.emplace_back();
    take_documents(*order());
  }

  /// Before the first OBR: a document of the order (v2.8 ORDER_DOCUMENT), no answer of the
  /// patient's.
  bool may_be_document(SegmentIndex obx) {
    if (!has_document_) return false;
    return !has_order_ || base::is_one_of(raw_field(obx, 2, 1), {"ED", "RP", "TX", "FT"});
  }

  void take_spm(SegmentIndex index) {
    patient().specimens.emplace_back();
    patient().specimens.back().spm = index;
    const std::size_t made = patient().specimens.size() - 1;
    specimen_ = of_rows_ = made;
    result_ = nullptr;
    SpecimenOf owner = next_owner_ < owners_.size() ? owners_[next_owner_++] : SpecimenOf::unclear;
    if (!has_order_ && order() != nullptr) owner = SpecimenOf::current;  // the one made up
    if (owner == SpecimenOf::next) {
      if (!ahead_ || specimen_first_) standing_.clear();  // a group of R22 has one
      standing_.push_back(made);
      ahead_ = true;
    } else if (owner == SpecimenOf::current && order() != nullptr) {
      order()->specimens.push_back(made);
    } else {
      of_rows_ = std::nullopt;
    }
    note_owner_ = &patient().specimens.back().notes;
    participants_ = order() != nullptr ? &order()->participants : nullptr;
  }

  void take_sac(SegmentIndex index) {
    if (!specimen_) return early_containers_.push_back(index);
    patient().specimens[*specimen_].containers.push_back(index);
    note_owner_ = &patient().specimens[*specimen_].notes;
  }

  void take_note(SegmentIndex index) {
    if (note_owner_ != nullptr) return note_owner_->push_back(index);
    early_notes_.push_back(index);
    out_.remarks.push_back({"segment-out-of-place", index, "the order of segments is unusual"});
  }

  void make_up_order(PatientSegments& patient) {
    if (!patient.orders.empty() || patient.documents.empty()) return;
    patient.orders.emplace_back();  // TXA alone: a report without results
  }

  const hl7v2::Message& message_;
  Structure out_;
  bool specimen_first_ = false;  // OUL_R22, R23: SPM stands before its orders
  bool orc_after_obr_ = false;
  bool has_order_ = false, has_document_ = false;
  std::optional<SegmentIndex> only_pid_;
  bool lost_ = false;  // something stands before the first of several PID
  bool has_specimen_ = false;
  std::vector<SpecimenOf> owners_;  // of the patient's SPM, in order
  std::size_t next_owner_ = 0;
  bool unclear_ = false;                 // some have none
  bool on_both_sides_ = false;           // of their order
  std::optional<std::size_t> specimen_;  // the last SPM: what is said of it follows
  std::optional<std::size_t> of_rows_;   // what rows that follow were measured on
  std::vector<std::size_t> standing_;    // before the orders they are of
  bool ahead_ = false;                   // no OBR has followed those yet
  std::optional<SegmentIndex> request_;  // the last ORC
  std::optional<SegmentIndex> early_visit_;
  bool rows_ambiguous_ = false;  // R24: behind SPM without SAC nobody can tell (§2.1)
  std::vector<SegmentIndex> early_notes_;
  std::vector<SegmentIndex> early_containers_, early_diagnoses_;
  std::vector<ResultSegments> early_documents_;
  ResultSegments* result_ = nullptr;                   // until the next row of its list
  std::vector<SegmentIndex>* note_owner_ = nullptr;    // likewise
  std::vector<SegmentIndex>* participants_ = nullptr;  // likewise
};

}  // namespace

base::Result<Structure> read_structure(const hl7v2::Message& message, bool patient_less) {
  return Walk(message, patient_less).run();
}

}  // namespace gateway::mapping
