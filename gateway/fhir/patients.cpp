#include "gateway/fhir/patients.hpp"

#include <string>

namespace gateway::fhir {

void each_patient(const Version& version, const std::function<void(std::string_view)>& each) {
  if (version.key.type == "Patient") each(version.key.reference());
  constexpr std::string_view before = R"("reference":")", patient = "Patient/";
  const std::string_view body = version.body;
  for (auto at = body.find(before); at != body.npos; at = body.find(before, at)) {
    at += before.size();
    const auto reference = body.substr(at, body.find('"', at) - at);
    if (!reference.starts_with(patient)) continue;
    each(reference.substr(0, reference.find_first_of("/#", patient.size())));
  }
}

}  // namespace gateway::fhir
