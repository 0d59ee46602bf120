// PRT and ROL of a result and of a visit (V2FHIR.md §3.7, §2.1).
#include "gateway/fhir/canonical.hpp"
#include "gateway/mapping/participation.hpp"
#include "gateway/mapping/write_observation.hpp"
#include "gateway/mapping/write_patient.hpp"

namespace gateway::mapping {
namespace {

void write_device_of(Desk& desk, Draft& draft, const Participation& of, bool main) {
  const bool described = describes_device(desk, of);
  const std::string reference = described ? described_device(desk, of) : std::string();
  const IdentifierReading number = described ? IdentifierReading{} : read_ei(desk, of.at(10));
  if (reference.empty() && number.empty()) return;
  if (main && described) return refer(draft.body, "device", reference);
  if (main) {
    const auto device = draft.body.object("device");
    draft.body.say("type", "Device");
    const auto identifier = draft.body.object("identifier");
    return write_identifier(draft.body, number);
  }
  if (!described) return extend_identifier(draft, "further-device", number);
  const auto item = draft.extensions.item();
  draft.extensions.say("url", fhir::canonical::extension("further-device"));
  refer(draft.extensions, "valueReference", reference);
}

/// A reference with the function somebody had, as sent.
void refer_in_role(Pen& pen, const ActorReference& actor, const Text& role) {
  if (actor.empty()) return;
  const auto item = pen.item();
  if (!role.empty()) {
    const auto extensions = pen.array("extension");
    const auto extension = pen.item();
    pen.say("url", fhir::canonical::extension("performer-function"));
    pen.text("valueCode", role);
  }
  pen.from("reference", actor.reference, actor.origin);
}

}  // namespace

void write_performing(Desk& desk, Pen& performers, const Participation& of) {
  desk.fields().set_aside(of.at(of.role).part(3), Reason::type);
  const Text role = desk.fields().code_at(of.at(of.role).part(1));
  for (const ActorReference& actor : actors_of(desk, of)) refer_in_role(performers, actor, role);
}

void write_participants(Desk& desk, Pen& performers, const Row& row) {
  for (const Participation& of : participations(desk, row.segments->details))
    write_performing(desk, performers, of);
}

void write_participation(Desk& desk, Draft& draft, const Row& row) {
  bool device_named = desk.fields().populated(row.obx(), 18);
  for (const Participation& of : participations(desk, row.segments->details)) {
    extend_reference(draft, "event-location", place_of(desk, of));
    if (!names_device(desk, of)) continue;
    write_device_of(desk, draft, of, !device_named);
    device_named = true;
  }
}

void write_visit_participants(Desk& desk, Pen& participants,
                              const std::vector<Participation>& all) {
  FieldReader& fields = desk.fields();
  for (const Participation& of : all) {
    const Concept role = read_concept(desk, of.at(of.role));
    const Text begin = fields.code_at(of.at(of.begin).part(1));
    const Text end = fields.code_at(of.at(of.end).part(1));
    for (const ActorReference& actor : actors_of(desk, of)) {
      if (!is_person(actor)) continue;
      const auto item = participants.item();
      {
        const auto types = participants.array("type");
        const auto one = participants.item();
        write_concept(participants, role);
      }
      write_period(participants, begin, end);
      refer(participants, "individual", actor);
    }
  }
}

}  // namespace gateway::mapping
