#include "gateway/fhir/patients.hpp"

#include <string>

namespace gateway::fhir {

void each_patient(const Version& version, const std::function<void(std::string_view)>& each) {
  if (version.key.type == "Patient") each(version.key.reference());
  // The rarer part is looked for: of quotes JSON is full.
  constexpr std::string_view before = R"("reference":")", patient = "Patient/";
  const std::string_view body = version.body;
  for (auto at = body.find(patient); at != body.npos; at = body.find(patient, at + 1)) {
    if (!body.substr(0, at).ends_with(before)) continue;
    const auto reference = body.substr(at, body.find('"', at) - at);
    each(reference.substr(0, reference.find_first_of("/#", patient.size())));
  }
}

}  // namespace gateway::fhir
