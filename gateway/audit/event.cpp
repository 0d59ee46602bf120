#include "gateway/audit/event.hpp"

#include <charconv>
#include <set>

#include "gateway/audit/event_kinds.hpp"
#include "gateway/base/hash.hpp"
#include "gateway/fhir/canonical.hpp"
#include "gateway/fhir/writer.hpp"

namespace gateway::audit {
namespace {

using fhir::JsonWriter;

constexpr std::string_view of_patient = "Patient/";
constexpr std::string_view source_role = "110153", destination_role = "110152";
constexpr std::string_view entity_type = "http://terminology.hl7.org/CodeSystem/audit-entity-type";
constexpr std::string_view object_role = "http://terminology.hl7.org/CodeSystem/object-role";
constexpr std::string_view resource_types = "http://hl7.org/fhir/resource-types";

/// What somebody asked for may be any bytes: only what a name of ours has is shown.
std::string plain(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c < ' ' || c > '~') c = '?';
  return out;
}

/// One AuditEvent of a row on its way into JSON.
class Writing {
 public:
  Writing(const store::AuditRecord& record, const Self& self, std::string_view patient)
      : row_(record.row), record_(record), self_(self), patient_(patient) {}

  std::string write(const std::string& id);

 private:
  bool was_done() const;
  std::string_view outcome() const;
  void meta();
  void coding(std::string_view system, std::string_view code, std::string_view words = {});
  void purpose();
  void agents();
  void agent(std::string_view role, std::string_view words, std::string_view who,
             std::string_view address, std::string_view network, bool is_requestor);
  void who(std::string_view name);
  void source();
  void entities();
  void entity(std::string_view system, std::string_view type, std::string_view role);
  void data(std::string_view reference);
  void others();

