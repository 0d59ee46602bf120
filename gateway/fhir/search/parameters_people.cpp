#include "gateway/fhir/search/parameter_tables.hpp"

namespace gateway::fhir::search::tables {
namespace {

constexpr std::string_view genders = "http://hl7.org/fhir/administrative-gender";
constexpr std::string_view gender_words = "Administrative gender";
constexpr std::string_view phone_words = "A telephone number";
constexpr std::string_view mail_words = "An address of mail";

constexpr std::string_view address_elements =
    "address.line|address.city|address.district|address.state|address.postalCode|address.country|"
    "address.text";
constexpr std::string_view address_words = "Beginning of any part of an address";

constexpr auto of_people = std::to_array<Parameter>({
    {"Patient", "identifier", Kind::token, "identifier", identifier_words},
    {"Patient", "name", Kind::string, name_elements, name_words},
    {"Patient", "family", Kind::string, "name.family", family_words},
    {"Patient", "given", Kind::string, "name.given", given_words},
    {"Patient", "birthdate", Kind::date, "birthDate", "Date of birth"},
    coded("Patient", "gender", "gender", genders, gender_words),
    {"Patient", "death-date", Kind::date, "deceasedDateTime", "When the patient died"},
    {"Patient", "deceased", Kind::token, "", "Whether the patient has died: true or false"},
    {"Patient", "active", Kind::token, "active", active_words},
    {"Patient", "language", Kind::token, "communication.language", "Any coding of a language"},
    refers("Patient", "link", "link.other", to_record, "Another record of the same patient"),
    refers("Patient", "organization", "managingOrganization", to_organization, "Who keeps it"),
    refers("Patient", "general-practitioner", "generalPractitioner", to_performer,
           "General practitioner"),

    refers("RelatedPerson", "patient", "patient", to_patient, patient_words),
    {"RelatedPerson", "patient.identifier", Kind::token, "", patient_identifier_words},
    {"RelatedPerson", "identifier", Kind::token, "identifier", identifier_words},
    {"RelatedPerson", "name", Kind::string, name_elements, name_words},
    {"RelatedPerson", "relationship", Kind::token, "relationship",
     "Any coding of the relationship"},
    {"RelatedPerson", "birthdate", Kind::date, "birthDate", "Date of birth"},
    coded("RelatedPerson", "gender", "gender", genders, gender_words),
    {"RelatedPerson", "active", Kind::token, "active", active_words},
    {"RelatedPerson", "telecom", Kind::token, "telecom", telecom_words},
    {"RelatedPerson", "phone", Kind::token, "telecom(phone)", phone_words},
    {"RelatedPerson", "email", Kind::token, "telecom(email)", mail_words},

    {"Practitioner", "identifier", Kind::token, "identifier", identifier_words},
    {"Practitioner", "name", Kind::string, name_elements, name_words},
    {"Practitioner", "family", Kind::string, "name.family", family_words},
    {"Practitioner", "given", Kind::string, "name.given", given_words},
    coded("Practitioner", "gender", "gender", genders, gender_words),
    {"Practitioner", "active", Kind::token, "active", active_words},
    {"Practitioner", "communication", Kind::token, "communication", "Any coding of a language"},
    {"Practitioner", "telecom", Kind::token, "telecom", telecom_words},
    {"Practitioner", "phone", Kind::token, "telecom(phone)", phone_words},
    {"Practitioner", "email", Kind::token, "telecom(email)", mail_words},

    {"PractitionerRole", "identifier", Kind::token, "identifier", identifier_words},
    refers("PractitionerRole", "practitioner", "practitioner", to_practitioner, "Who has it"),
    refers("PractitionerRole", "organization", "organization", to_organization, "For whom"),
    refers("PractitionerRole", "location", "location", to_location, "Where"),
    {"PractitionerRole", "specialty", Kind::token, "specialty", "Any coding of a specialty"},
    {"PractitionerRole", "role", Kind::token, "code", "Any coding of the role"},
    {"PractitionerRole", "date", Kind::date, "period", date_words},
    {"PractitionerRole", "active", Kind::token, "active", active_words},
    {"PractitionerRole", "telecom", Kind::token, "telecom", telecom_words},
    {"PractitionerRole", "phone", Kind::token, "telecom(phone)", phone_words},
    {"PractitionerRole", "email", Kind::token, "telecom(email)", mail_words},

    {"Organization", "identifier", Kind::token, "identifier", identifier_words},
    {"Organization", "name", Kind::string, "name|alias", "Beginning of a name"},
    {"Organization", "type", Kind::token, "type", "Any coding of its kind"},
    {"Organization", "active", Kind::token, "active", active_words},
    {"Organization", "address", Kind::string, address_elements, address_words},
    {"Organization", "address-city", Kind::string, "address.city", "Beginning of a city"},
    {"Organization", "address-country", Kind::string, "address.country", "Beginning of a country"},
    {"Organization", "address-postalcode", Kind::string, "address.postalCode",
     "Beginning of a postal code"},
    {"Organization", "address-state", Kind::string, "address.state", "Beginning of a state"},
    coded("Organization", "address-use", "address.use", "http://hl7.org/fhir/address-use",
          "What the address is used for"),
    refers("Organization", "partof", "partOf", to_organization, "What it is part of"),

    {"Location", "identifier", Kind::token, "identifier", identifier_words},
    {"Location", "name", Kind::string, "name|alias", "Beginning of a name"},
    {"Location", "type", Kind::token, "type", "Any coding of its kind"},
    coded("Location", "status", "status", "http://hl7.org/fhir/location-status", status_words),
    {"Location", "operational-status", Kind::token, "operationalStatus", "State of a bed or room"},
    refers("Location", "organization", "managingOrganization", to_organization, "Who runs it"),
    {"Location", "address", Kind::string, address_elements, address_words},
    {"Location", "address-city", Kind::string, "address.city", "Beginning of a city"},
    {"Location", "address-country", Kind::string, "address.country", "Beginning of a country"},
    {"Location", "address-postalcode", Kind::string, "address.postalCode",
     "Beginning of a postal code"},
    {"Location", "address-state", Kind::string, "address.state", "Beginning of a state"},
    coded("Location", "address-use", "address.use", "http://hl7.org/fhir/address-use",
          "What the address is used for"),
    refers("Location", "partof", "partOf", to_location, "What it is part of"),

    refers("Device", "patient", "patient", to_patient, patient_words),
    {"Device", "patient.identifier", Kind::token, "", patient_identifier_words},
    {"Device", "identifier", Kind::token, "identifier", identifier_words},
    {"Device", "device-name", Kind::string, "deviceName.name|type.text|type.coding.display",
     "Beginning of a name"},
    {"Device", "manufacturer", Kind::string, "manufacturer", "Beginning of who made it"},
    {"Device", "model", Kind::string, "modelNumber", "Beginning of the model's number"},
    {"Device", "type", Kind::token, "type", "Any coding of its kind"},
    coded("Device", "status", "status", "http://hl7.org/fhir/device-status", status_words),
    {"Device", "url", Kind::uri, "url", "Where it is reached"},
    refers("Device", "organization", "owner", to_organization, "Whose it is"),
    refers("Device", "location", "location", to_location, "Where it is"),
});

}  // namespace

std::span<const Parameter> people() {
  return of_people;
}

}  // namespace gateway::fhir::search::tables
