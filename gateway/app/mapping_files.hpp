#pragma once
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "gateway/base/result.hpp"
#include "gateway/fhir/artefacts.hpp"
#include "gateway/mapping/catalogue.hpp"

namespace gateway::app {

/// The files of a mappings folder that the catalogue is made of: senders/*.json, rules/*.json,
/// codes/*.csv and
/// *.csv beside them, in order of their names; then `zones/<name>`, the time zones that senders
/// name. Symbolic links are not followed (TRUST T13). Error `configuration`: no such folder, or a
/// file that cannot be read.
base::Result<std::vector<mapping::MappingFile>> read_mapping_files(
    const std::filesystem::path& folder);

/// Reads and compiles a mappings folder. Error `configuration`: its `what` holds every problem of
/// every file, one a line ("mappings/units.csv:41: …; remedy").
base::Result<std::shared_ptr<const mapping::Catalogue>> load_catalogue(
    const std::filesystem::path& folder);

/// The FHIR definitions of a mappings folder, fhir/*.json; a folder without them has none. Error
/// `configuration` naming the file.
base::Result<fhir::Artefacts> load_artefacts(const std::filesystem::path& folder);

/// "FOLDER/codes/x.csv:41: text; remedy"
std::string text_of(const mapping::MappingProblem& problem, const std::filesystem::path& folder);

}  // namespace gateway::app
