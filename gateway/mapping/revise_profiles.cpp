// meta.profile of a result whose components changed by an update (DOMAIN.md §7, S14): what
// profiles.cpp decides where a message is converted, decided again on what stands.
#include <algorithm>

#include "gateway/fhir/canonical.hpp"
#include "gateway/mapping/revise_elements.hpp"
#include "gateway/mapping/revise_resource.hpp"
#include "gateway/mapping/sample_type.hpp"

namespace gateway::mapping {
namespace {

using fhir::Json;

std::string_view first_code_of(const Json& concept_of, std::string_view system) {
  const auto& codings = concept_of["coding"].items();
  if (codings.empty() || codings.front()["system"].text() != system) return {};
  return codings.front()["code"].text();
}

std::string_view own_code(const Json& concept_of) {
  static const std::string ours = fhir::canonical::code_system(fhir::canonical::observation_codes);
  return first_code_of(concept_of, ours);
}

bool is_of_blood(const Json& observation) {
  static const std::string url = fhir::canonical::extension("sample-type");
  static const std::string system = fhir::canonical::code_system("sample-type");
  for (const Json& extension : observation["extension"].items())
    if (extension["url"].text() == url)
      return family_of(first_code_of(extension["valueCodeableConcept"], system)) == "blood";
  return false;
}

/// How many components of that code there are, and whether each has a value of that type.
struct Parts {
  std::size_t count = 0;
  bool typed = true;
};
Parts parts_of(const Json& observation, std::string_view code, std::string_view value) {
  Parts parts;
  for (const Json& part : observation["component"].items()) {
    if (own_code(part["code"]) != code) continue;
    ++parts.count;
    parts.typed = parts.typed && part.has(value);
  }
  return parts;
}

bool is_known_additive(const Json& observation) {
  static const std::string system = fhir::canonical::code_system("in-vitro-additive");
  const auto& parts = observation["component"].items();
  return std::any_of(parts.begin(), parts.end(), [](const Json& part) {
    return own_code(part["code"]) == "in-vitro-additive" &&
           !first_code_of(part["valueCodeableConcept"], system).empty();
  });
}

bool meets_cytotoxicity(const Json& observation) {
  const Parts ratio = parts_of(observation, "et-ratio", "valueRatio");
  const Parts additive = parts_of(observation, "in-vitro-additive", "valueCodeableConcept");
  return ratio.count == 1 && ratio.typed && additive.count == 1 && is_known_additive(observation) &&
         is_of_blood(observation);
}

bool meets_uterine(const Json& observation) {
  const Parts layer = parts_of(observation, "endometrial-compartment", "valueCodeableConcept");
  const Parts fields = parts_of(observation, "fields-counted", "valueInteger");
  return layer.count <= 1 && layer.typed && fields.count <= 1 && fields.typed;
}

bool meets_pressure(const Json& observation) {
  const auto& halves = observation["component"].items();
  return halves.size() == 2 && std::all_of(halves.begin(), halves.end(), [](const Json& half) {
           const Json* value = half.find("valueQuantity");
           return value != nullptr ? (*value)["code"].text() == "mm[Hg]"
                                   : half.has("dataAbsentReason");
         });
}

std::vector<Json>::iterator claim(std::vector<Json>& claims, const std::string& url) {
  return std::find_if(claims.begin(), claims.end(),
                      [&](const Json& one) { return one.text() == url; });
}

}  // namespace

void settle_profiles(Json& observation) {
  Json* meta = observation.find("meta");
  if (meta == nullptr || meta->find("profile") == nullptr) return;
  auto& claims = meta->find("profile")->items();
  const auto drop_unless = [&](bool met, const std::string& url) {
    if (const auto at = claim(claims, url); at != claims.end() && !met) claims.erase(at);
  };
  const std::string lysis = fhir::canonical::profile("nk-cytotoxicity");
  const bool met = meets_cytotoxicity(observation);
  drop_unless(met, lysis);
  // The update itself may have lacked the row that stands.
  if (met && own_code(observation["code"]) == "nk-cytotoxicity" &&
      claim(claims, lysis) == claims.end())
    claims.insert(claims.begin() + 1, Json::string(lysis));
  drop_unless(meets_uterine(observation), fhir::canonical::profile("uterine-nk"));
  drop_unless(meets_pressure(observation), std::string(fhir::canonical::pressure_profile));
}

}  // namespace gateway::mapping
