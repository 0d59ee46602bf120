#include "gateway/mapping/write_message.hpp"

#include <algorithm>

#include "gateway/fhir/canonical.hpp"
#include "gateway/mapping/actors.hpp"
#include "gateway/mapping/notes.hpp"

namespace gateway::mapping {
namespace {

/// `endpoint` is mandatory: the universal id as a URI, else that it is unknown.
void write_endpoint(Desk& desk, Pen& pen, const Place& application) {
  const Authority authority = read_authority(desk, application);
  const bool uri = !authority.universal.empty() &&
                   (authority.system.starts_with("urn:") || authority.system.starts_with("http"));
  const bool ours = authority.system.starts_with(fhir::canonical::base);
  if (uri && !ours) {
    pen.from("endpoint", authority.system, authority.universal);
    return pen.land("endpoint", authority.type);
  }
  {
    const auto shadow = pen.object("_endpoint");
    const auto extensions = pen.array("extension");
    const auto item = pen.item();
    pen.say("url", fhir::canonical::standard_extension("data-absent-reason"));
    pen.say("valueCode", "unknown");
  }
  if (authority.universal.empty()) return;
  const auto extensions = pen.array("extension");
  const auto item = pen.item();
  pen.say("url", fhir::canonical::extension("v2-universal-id"));
  pen.from("valueString", authority.universal.text, authority.universal);
  pen.land("valueString", authority.type);
}

void write_destination(Desk& desk, Pen& pen) {
  FieldReader& fields = desk.fields();
  if (!fields.populated(0, 5) && !fields.populated(0, 6)) return;
  const auto destinations = pen.array("destination");
  const auto item = pen.item();
  pen.text("name", fields.at(Place{0, 5}.part(1)));
  write_endpoint(desk, pen, {0, 5});
  const Text facility = fields.at({0, 6});
  if (facility.empty()) return;
  const auto receiver = pen.object("receiver");
  pen.text("display", facility);
}

void write_event(Desk& desk, Draft& draft) {
  FieldReader& fields = desk.fields();
  Text trigger = fields.code_at(Place{0, 9}.part(2));
  const Text type = fields.code_at(Place{0, 9}.part(1));
  {
    const auto event = draft.body.object("eventCoding");
    draft.body.say("system", fhir::canonical::v2_table("0003"));
    const bool form = trigger.text.size() == 3 && trigger.text[0] >= 'A' && trigger.text[0] <= 'Z';
    if (form)
      draft.body.text("code", trigger);
    else
      draft.body.say("code", "R01");
  }
  extend_text(draft, "v2-message-type", type);
}

void write_software(Desk& desk, const Structure& structure, Pen& agents) {
  FieldReader& fields = desk.fields();
  for (const SegmentIndex sft : structure.software) {
    const Text vendor = fields.at({sft, 1}), version = fields.at({sft, 2});
    const Text product = fields.at({sft, 3}), binary = fields.at({sft, 4});
    const std::string id = own_id(
        'v', "Device", {desk.sender(), vendor.text, version.text, product.text, binary.text});
    Draft* device = desk.find("Device", id);
    if (device == nullptr) {
      device = &desk.open("Device", id);
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
    } else {
      fields.set_aside_segment(sft, Reason::duplicate);
    }
    const auto item = agents.item();
    say_concept(agents, "type", "http://terminology.hl7.org/CodeSystem/provenance-participant-type",
                "assembler");
    refer(agents, "who", device->reference());
  }
}

void write_agents(Desk& desk, const Structure& structure, Pen& pen) {
  constexpr std::string_view types =
      "http://terminology.hl7.org/CodeSystem/provenance-participant-type";
  const ActorReference sender = sending_organization(desk);
  const std::string device = gateway_device(desk);
  const auto agents = pen.array("agent");
  if (!sender.empty()) {
    const auto item = pen.item();
    say_concept(pen, "type", types, "author");
    refer(pen, "who", sender);
  }
  {
    const auto item = pen.item();
    say_concept(pen, "type", types, "assembler");
    refer(pen, "who", device);
  }
  write_software(desk, structure, pen);
  const auto person = [&](const Place& place, std::string_view type) {
    const ActorReference actor = practitioner(desk, place);
    if (actor.empty()) return;
    const auto item = pen.item();
    say_concept(pen, "type", types, type);
    refer(pen, "who", actor);
  };
  for (const PatientSegments& patient : structure.patients) {
    for (const OrderSegments& order : patient.orders) {
      if (!order.orc) continue;
      person({*order.orc, 10}, "enterer");
      person({*order.orc, 11}, "verifier");
      person({*order.orc, 19}, "performer");
    }
  }
  if (structure.event) person({*structure.event, 5}, "enterer");
}

}  // namespace

Draft& write_message_header(Desk& desk, const Structure& structure) {
  FieldReader& fields = desk.fields();
  const std::string& bytes = desk.message_digest();
  Draft& draft = desk.open("MessageHeader",
                           own_id('m', "MessageHeader", {desk.sender(), desk.control_id(), bytes}));
  Pen& pen = draft.body;
  const Text processing = fields.code_at(Place{0, 11}.part(1));
  write_event(desk, draft);
  write_destination(desk, pen);
  refer(pen, "sender", sending_organization(desk));
  {
    const auto source = pen.object("source");
    pen.text("name", fields.at(Place{0, 3}.part(1)));
    write_endpoint(desk, pen, {0, 3});
  }
  extend_text(draft, "v2-control-id", fields.code_at({0, 10}));
  extend_text(draft, "processing-id", processing);
  extend_text(draft, "v2-version", fields.code_at(Place{0, 12}.part(1)));
  for (std::uint16_t k = 1; k <= fields.repetitions(0, 18); ++k)
    extend_text(draft, "character-set", fields.code_at({0, 18, k}));
  extend_concept(desk, draft, "message-language", {0, 19});
  for (std::uint16_t k = 1; k <= fields.repetitions(0, 21); ++k) {
    const IdentifierReading profile = read_ei(desk, {0, 21, k});
    if (profile.empty()) continue;
    const auto item = draft.extensions.item();
    draft.extensions.say("url", fhir::canonical::extension("v2-profile"));
    const auto value = draft.extensions.object("valueIdentifier");
    write_identifier(draft.extensions, profile);
  }
  if (!processing.empty() && processing.text != "P")
    draft.tags.emplace_back(fhir::canonical::v2_table("0103"), processing.text);
  for (const SegmentIndex note : structure.loose_notes)
    extend_note(desk, draft, fhir::canonical::extension("note"), note);
  return draft;
}

void write_provenance(Desk& desk, const Structure& structure) {
  const std::string& bytes = desk.message_digest();
  Draft& draft =
      desk.open("Provenance", own_id('w', "Provenance", {desk.sender(), desk.control_id(), bytes}));
  Pen& pen = draft.body;
  write_time(desk, pen, "occurredDateTime", "_occurredDateTime", {0, 7}, TimeForm::date_time,
             nullptr);
  const TimeReading sent = read_time(desk, {0, 7});
  const bool full = sent.time && sent.time->offset_minutes;
  if (full) {
    pen.from("recorded", sent.time->to_fhir(), sent.said);
  } else {
    const auto shadow = pen.object("_recorded");
    const auto extensions = pen.array("extension");
    const auto item = pen.item();
    pen.say("url", fhir::canonical::standard_extension("data-absent-reason"));
    pen.say("valueCode", "unknown");
  }
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
    pen.say("system", fhir::canonical::sender(percent_encoded(desk.sender())) + "/control-id");
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

}  // namespace gateway::mapping
