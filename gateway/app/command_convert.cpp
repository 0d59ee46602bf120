#include <iostream>

#include "gateway/app/command.hpp"
#include "gateway/app/converted_files.hpp"
#include "gateway/fhir/bundle.hpp"
#include "gateway/fhir/json.hpp"
#include "gateway/fhir/outcome.hpp"

namespace gateway::app {
namespace {

std::string bundle_of(const mapping::Conversion& conversion) {
  std::vector<std::pair<fhir::ResourceKey, std::string_view>> resources;
  resources.reserve(conversion.resources.size());
  for (const auto& resource : conversion.resources)
    resources.emplace_back(resource.key, resource.body);
  return fhir::transaction(resources, conversion.identifier);
}

std::string shown(const std::string& json, bool pretty) {
  if (!pretty) return json;
  auto parsed = fhir::parse_json(json);
  return parsed ? parsed->pretty() : json;
}

int convert(const Arguments& arguments) {
  const bool pretty = arguments.has("--pretty");
  return over_messages("convert", arguments, [&](const base::Result<ConvertedMessage>& converted) {
    const std::string json =
        converted ? bundle_of(converted->conversion) : fhir::operation_outcome(converted.error());
    std::cout << shown(json, pretty) << "\n";
  });
}

}  // namespace

const Command& command_convert() {
  static const Command command{
      "convert",
      "[--mappings DIR] [--pretty] FILE…|-",
      "HL7v2 → one FHIR transaction Bundle per message, one line each",
      "Needs no configuration, store or network. Input may be one message, many, or a batch file,\n"
      "with or without MLLP framing. A message that cannot be read gives an OperationOutcome in "
      "its\n"
      "place and exit status 1; the others are still converted.",
      {{"--mappings", "DIR", "mapping files (default: `mappings` here, else the installed ones)"},
       {"--pretty", "", "indented instead of one line a Bundle"}},
      convert};
  return command;
}

}  // namespace gateway::app