  const store::AuditRow& row_;
  const store::AuditRecord& record_;
  const Self& self_;
  const std::string_view patient_;  // "Patient/p…"; "": none
  const EventKind& kind_ = kind_of(row_.event);
  JsonWriter json_;
};

std::string Writing::write(const std::string& id) {
  json_.begin_object().member("resourceType", "AuditEvent").member("id", id);
  meta();
  if (row_.count > 0)
    json_.key("extension")
        .begin_array()
        .begin_object()
        .member("url", fhir::canonical::extension("result-count"))
        .key("valueInteger")
        .integer(row_.count)
        .end_object()
        .end_array();
  json_.key("type");
  coding(kind_.type_system, kind_.type, kind_.type_words);
  if (!kind_.subtype.empty()) {
    json_.key("subtype").begin_array();
    coding(kind_.subtype_system, kind_.subtype);
    json_.end_array();
  }
  json_.member("action", std::string_view(&kind_.action, 1));
  json_.member("recorded", base::to_text(row_.at)).member("outcome", outcome());
  json_.member("outcomeDesc",
               plain(row_.event == "refused" ? row_.outcome + ' ' + row_.detail : row_.outcome));
  purpose();
  agents();
  source();
  entities();
  json_.end_object();
  return json_.take();
}

/// Why a person opened what is masked (TRUST.md §4.3): `detail` begins with it.
void Writing::purpose() {
  if (row_.event != "content-opened") return;
  const auto code = plain(row_.detail.substr(0, row_.detail.find(' ')));
  json_.key("purposeOfEvent").begin_array().begin_object().key("coding").begin_array();
  coding("http://terminology.hl7.org/CodeSystem/v3-ActReason", code);
  json_.end_array().end_object().end_array();
}

std::string_view Writing::outcome() const {
  const std::string_view said = row_.outcome;
  if (said.starts_with('2') || said.starts_with('3') || said == "AA" || said == "CA" ||
      said == "delivered" || said.empty())
    return "0";
  return said.starts_with('5') ? "8" : "4";
}

bool Writing::was_done() const {
  return outcome() == "0";
}

void Writing::meta() {
  json_.key("meta").begin_object();
  const auto profile = patient_.empty() ? kind_.profile : kind_.patient_profile;
  if (was_done() && !profile.empty())
    json_.key("profile")
        .begin_array()
        .string(std::string(balp) + "/StructureDefinition/IHE.BasicAudit." + std::string(profile))
        .end_array();
  json_.end_object();
}

void Writing::coding(std::string_view system, std::string_view code, std::string_view words) {
  json_.begin_object().member("system", system).member("code", code).member_if("display", words);
  json_.end_object();
}

void Writing::who(std::string_view name) {
  json_.begin_object().key("identifier").begin_object().member("value", name).end_object();
  json_.member("display", name).end_object();
}

void Writing::agent(std::string_view role, std::string_view words, std::string_view name,
                    std::string_view address, std::string_view network, bool is_requestor) {
  json_.begin_object().key("type").begin_object().key("coding").begin_array();
  coding(dicom, role, words);
  json_.end_array().end_object().key("who");
  who(name);
  json_.key("requestor").boolean(is_requestor);
  json_.key("network").begin_object().member("address", address).member("type", network);
  json_.end_object().end_object();
}

void Writing::agents() {
  const std::string_view party = row_.agent.empty() ? "anonymous" : std::string_view(row_.agent);
  const bool is_known = !row_.address.empty();  // else by the door it came through
  const std::string_view address = is_known ? row_.address : row_.source;
  const std::string_view network = is_known ? "2" : "1";
  const bool is_reader = kind_.layout == Layout::reading || kind_.layout == Layout::disclosing;
  json_.key("agent").begin_array();
  if (party != self_.instance || kind_.layout != Layout::itself)
    agent(is_reader ? destination_role : source_role,
          is_reader ? "Destination Role ID" : "Source Role ID", party, address, network, true);
  agent(is_reader ? source_role : destination_role,
        is_reader ? "Source Role ID" : "Destination Role ID", self_.instance, self_.base_url, "5",
        party == self_.instance && kind_.layout == Layout::itself);
  json_.end_array();
}

void Writing::source() {
  json_.key("source").begin_object().member("site", self_.instance).key("observer");
  who(self_.instance);
  json_.key("type").begin_array();
  coding("http://terminology.hl7.org/CodeSystem/security-source-type", "4", "Application Server");
  json_.end_array().end_object();
}

/// Leaves the object open for what the entity is.
void Writing::entity(std::string_view system, std::string_view type, std::string_view role) {
  json_.begin_object();
  json_.key("type");
  coding(system, type);
  json_.key("role");
  coding(object_role, role);
}

void Writing::data(std::string_view reference) {
  entity(entity_type, "2", "4");
  json_.key("what").begin_object().member("reference", plain(reference)).end_object();
  if (row_.bytes > 0)
    json_.key("detail")
        .begin_array()
        .begin_object()
        .member("type", "bytes")
        .member("valueString", std::to_string(row_.bytes))
        .end_object()
        .end_array();
  json_.end_object();
}

/// Resources beside the one that BALP has a place for, each by its own type.
void Writing::others() {
  bool is_first = true;
  for (const std::string_view reference : row_.entities) {
    if (reference.starts_with(of_patient)) continue;
    const bool has_place = is_first && kind_.layout == Layout::reading;
    is_first = false;
    if (has_place) {
      data(reference);
      continue;
    }
    entity(resource_types, plain(reference.substr(0, reference.find('/'))), "4");
    if (reference.find('/') != reference.npos)
      json_.key("what").begin_object().member("reference", plain(reference)).end_object();
    else
      json_.member("name", plain(reference));
    json_.end_object();
  }
}

void Writing::entities() {
  const bool keeps_query = kind_.layout == Layout::asking;
  const bool is_arrival = kind_.layout == Layout::writing && record_.arrival != 0;
  const bool reads_patient = kind_.layout == Layout::reading && !row_.entities.empty() &&
                             row_.entities.front().starts_with(of_patient);
  if (row_.entities.empty() && patient_.empty() && !keeps_query && !is_arrival &&
      row_.request_id.empty())
    return;
  json_.key("entity").begin_array();
  if (reads_patient) data(row_.entities.front());
  if (is_arrival || (kind_.layout == Layout::writing && !row_.entities.empty())) {
    entity(entity_type, "2", "4");
    json_.key("what").begin_object().key("identifier").begin_object();
    json_.member("system", fhir::canonical::identifier_system("arrival"));
    json_.member("value", std::to_string(record_.arrival)).end_object().end_object().end_object();
  }
  others();
  if (keeps_query) {
    entity(entity_type, "2", "24");
    json_.member("query", base::base64(row_.detail)).end_object();
  }
  if (!patient_.empty()) {
    entity(entity_type, "1", "1");
    json_.key("what").begin_object().member("reference", patient_).end_object().end_object();
  }
  if (!row_.request_id.empty()) {
    json_.begin_object().key("type");
    coding(std::string(balp) + "/CodeSystem/BasicAuditEntityType", "XrequestId");
    json_.key("what").begin_object().key("identifier").begin_object();
    json_.member("value", row_.request_id).end_object().end_object().end_object();
  }
  json_.end_array();
}

std::set<std::string> patients_of(const store::AuditRecord& record) {
  std::set<std::string> patients;
  if (!record.patient.empty()) patients.insert(std::string(of_patient) + record.patient);
  for (const std::string& entity : record.row.entities)
    if (entity.starts_with(of_patient))
      patients.insert(entity.substr(0, entity.find('/', of_patient.size())));
  return patients;
}

}  // namespace

std::vector<fhir::Version> events_of(const store::AuditRecord& record, const Self& self) {
  const auto patients = patients_of(record);
  std::vector<fhir::Version> out;
  const auto add = [&](std::string_view patient, std::size_t part) {
    std::string id = std::to_string(record.number);
    if (part != 0) id += '-' + std::to_string(part);
    auto body = Writing(record, self, patient).write(id);
    out.push_back({{"AuditEvent", std::move(id)}, 1, record.row.at, false, std::move(body)});
  };
  if (patients.empty()) add("", 0);
  for (const std::string& patient : patients)
    add(patient, patients.size() == 1 ? 0 : out.size() + 1);
  return out;
}

std::optional<EventId> read_event_id(std::string_view id) {
  EventId out;
  const char* const end = id.data() + id.size();
  auto read = std::from_chars(id.data(), end, out.row);
  if (read.ec != std::errc() || out.row < 1) return std::nullopt;
  if (read.ptr == end) return out;
  if (*read.ptr != '-') return std::nullopt;
  read = std::from_chars(read.ptr + 1, end, out.part);
  if (read.ec != std::errc() || read.ptr != end || out.part == 0) return std::nullopt;
  return out;
}

}  // namespace gateway::audit
