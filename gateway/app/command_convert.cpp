#include <iostream>

#include "gateway/app/command.hpp"
#include "gateway/app/converted_files.hpp"
#include "gateway/app/mapping_files.hpp"
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
  if (arguments.words.empty()) {
    return could_not_run("convert", {base::ErrorKind::malformed, "converts what?", "",
                                     "name files with messages, or - for standard input"});
  }
  const auto catalogue = load_catalogue(mappings_folder(arguments));
  if (!catalogue) return could_not_run("convert", catalogue.error());
  const bool pretty = arguments.has("--pretty");
  bool all_read = true;
  const auto done = for_each_message(
      arguments.words, **catalogue, [&](const base::Result<ConvertedMessage>& converted) {
        all_read = all_read && static_cast<bool>(converted);
        const std::string json = converted ? bundle_of(converted->conversion)
                                           : fhir::operation_outcome(converted.error());
        std::cout << shown(json, pretty) << "\n";
      });
  std::cout.flush();
  if (!std::cout)
    return could_not_run("convert", {base::ErrorKind::unavailable, "the output cannot be written",
                                     "", "is the disk full, or the reader gone?"});
  if (!done) return could_not_run("convert", done.error());
  return all_read ? 0 : 1;
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
