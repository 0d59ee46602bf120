#include <set>

#include "gateway/fhir/canonical.hpp"
#include "gateway/mapping/actors.hpp"
#include "gateway/mapping/locations.hpp"
#include "gateway/mapping/notes.hpp"
#include "gateway/mapping/write_message.hpp"
#include "gateway/mapping/write_patient.hpp"

namespace gateway::mapping {
namespace {

void write_software(Desk& desk, const Structure& structure, Pen& agents) {
  FieldReader& fields = desk.fields();
  for (const SegmentIndex sft : structure.software) {
    const Text vendor = fields.at(Place{sft, 1}.part(1)), version = fields.at({sft, 2});
    const Text product = fields.at({sft, 3}), binary = fields.at({sft, 4});
    const std::string id = own_id(
        'v', "Device", {desk.sender(), vendor.text, version.text, product.text, binary.text});
    Draft* device = desk.find("Device", id);
    if (device == nullptr) {
      device = &desk.open("Device", id);
      desk.remember(id, {sft, 1});
      Pen& pen = device->body;
      pen.text("manufacturer", vendor);
      {
        const auto names = pen.array("deviceName");
        const auto item = pen.item();
        if (pen.text("name", product)) pen.say("type", "manufacturer-name");
      }
      pen.text("modelNumber", binary);
      {
        const auto versions = pen.array("version");
        const auto item = pen.item();
        pen.text("value", version);
      }
      {
        const auto notes = pen.array("note");
        write_note(pen, {"", fields.at({sft, 5, 0})});
      }
      extend_time(desk, *device, "install-date", {sft, 6});
      if (const Text whole = fields.at({sft, 1}); whole.text != vendor.text)
        extend_text(*device, "vendor", whole);
    } else {
      if (const Place* first = desk.first_named(id)) fields.set_aside_repeated(sft, first->segment);
    }
    const auto item = agents.item();
    say_concept(agents, "type", "http://terminology.hl7.org/CodeSystem/provenance-participant-type",
                "assembler");
    refer(agents, "who", device->reference());
  }
}

/// The agents of a Provenance, each once.
class Agents {
 public:
  Agents(Desk& desk, Pen& pen) : desk_(desk), pen_(pen) {}

  void add(const ActorReference& who, std::string_view type, const ActorReference& of = {}) {
    if (who.empty()) return;
    if (!seen_.insert(who.reference + "|" + std::string(type) + "|" + of.reference).second) return;
    const auto item = pen_.item();
    say_concept(pen_, "type", "http://terminology.hl7.org/CodeSystem/provenance-participant-type",
                type);
    refer(pen_, "who", who);
    refer(pen_, "onBehalfOf", of);
  }
  /// Every repetition of a field of persons.
  void add_persons(const Place& field, std::string_view type, const ActorReference& of = {}) {
    const std::uint16_t count = desk_.fields().repetitions(field.segment, field.field);
    for (std::uint16_t k = 1; k <= count; ++k)
      add(practitioner(desk_, field.repeated(k)), type, of);
  }

