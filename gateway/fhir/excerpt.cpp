#include "gateway/fhir/excerpt.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include "gateway/base/result.hpp"
#include "gateway/fhir/json.hpp"
#include "gateway/fhir/resource.hpp"

namespace gateway::fhir {
namespace {

/// FHIR R4 (4.0.1), the definition of each type: members that are in its summary (isSummary), and
/// those that must be there (min 1).
struct Row {
  std::string_view type, summary, mandatory;
};
constexpr auto table = std::to_array<Row>({
    {"Patient",
     "identifier active name telecom gender birthDate deceased[x] address managingOrganization "
     "link",
     ""},
    {"Observation",
     "identifier basedOn partOf status code subject focus encounter effective[x] issued performer "
     "value[x] hasMember derivedFrom component",
     "status code"},
    {"DiagnosticReport",
     "identifier status category code subject encounter effective[x] issued performer "
     "resultsInterpreter media",
     "status code"},
    {"Specimen", "identifier accessionIdentifier status type subject receivedTime condition", ""},
    {"ServiceRequest",
     "identifier instantiatesCanonical instantiatesUri basedOn replaces requisition status intent "
     "category priority doNotPerform code orderDetail quantity[x] subject encounter occurrence[x] "
     "asNeeded[x] authoredOn requester performerType performer locationCode locationReference "
     "reasonCode reasonReference specimen bodySite patientInstruction",
     "status intent subject"},
    {"Practitioner", "identifier active name telecom address gender birthDate", ""},
    {"PractitionerRole",
     "identifier active period practitioner organization code specialty location telecom", ""},
    {"Organization", "identifier active type name partOf", ""},
    {"Location",
     "identifier status operationalStatus name description mode type physicalType "
     "managingOrganization",
     ""},
    {"RelatedPerson",
     "identifier active patient relationship name telecom gender birthDate address", "patient"},
    {"Device", "udiCarrier status safety", ""},
    {"Encounter",
     "identifier status class type serviceType subject episodeOfCare participant appointment "
     "reasonCode reasonReference diagnosis",
     "status class"},
    {"MessageHeader",
     "event[x] destination sender enterer author source responsible reason response focus "
     "definition",
     "event[x] source"},
    {"Provenance", "target recorded", "target recorded agent"},
    {"Binary", "contentType securityContext", "contentType"},
    {"DocumentReference",
     "masterIdentifier identifier status docStatus type category subject date author relatesTo "
     "description securityLabel content context",
     "status content"},
    {"Task",
     "instantiatesCanonical instantiatesUri basedOn groupIdentifier partOf status statusReason "
     "businessStatus intent code description focus for encounter executionPeriod lastModified "
     "requester owner location",
     "status intent"},
    {"Group", "identifier active type actual code name quantity managingEntity", "type actual"},
    {"Subscription", "status contact end reason criteria error channel",
     "status reason criteria channel"},
});

/// Does a name of an element mean this member? `value` and `value[x]` mean `valueQuantity`, and
/// each name its extensions (`_birthDate`).
bool means(std::string_view name, std::string_view member) {
  if (member.starts_with('_')) member.remove_prefix(1);
  const bool choice = name.ends_with("[x]");
  if (choice) name.remove_suffix(3);
  if (member == name) return true;
  constexpr std::array<std::string_view, 4> choices = {"value", "effective", "deceased", "event"};
  if (!choice && std::ranges::find(choices, name) == choices.end()) return false;
  return member.size() > name.size() && member.starts_with(name) &&
         std::isupper(static_cast<unsigned char>(member[name.size()])) != 0;
}

bool is_named(std::string_view names, std::string_view member) {
  while (!names.empty()) {
    const auto end = std::min(names.find(' '), names.size());
    if (means(names.substr(0, end), member)) return true;
    names.remove_prefix(std::min(end + 1, names.size()));
  }
  return false;
}

class Choice {
 public:
  Choice(const Excerpt& wanted, std::string_view type) : wanted_(wanted) {
    const auto at = std::ranges::find(table, type, &Row::type);
    if (at != table.end()) row_ = *at;
  }

  bool keeps(std::string_view member) const {
    for (const std::string_view always : {"resourceType", "id", "meta", "implicitRules"})
      if (member == always) return true;
    if (is_named(row_.mandatory, member)) return true;
    switch (wanted_.form) {
      case Excerpt::Form::whole:
        return true;
      case Excerpt::Form::summary:
        return member == "modifierExtension" || is_named(row_.summary, member);
      case Excerpt::Form::text:
        return member == "text";
      case Excerpt::Form::data:
        return member != "text";
      case Excerpt::Form::elements:
        return is_wanted(member);
      case Excerpt::Form::all_but:
        return !is_wanted(member);
    }
    return true;
  }

 private:
  bool is_wanted(std::string_view member) const {
    return std::ranges::any_of(wanted_.names,
                               [&](const auto& name) { return means(name, member); });
  }
  const Excerpt& wanted_;
  Row row_;
};

void mark(Json& resource) {
  Json tag = Json::object();
  tag.set("system", Json::string("http://terminology.hl7.org/CodeSystem/v3-ObservationValue"));
  tag.set("code", Json::string("SUBSETTED"));
  Json& meta = *resource.find("meta");
  if (Json* tags = meta.find("tag"); tags != nullptr && tags->is_array())
    tags->items().push_back(std::move(tag));
  else
    meta.set("tag", Json::array({std::move(tag)}));
}

}  // namespace

std::string without_empty_meta(std::string body) {
  static constexpr std::string_view before = R"(,"meta":{)";
  const std::size_t at = meta_at(body);
  if (body[at] == '}') body.erase(at - before.size(), before.size() + 1);
  return body;
}

std::string excerpt(std::string served, const Excerpt& wanted) {
  if (wanted.form == Excerpt::Form::whole) return served;
  // What is kept was checked when it came, whatever its size.
  auto resource = parse_json(served, {.depth = 128, .values = served.size() + 1});
  base::invariant(resource && resource->has("meta"), "what is served is a resource");
  const std::string type = (*resource)["resourceType"].text();
  const Choice choice(wanted, type);
  auto& members = resource->members();
  const auto before = members.size();
  std::erase_if(members, [&](const Json::Member& member) { return !choice.keeps(member.first); });
  if (members.size() == before) return served;
  mark(*resource);
  return resource->write();
}

}  // namespace gateway::fhir
