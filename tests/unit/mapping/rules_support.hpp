#pragma once
#include <string>
#include <vector>

#include "tests/support/conversions.hpp"

/// Messages for rules of DOMAIN.md, and what is looked at in their results.
namespace rules {

using gateway::fhir::Json;
using tests::code_of;
using tests::context;
using tests::has_tag;

inline std::string message(const std::string& rest, const char* sex = "F") {
  return "MSH|^~\\&|LABX|XF|GW|H|20250322120000+0100||ORU^R01|C1|P|2.5.1\n"
         "PID|1||P1^^^CLINIC^MR||Doe^Jane||19900101|" +
         std::string(sex) + "\n" + rest;
}
inline const std::string obr = "OBR|1|P1|F1|X^Panel^L|||20250322093000+0100\n";

inline const Json& first(const tests::Converted& converted, std::string_view code) {
  return *converted.observations(code).at(0);
}

inline const Json& extension_of(const Json& resource, std::string_view name) {
  static const Json none;
  for (const Json& extension : resource["extension"].items())
    if (extension["url"].text().ends_with("/" + std::string(name))) return extension;
  return none;
}

inline std::string sample(const Json& observation) {
  return code_of(extension_of(observation, "sample-type")["valueCodeableConcept"]);
}

inline std::vector<std::string> notes(const Json& resource) {
  std::vector<std::string> all;
  for (const Json& note : resource["note"].items()) all.push_back(note["text"].text());
  return all;
}

inline const Json& component(const Json& observation, std::string_view code) {
  static const Json none;
  for (const Json& part : observation["component"].items())
    if (code_of(part["code"]) == code) return part;
  return none;
}

}  // namespace rules