 private:
  Desk& desk_;
  Pen& pen_;
  std::set<std::string> seen_;
};

/// ORC-10, 11, 19: who entered, verified, acted; ORC-17 and 18: for whom, and by what device.
void write_order_agents(Desk& desk, Agents& agents, SegmentIndex orc) {
  const ActorReference of = organization(desk, {orc, 17}, true);
  if (desk.fields().populated(orc, 10))
    agents.add_persons({orc, 10}, "enterer", of);
  else
    agents.add(of, "enterer");
  agents.add_persons({orc, 11}, "verifier");
  agents.add_persons({orc, 19}, "performer");
  agents.add(entering_device(desk, {orc, 18}), "enterer");
}

void write_agents(Desk& desk, const Structure& structure, Pen& pen) {
  const ActorReference sender = sending_organization(desk);
  const ActorReference device{gateway_device(desk), {}};
  const auto array = pen.array("agent");
  Agents agents(desk, pen);
  agents.add(sender, "author");
  agents.add(device, "assembler");
  write_software(desk, structure, pen);
  for (const PatientSegments& patient : structure.patients)
    for (const OrderSegments& order : patient.orders)
      if (order.orc) write_order_agents(desk, agents, *order.orc);
  if (structure.event) agents.add_persons({*structure.event, 5}, "enterer");
}

/// When it was recorded: MSH-7 if it is an instant, else that this is unknown and what was sent.
void write_recorded(Desk& desk, Pen& pen, const Place& place) {
  const TimeReading sent = read_time(desk, place);
  if (sent.time && sent.time->offset_minutes)
    return pen.from("recorded", sent.time->to_fhir(), sent.said);
  const auto shadow = pen.object("_recorded");
  const auto extensions = pen.array("extension");
  {
    const auto item = pen.item();
    pen.say("url", fhir::canonical::standard_extension("data-absent-reason"));
    pen.say("valueCode", "unknown");
  }
  if (sent.said.empty()) return;
  const auto item = pen.item();
  pen.say("url", fhir::canonical::extension("v2-time"));
  pen.text("valueString", sent.said);
}

/// EVN-6, when it happened; else MSH-7, when it was said.
Place occurred(Desk& desk, const Structure& structure) {
  if (structure.event && desk.fields().populated(*structure.event, 6)) return {*structure.event, 6};
  return {0, 7};
}

}  // namespace

void write_provenance(Desk& desk, const Structure& structure) {
  const std::string& bytes = desk.message_digest();
  Draft& draft =
      desk.open("Provenance", own_id('w', "Provenance", {desk.sender(), desk.control_id(), bytes}));
  Pen& pen = draft.body;
  write_time(desk, pen, "occurredDateTime", "_occurredDateTime", occurred(desk, structure),
             TimeForm::date_time, nullptr);
  write_recorded(desk, pen, {0, 7});
  if (structure.event) refer(pen, "location", facility_location(desk, {*structure.event, 7}));
  write_agents(desk, structure, pen);
  {
    const auto array = pen.array("target");
    for (const Draft& written : desk.drafts()) {
      if (&written != &draft) refer(pen, nullptr, written.reference());
    }
  }
  if (structure.event) extend_time(desk, draft, "event-time", {*structure.event, 2});
  const auto entities = pen.array("entity");
  {
    const auto item = pen.item();
    pen.say("role", "source");
    const auto what = pen.object("what");
    const auto identifier = pen.object("identifier");
    pen.say("system", fhir::canonical::sender(desk.sender()) + "/control-id");
    pen.text("value", desk.fields().code_at({0, 10}));
  }
  const auto item = pen.item();
  pen.say("role", "source");
  const auto what = pen.object("what");
  pen.say("type", "Binary");
  const auto identifier = pen.object("identifier");
  pen.say("system", fhir::canonical::identifier_system("raw-message"));
  pen.say("value", raw_message_id(desk.sender(), desk.control_id(), desk.message_digest()));
}

/// PID-33 and 34: when and by whom the patient's record was last updated, beside the message's own.
void write_patient_provenance(Desk& desk, const PatientWork& patient) {
  FieldReader& fields = desk.fields();
  const Place time{pid_of(fields, *patient.segments, 33), 33};
  const Place place{pid_of(fields, *patient.segments, 34), 34};
  if (!fields.populated(time) && !fields.populated(place)) return;
  const std::string_view when = fields.code_at(time).text;
  const std::string id =
      own_id('w', "Provenance", {desk.sender(), patient.key, when, fields.at(place).text});
  if (desk.find("Provenance", id) != nullptr) return;
  const ActorReference by = facility(desk, place);
  Draft& draft = desk.open("Provenance", id);
  Pen& pen = draft.body;
  {
    const auto targets = pen.array("target");
    refer(pen, nullptr, patient.draft->reference());
  }
  write_time(desk, pen, "occurredDateTime", "_occurredDateTime", time, TimeForm::date_time, &draft);
  write_recorded(desk, pen, time);
  const auto array = pen.array("agent");
  Agents agents(desk, pen);
  agents.add(by.empty() ? ActorReference{gateway_device(desk), {}} : by,
             by.empty() ? "assembler" : "author");
}

}  // namespace gateway::mapping
