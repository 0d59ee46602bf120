#include "gateway/mapping/write_specimen.hpp"

#include <algorithm>
#include <string_view>

#include "gateway/fhir/canonical.hpp"
#include "gateway/mapping/actors.hpp"
#include "gateway/mapping/notes.hpp"
#include "gateway/mapping/write_order.hpp"

namespace gateway::mapping {
namespace {

/// The tables a coding of a specimen may be looked up under (S1, S2).
void add_codings(const Concept& said, std::vector<SpecimenCoding>& into) {
  for (const Coding& coding : said.codings) {
    const std::string_view system = coding.system_name.text;
    const bool snomed = coding.system == fhir::canonical::snomed;
    into.push_back({snomed ? "SCT" : std::string(system), std::string(coding.code.text)});
  }
}

/// SPM-2 (filler, else placer), else SPM-30. With the patient: many laboratories number the
/// specimens of every message from 1, and no subject may ever move. A number that only repeats the
/// set id is one of those: it names the specimen within its order.
std::string numbered_id(Desk& desk, const PatientWork& patient, SegmentIndex spm) {
  FieldReader& fields = desk.fields();
  const Place placer{spm, 2, 1, 1}, filler{spm, 2, 1, 2};
  IdentifierReading own = read_ei(desk, fields.populated(filler) ? filler : placer);
  if (own.value.text == fields.code_at({spm, 1}).text) own = read_cx(desk, {spm, 30});
  if (own.empty()) return {};
  return own_id('t', "Specimen", {desk.sender(), patient.key, own.value.text});
}

std::string specimen_id(Desk& desk, const OrderWork& order, SegmentIndex spm) {
  if (std::string id = numbered_id(desk, *order.patient, spm); !id.empty()) return id;
  const std::string key = "Specimen\x1F" + order.patient->key + "\x1F" + order.number_key;
  const std::string ordinal = std::to_string(desk.ordinal(key));
  return order_id('t', order.head, "Specimen",
                  {desk.sender(), order.patient->key, order.number_key, ordinal});
}

void write_number(Desk& desk, Pen& pen, const Place& place, std::string_view type) {
  const IdentifierReading identifier = read_ei(desk, place);
  if (identifier.empty()) return;
  const auto item = pen.item();
  write_identifier(pen, identifier, type);
}

void write_subject(Draft& draft, const OrderWork& order, const SpecimenWork& specimen) {
  if (!specimen.foreign) refer(draft.body, "subject", order.patient->reference());
}

void write_collected(Desk& desk, Draft& draft, SegmentIndex spm) {
  const Place begin{spm, 17, 1, 1}, end{spm, 17, 1, 2};
  Pen& pen = draft.body;
  if (!desk.fields().populated(end)) {
    write_time(desk, pen, "collectedDateTime", "_collectedDateTime", begin, TimeForm::date_time,
               &draft);
    return;
  }
  const auto period = pen.object("collectedPeriod");
  write_ends(desk, pen, begin, end, &draft);
}

void write_collection(Desk& desk, Draft& draft, SegmentIndex spm, std::optional<SegmentIndex> obr) {
  Pen& pen = draft.body;
  const auto collection = pen.object("collection");
  if (obr) {
    refer(pen, "collector", practitioner(desk, {*obr, 10}));
    write_quantity_field(desk, pen, "quantity", {*obr, 9});
  }
  if (desk.fields().populated(spm, 17)) {
    write_collected(desk, draft, spm);
  } else if (obr) {
    write_time(desk, pen, "collectedDateTime", "_collectedDateTime", {*obr, 7}, TimeForm::date_time,
               &draft);
  }
  if (!obr || !desk.fields().populated(*obr, 9))
    write_quantity_field(desk, pen, "quantity", {spm, 12});
  write_concept(desk, pen, "method", {spm, 7});
  write_concept(desk, pen, "bodySite", {spm, 8});
}

/// A volume of a SAC, in the unit that SAC-24 names for all of them.
void write_volume(Desk& desk, Pen& pen, const char* name, SegmentIndex sac, std::uint16_t field) {
  write_measure(desk, pen, name, desk.fields().code_at({sac, field}), {sac, 24});
}

void write_container_number(Desk& desk, Pen& pen, SegmentIndex sac) {
  const auto identifiers = pen.array("identifier");
  write_number(desk, pen, {sac, 3}, "");
}

/// A container beside the first.
void write_further_containers(Desk& desk, Pen& pen, const std::vector<SegmentIndex>& containers) {
  for (std::size_t k = 1; k < containers.size(); ++k) {
    const auto item = pen.item();
    write_container_number(desk, pen, containers[k]);
    write_volume(desk, pen, "capacity", containers[k], 21);
    write_volume(desk, pen, "specimenQuantity", containers[k], 22);
  }
}

void write_container(Desk& desk, Draft& draft, const SpecimenWork& specimen) {
  const SegmentIndex spm = specimen.segments->spm;
  FieldReader& fields = desk.fields();
  const std::vector<SegmentIndex>& sacs = specimen.segments->containers;
  Pen& pen = draft.body;
  const auto containers = pen.array("container");
  {
    const auto item = pen.item();
    if (!sacs.empty()) write_container_number(desk, pen, sacs.front());
    write_concept(desk, pen, "type", {spm, 27});
    if (!sacs.empty()) write_volume(desk, pen, "capacity", sacs.front(), 21);
    if (!write_quantity_field(desk, pen, "specimenQuantity", {spm, 25}) && !sacs.empty())
      write_volume(desk, pen, "specimenQuantity", sacs.front(), 22);
    write_concept(desk, pen, "additiveCodeableConcept", {spm, 6});
  }
  write_further_containers(desk, pen, sacs);
  for (std::uint16_t k = 2; k <= fields.repetitions(spm, 6); ++k)
    extend_concept(desk, draft, "further-additive", {spm, 6, k});
}

/// SPM-30, else SAC-2.
void write_accession(Desk& desk, Pen& pen, std::optional<SegmentIndex> spm,
                     const std::vector<SegmentIndex>& containers) {
  IdentifierReading accession;
  if (spm) accession = read_cx(desk, {*spm, 30});
  if (accession.empty() && !containers.empty()) accession = read_ei(desk, {containers.front(), 2});
  if (accession.empty()) return;
  const auto member = pen.object("accessionIdentifier");
  write_identifier(pen, accession, "ACSN");
}

std::string_view status_of(std::string_view available, bool rejected) {
  if (rejected) return "unsatisfactory";
  if (available == "N") return "unavailable";
  return available == "Y" ? "available" : "";
}

/// SAC-2 beside the accession number of the specimen: the same again, or another, which is kept.
void write_further_accessions(Desk& desk, Pen& pen, std::optional<SegmentIndex> spm,
                              const std::vector<SegmentIndex>& containers) {
  const bool by_spm = spm && !read_cx(desk, {*spm, 30}).empty();
  Text known = by_spm ? desk.fields().code_at(Place{*spm, 30}.part(1)) : Text{};
  for (const SegmentIndex sac : containers) {
    const Text number = desk.fields().code_at(Place{sac, 2}.part(1));
    if (number.empty()) continue;
    if (known.empty() && sac == containers.front()) {
      known = number;  // it is the accession number itself
    } else if (number.text == known.text) {
      desk.fields().set_aside_repeated(Place{sac, 2}, Place{containers.front(), 2});
      desk.fields().set_aside_duplicate(number, known);
    } else {
      write_number(desk, pen, {sac, 2}, "ACSN");
    }
  }
}

void write_spm_numbers(Desk& desk, Pen& pen, SegmentIndex spm,
                       const std::vector<SegmentIndex>& containers) {
  FieldReader& fields = desk.fields();
  const auto identifiers = pen.array("identifier");
  write_number(desk, pen, {spm, 2, 1, 1}, "PLAC");
  write_number(desk, pen, {spm, 2, 1, 2}, "FILL");
  for (std::uint16_t k = 1; k <= fields.repetitions(spm, 31); ++k)
    write_number(desk, pen, {spm, 31, k}, "");
  write_number(desk, pen, {spm, 32}, "SHIP");
  write_further_accessions(desk, pen, spm, containers);
}

void write_parent_specimens(Desk& desk, Pen& pen, SegmentIndex spm) {
  const auto parents = pen.array("parent");
  for (std::uint16_t k = 1; k <= desk.fields().repetitions(spm, 3); ++k) {
    for (std::uint16_t component = 1; component <= 2; ++component) {
      const IdentifierReading parent = read_ei(desk, {spm, 3, k, component});
      if (parent.empty()) continue;
      const auto item = pen.item();
      pen.say("type", "Specimen");
      const auto identifier = pen.object("identifier");
      write_identifier(pen, parent, component == 1 ? "PLAC" : "FILL");
    }
  }
}

/// SPM-20 and 21: a specimen that was rejected is unsatisfactory, whatever is said of its
/// availability; that stays beside it.
void write_specimen_status(Desk& desk, Pen& pen, SegmentIndex spm) {
  const Text available = desk.fields().code_at({spm, 20});
  const bool rejected = desk.fields().populated(spm, 21);
  const std::string_view status = status_of(available.text, rejected);
  if (!rejected) {
    if (!status.empty()) pen.from("status", status, available);
    return;
  }
  pen.say("status", status);
  if (available.empty()) return;
  write_original_status(pen, available);
}

void write_conditions(Desk& desk, Pen& pen, SegmentIndex spm) {
  const auto conditions = pen.array("condition");
  for (const std::uint16_t field : {std::uint16_t{21}, std::uint16_t{24}}) {
    for (std::uint16_t k = 1; k <= desk.fields().repetitions(spm, field); ++k) {
      const Concept said = read_concept(desk, {spm, field, k});
      const auto item = pen.item();
      write_concept(pen, said);
    }
  }
}

void write_spm(Desk& desk, Draft& draft, OrderWork& order, const SpecimenWork& specimen) {
  const SegmentIndex spm = specimen.segments->spm;
  FieldReader& fields = desk.fields();
  Pen& pen = draft.body;
  write_spm_numbers(desk, pen, spm, specimen.segments->containers);
  write_accession(desk, pen, spm, specimen.segments->containers);
  write_specimen_status(desk, pen, spm);
  write_concept(desk, pen, "type", {spm, 4});
  write_subject(draft, order, specimen);
  const bool alone = order.specimens.size() == 1 && order.segments->obr;
  order.wrote_specimen = alone;
  write_time(desk, pen, "receivedTime", "_receivedTime",
             !fields.populated(spm, 18) && alone ? Place{*order.segments->obr, 14} : Place{spm, 18},
             TimeForm::date_time, &draft);
  write_parent_specimens(desk, pen, spm);
  write_collection(desk, draft, spm, alone ? order.segments->obr : std::nullopt);
  write_container(desk, draft, specimen);
  write_conditions(desk, pen, spm);
  {
    const auto notes = pen.array("note");
    for (std::uint16_t k = 1; k <= fields.repetitions(spm, 14); ++k)
      write_note(pen, {"", fields.at({spm, 14, k})});
    for (const SegmentIndex note : specimen.segments->notes) write_note(desk, pen, note, &draft);
  }
  constexpr std::pair<std::uint16_t, const char*> kept[] = {
      {5, "type-modifier"}, {9, "site-modifier"},    {10, "collection-site"},
      {11, "role"},         {15, "handling"},        {16, "risk"},
      {22, "quality"},      {23, "appropriateness"}, {28, "container-condition"}};
  for (const auto& [field, name] : kept) extend_concepts(desk, draft, name, spm, field);
  for (std::uint16_t k = 2; k <= fields.repetitions(spm, 8); ++k)
    extend_concept(desk, draft, "further-body-site", {spm, 8, k});
  if (alone) extend_concept(desk, draft, "danger-code", {*order.segments->obr, 12});
  extend_time(desk, draft, "expires", {spm, 19});
}

StatedSample stated_by_spm(Desk& desk, SegmentIndex spm) {
  SpecimenStatement statement;
  statement.present = true;
  add_codings(read_concept(desk, {spm, 4}), statement.types);
  for (std::uint16_t k = 1; k <= desk.fields().repetitions(spm, 8); ++k)
    add_codings(read_concept(desk, {spm, 8, k}), statement.sites);
  return stated_sample(statement, desk.catalogue());
}

bool is_foreign(const Text& role) {
  return !role.empty() && role.text != "P" && role.text != "G";  // table 0369: patient, group
}

void announce(Desk& desk, SpecimenWork& specimen, const std::string& id) {
  const SegmentIndex spm = specimen.segments->spm;
  specimen.stated = stated_by_spm(desk, spm);
  specimen.foreign = is_foreign(desk.fields().code_at(Place{spm, 11}.part(1)));
  specimen.draft = desk.find("Specimen", id);
  if (specimen.draft != nullptr) {  // the same SPM again, under another OBR
    specimen.written = true;
    if (const Place* first = desk.first_named(id))
      desk.fields().set_aside_repeated(spm, first->segment);
    return;
  }
  specimen.draft = &desk.open("Specimen", id);
  specimen.draft->profiles.push_back("gateway-specimen");
  desk.remember(id, Place{spm, 2});
  desk.owns(spm, *specimen.draft);
}

void raise_specimen_issues(Desk& desk, const SpecimenWork& specimen, const Place& type,
                           const Place& role) {
  if (specimen.stated.unmapped)
    desk.issue("specimen-unmapped", specimen.draft, type, "no row names this specimen code");
  if (specimen.foreign)
    desk.issue("specimen-not-patient", specimen.draft, role,
               "a control or calibrator is not the patient's");
}

/// A component of OBR-15 or SAC-6 (SPS; CM before v2.5).
Place part_of_source(const Place& source, std::uint16_t number) {
  Place place = source;
  place.component = number;
  return place;
}

void write_source_collection(Desk& desk, Draft& draft, SegmentIndex obr, const Place& source,
                             const Concept& site) {
  Pen& pen = draft.body;
  const auto collection = pen.object("collection");
  refer(pen, "collector", practitioner(desk, {obr, 10}));
  write_time(desk, pen, "collectedDateTime", "_collectedDateTime", {obr, 7}, TimeForm::date_time,
             &draft);
  write_quantity_field(desk, pen, "quantity", {obr, 9});
  {
    Concept method = read_concept(desk, part_of_source(source, 6));
    const Text words = desk.fields().at(part_of_source(source, 3));
    const auto member = pen.object("method");
    if (!words.empty()) method.text = words;
    write_concept(pen, method);
  }
  if (site.empty()) return;
  const auto member = pen.object("bodySite");
  write_concept(pen, site);
}

void write_source_containers(Desk& desk, Pen& pen, const std::vector<SegmentIndex>& sacs,
                             const Place& additive) {
  const auto containers = pen.array("container");
  {
    const auto item = pen.item();
    if (!sacs.empty()) {
      write_container_number(desk, pen, sacs.front());
      write_volume(desk, pen, "capacity", sacs.front(), 21);
      write_volume(desk, pen, "specimenQuantity", sacs.front(), 22);
    }
    write_concept(desk, pen, "additiveCodeableConcept", additive);
  }
  write_further_containers(desk, pen, sacs);
}

/// OBR-15, or SAC-6 which is of the same type: type, additive, method text, site, site modifier,
/// method, role (S2).
void open_obr15(Desk& desk, OrderWork& order, const Place& source) {
  const SegmentIndex obr = *order.segments->obr;
  const auto component = [&](std::uint16_t number) { return part_of_source(source, number); };
  SpecimenWork specimen;
  SpecimenStatement statement;
  statement.present = statement.from_obr15 = true;
  const Concept type = read_concept(desk, component(1)), site = read_concept(desk, component(4));
  for (auto [said, into] : {std::pair{&type, &statement.types}, std::pair{&site, &statement.sites}})
    add_codings(*said, *into);
  specimen.stated = stated_sample(statement, desk.catalogue());
  specimen.foreign = is_foreign(desk.fields().code_at(component(7).part(1)));
  specimen.written = true;
  const std::string key = "obr15\x1F" + order.patient->key + "\x1F" + order.number_key;
  const int count = desk.ordinal(key);
  std::vector<std::string_view> parts = {desk.sender(), order.patient->key, order.number_key,
                                         "obr15"};
  const std::string ordinal = std::to_string(count);
  if (count > 1) parts.push_back(ordinal);
  specimen.draft = &desk.open("Specimen", order_id('t', order.head, "Specimen", parts));
  Draft& draft = *specimen.draft;
  draft.profiles.push_back("gateway-specimen");
  Pen& pen = draft.body;
  {
    const auto identifiers = pen.array("identifier");
    write_further_accessions(desk, pen, std::nullopt, order.segments->containers);
  }
  write_accession(desk, pen, std::nullopt, order.segments->containers);
  if (!type.empty()) {
    const auto member = pen.object("type");
    write_concept(pen, type);
  }
  write_subject(draft, order, specimen);
  write_time(desk, pen, "receivedTime", "_receivedTime", {obr, 14}, TimeForm::date_time, &draft);
  write_source_collection(desk, draft, obr, source, site);
  write_source_containers(desk, pen, order.segments->containers, component(2));
  order.wrote_specimen = true;
  extend_concept(desk, draft, "danger-code", {obr, 12});
  extend_concept(desk, draft, "site-modifier", component(5));
  extend_concept(desk, draft, "role", component(7));
  raise_specimen_issues(desk, specimen, source, component(7));
  order.patient->specimens.push_back(specimen);
  order.specimens.push_back(order.patient->specimens.size() - 1);
}

}  // namespace

void announce_specimen(Desk& desk, const PatientWork& patient, SpecimenWork& specimen) {
  if (specimen.draft == nullptr)
    announce(desk, specimen, numbered_id(desk, patient, specimen.segments->spm));
}

void open_specimen(Desk& desk, OrderWork& order, SpecimenWork& specimen) {
  const SegmentIndex spm = specimen.segments->spm;
  if (specimen.draft == nullptr) announce(desk, specimen, specimen_id(desk, order, spm));
  if (specimen.written) return;
  specimen.written = true;
  specimen.draft->source_time = said_at(desk, *order.segments);
  write_spm(desk, *specimen.draft, order, specimen);
  raise_specimen_issues(desk, specimen, {spm, 4}, {spm, 11});
}

void prepare_specimens(Desk& desk, OrderWork& order) {
  order.specimens = order.segments->specimens;
  for (const std::size_t index : order.specimens)
    open_specimen(desk, order, order.patient->specimens[index]);
  if (order.specimens.empty() && order.segments->obr) {
    const Place source{*order.segments->obr, 15};
    const std::vector<SegmentIndex>& containers = order.segments->containers;
    if (desk.fields().populated(source))
      open_obr15(desk, order, source);
    else if (!containers.empty())  // SAC-6 says what OBR-15 would
      open_obr15(desk, order, {containers.front(), 6});
  }
  order.is_control =
      !order.specimens.empty() &&
      std::all_of(order.specimens.begin(), order.specimens.end(),
                  [&](std::size_t k) { return order.patient->specimens[k].foreign; });
}

}  // namespace gateway::mapping
