// The tables that are looked up by one code: coding systems, values, units, specimens, authorities.
#include <algorithm>
#include <array>
#include <tuple>

#include "gateway/fhir/canonical.hpp"
#include "gateway/fhir/uri.hpp"
#include "gateway/mapping/catalogue_builder.hpp"
#include "gateway/mapping/code_words.hpp"
#include "gateway/mapping/folding.hpp"
#include "gateway/mapping/spelling.hpp"

namespace gateway::mapping {
namespace {

using Columns3 = std::array<std::string_view, 3>;
constexpr Columns3 coding_system_columns{"name", "uri", "says_who"};
constexpr Columns3 published_columns{"system", "codes", "says_who"};
constexpr Columns3 value_columns{"system", "code", "display"};
constexpr Columns3 unit_columns{"unit", "ucum", "says_who"};
constexpr std::array<std::string_view, 5> specimen_columns{"table", "code", "sample_type",
                                                           "site_type", "says_who"};
constexpr Columns3 authority_columns{"authority", "system", "says_who"};

constexpr const char* uri_remedy =
    "write a URI that begins with http://, https:// or urn:, without blanks";

}  // namespace

void CatalogueBuilder::add_coding_systems() {
  static const std::string path = "coding_systems.csv";
  for (const CsvRow& row : table(path, coding_system_columns)) {
    const Place place{path, row.line};
    if (row.cells[0].empty()) problem(place, "the name is empty", "write the code of table 0396");
    if (!fhir::is_uri(row.cells[1])) problem(place, row.cells[1] + " is no URI", uri_remedy);
    if (!first_of_its_key(place, row.cells[0], row.cells[0])) continue;
    catalogue_->systems_.emplace(row.cells[0], row.cells[1]);
    catalogue_->first_names_.emplace(row.cells[1], row.cells[0]);
  }
}

/// Codes of published systems, so that a code its system does not hold stays the sender's own. The
/// file may be absent: then every code is believed.
void CatalogueBuilder::add_published_codes() {
  static const std::string path = "published_codes.csv";
  if (file(path) == nullptr) return;
  for (const CsvRow& row : table(path, published_columns)) {
    const Place place{path, row.line};
    if (!fhir::is_uri(row.cells[0])) problem(place, row.cells[0] + " is no URI", uri_remedy);
    if (!first_of_its_key(place, row.cells[0], row.cells[0])) continue;
    auto& codes = catalogue_->published_[row.cells[0]];
    for (std::string& code : words_of(row.cells[1])) codes.insert(std::move(code));
  }
}

void CatalogueBuilder::add_values() {
  static const std::string path = "codes/values.csv";
  for (const CsvRow& row : table(path, value_columns)) {
    const Place place{path, row.line};
    // Terms of SNOMED CT are not ours to give: a code of it comes without, unless the sender says
    // it.
    const bool may_lack_display = row.cells[0] == "sct";
    if (row.cells[0].empty() || row.cells[1].empty() ||
        (row.cells[2].empty() && !may_lack_display)) {
      problem(place, "a cell is empty", "a value has a system, a code and a display");
      continue;
    }
    const std::string key = joined_key({uri_of(row.cells[0]), row.cells[1]});
    if (!first_of_its_key(place, key, row.cells[0] + " " + row.cells[1])) continue;
    catalogue_->displays_.emplace(key, row.cells[2]);
  }
}

bool CatalogueBuilder::known_value(std::string_view system, std::string_view code) const {
  return catalogue_->displays_.contains(joined_key({uri_of(system), code}));
}

std::vector<std::string> CatalogueBuilder::codes_of(std::string_view uri) const {
  const std::string prefix = std::string(uri) + '\x1F';
  std::vector<std::string> codes;
  for (const auto& [key, display] : catalogue_->displays_) {
    if (key.starts_with(prefix))
      codes.push_back(key.substr(prefix.size(), key.size() - prefix.size() - 1));
  }
  std::sort(codes.begin(), codes.end());
  return codes;
}

void CatalogueBuilder::add_units() {
  static const std::string path = "units.csv";
  for (const CsvRow& row : table(path, unit_columns)) {
    const Place place{path, row.line};
    const std::string folded = folded_unit(row.cells[0]);
    if (folded.empty()) problem(place, "the unit is empty", "write it as the laboratory sends it");
    if (!is_ucum(row.cells[1])) {
      problem(place, row.cells[1] + " is no UCUM code", "see ucum.org; units are case-sensitive");
    }
    if (!first_of_its_key(place, folded, "unit " + row.cells[0])) continue;
    catalogue_->units_.emplace(folded, row.cells[1]);
  }
}

void CatalogueBuilder::add_specimens() {
  static const std::string path = "specimens.csv";
  const auto sample_types = codes_of(uri_of("sample-type"));
  for (const CsvRow& row : table(path, specimen_columns)) {
    const Place place{path, row.line};
    const auto& [code_table, code, type, site] =
        std::tie(row.cells[0], row.cells[1], row.cells[2], row.cells[3]);
    if (code_table.empty() || code.empty() || (type.empty() && site.empty())) {
      problem(place, "a cell is empty",
              "a specimen has a table, a code, and a sample type or a site type");
      continue;
    }
    for (const std::string& word : {type, site}) {
      if (!word.empty() && !known_value("sample-type", word)) {
        problem(place, word + " is no sample type",
                did_you_mean(word, sample_types, "see sample-type in codes/values.csv"));
      }
    }
    const std::string key = joined_key({catalogue_->system_key(code_table), code});
    if (!first_of_its_key(place, key, code_table + " " + code)) continue;
    catalogue_->specimens_.emplace(key, SpecimenRow{type, site});
  }
}

void CatalogueBuilder::add_authorities() {
  static const std::string path = "authorities.csv";
  for (const CsvRow& row : table(path, authority_columns)) {
    const Place place{path, row.line};
    if (row.cells[0].empty()) problem(place, "the authority is empty", "write its name or OID");
    if (!fhir::is_uri(row.cells[1])) problem(place, row.cells[1] + " is no URI", uri_remedy);
    if (!first_of_its_key(place, row.cells[0], "authority " + row.cells[0])) continue;
    catalogue_->authorities_.emplace(row.cells[0], row.cells[1]);
  }
}

}  // namespace gateway::mapping
