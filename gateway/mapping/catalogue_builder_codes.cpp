// codes/<map>.csv: what a laboratory's own codes mean. codes/answers.csv: what its answers mean.
#include <algorithm>
#include <array>
#include <charconv>

#include "gateway/base/decimal.hpp"
#include "gateway/base/time.hpp"
#include "gateway/fhir/canonical.hpp"
#include "gateway/mapping/catalogue_builder.hpp"
#include "gateway/mapping/code_words.hpp"
#include "gateway/mapping/cycle_language.hpp"
#include "gateway/mapping/cycle_words.hpp"
#include "gateway/mapping/folding.hpp"
#include "gateway/mapping/sample_type.hpp"
#include "gateway/mapping/spelling.hpp"

namespace gateway::mapping {
namespace {

constexpr std::array<std::string_view, 10> map_columns{
    "system",      "code", "target_system", "target",     "components",
    "sample_type", "unit", "decided_by",    "decided_on", "reason"};
constexpr std::array<std::string_view, 9> answer_columns{"map",        "question",      "system",
                                                         "code",       "target_system", "target",
                                                         "decided_by", "decided_on",    "reason"};

constexpr std::array reserved{std::string_view("targets"), std::string_view("values"),
                              std::string_view("answers")};

/// "codes/samples.csv" → "samples"; "" for the tables beside the maps.
std::string map_name(std::string_view path) {
  if (!path.starts_with("codes/") || !path.ends_with(".csv")) return {};
  const std::string_view name = path.substr(6, path.size() - 10);
  if (std::find(reserved.begin(), reserved.end(), name) != reserved.end()) return {};
  return std::string(name);
}

bool is_day(std::string_view text) {
  const auto time = base::parse_fhir_time(text);
  return time && time->precision == base::PartialTime::Precision::day;
}

/// "12.5:1"
bool is_proportion(std::string_view text) {
  const auto colon = text.find(':');
  return colon != std::string_view::npos && base::DecimalText::parse(text.substr(0, colon)) &&
         base::DecimalText::parse(text.substr(colon + 1));
}

bool is_whole(std::string_view text) {
  return !text.empty() && text.size() <= 9 &&
         text.find_first_not_of("0123456789") == std::string_view::npos;
}

}  // namespace

void CatalogueBuilder::add_code_maps() {
  for (const MappingFile& map : *files_) {
    const std::string name = map_name(map.path);
    if (name.empty()) continue;
    if (!is_mapping_name(name)) {
      problem({map.path, 0}, "the file name is not allowed",
              "use letters, digits and hyphens, at most 64");
      continue;
    }
    auto& rows = catalogue_->codes_[name];
    for (const CsvRow& row : rows_of(map, map_columns)) add_code_row(map, row, rows);
  }
}

void CatalogueBuilder::add_code_row(const MappingFile& map, const CsvRow& row,
                                    Catalogue::Table<CodeRow>& into) {
  const Place place{map.path, row.line};
  CodeRow out;
  out.system = row.cells[0];
  out.code = row.cells[1];
  if (out.code.empty())
    problem(place, "the code is empty", "write the code as the laboratory sends it");
  if (catalogue_->system_key(out.system) == fhir::canonical::loinc) {
    problem(place, "this row is never reached: LOINC codes are taken as they are sent",
            "remove the row, or write the laboratory's own coding system");
  }
  if (out.system.empty()) {
    problem(place, "the coding system is empty", "write OBX-3.3 as it is sent, or * for any");
  }
  out.target = find_target(place, row.cells[2], row.cells[3]);
  out.implied = components(place, row.cells[4]);
  if (out.target != nullptr)
    for (const ImpliedComponent& one : out.implied)
      catalogue_->implied_.insert(joined_key({out.target->code, one.code}));
  out.sample_type = row.cells[5];
  if (!out.sample_type.empty() && !known_value("sample-type", out.sample_type)) {
    problem(place, out.sample_type + " is no sample type",
            did_you_mean(out.sample_type, codes_of(uri_of("sample-type")),
                         "see sample-type in codes/values.csv"));
  }
  out.unit = row.cells[6];
  if (!out.unit.empty() && !is_ucum(out.unit)) {
    problem(place, out.unit + " is no UCUM code", "see ucum.org; units are case-sensitive");
  } else if (!out.unit.empty() && out.target != nullptr && !unit_fits(*out.target, out.unit)) {
    problem(place, "unit " + out.unit + " does not measure the property of " + out.target->code,
            "correct the unit or the target");
  }
  if (out.target != nullptr && (out.target->component || out.target->context) &&
      !out.implied.empty()) {
    problem(place, out.target->code + " is no result, so components cannot hang on it",
            "leave the components empty");
  }
  out.decided_by = row.cells[7];
  out.decided_on = row.cells[8];
  check_decision(place, out.decided_by, out.decided_on);
  const std::string key = joined_key({catalogue_->system_key(out.system), out.code});
  if (!first_of_its_key(place, key, "code " + out.code + " of " + out.system)) return;
  if (out.target != nullptr) into.emplace(key, std::move(out));
}

/// W7: an order of this name is watched for this; known by the small code system alone.
const TargetCode* CatalogueBuilder::find_monitoring(Place place, const std::string& code) {
  const std::string uri = uri_of("monitoring");
  if (!known_value("monitoring", code)) {
    problem(place, code + " is no kind of monitoring",
            did_you_mean(code, codes_of(uri), "see monitoring in codes/values.csv"));
    return nullptr;
  }
  TargetCode target;
  target.system = uri;
  target.code = code;
  target.display = catalogue_->display(uri, code);
  target.monitoring = true;
  return &catalogue_->targets_.emplace(joined_key({uri, code}), std::move(target)).first->second;
}

const TargetCode* CatalogueBuilder::find_target(Place place, const std::string& system,
                                                const std::string& code) {
  if (system == "monitoring") return find_monitoring(place, code);
  if (system != "loinc" && system != "RIO") {
    problem(place, system + " is no system of targets", "write loinc, RIO or monitoring");
    return nullptr;
  }
  if (!good_code(place, system, code)) return nullptr;
  const std::string uri = uri_of(system);
  const auto found = catalogue_->targets_.find(joined_key({uri, code}));
  if (found == catalogue_->targets_.end()) {
    std::vector<std::string> known;
    for (const auto& [key, target] : catalogue_->targets_) {
      if (target.system == uri && system == "RIO") known.push_back(target.code);
    }
    problem(place, "target " + code + " is not in codes/targets.csv",
            did_you_mean(code, known, "add its row there first"));
    return nullptr;
  }
  if (found->second.as_sent_only) {
    problem(place, code + " is taken when it is sent, but is no target for a code map",
            "choose another target; flags in codes/targets.csv");
  }
  return &found->second;
}

std::vector<ImpliedComponent> CatalogueBuilder::components(Place place, std::string_view text) {
  std::vector<ImpliedComponent> out;
  while (!text.empty()) {
    const auto end = std::min(text.find(';'), text.size());
    const std::string_view part = without_edge_blanks(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    const auto equals = part.find('=');
    if (equals == std::string_view::npos) {
      problem(place, "component " + std::string(part) + " has no value",
              "write name=value, separated by ;");
      continue;
    }
    ImpliedComponent component{std::string(part.substr(0, equals)),
                               std::string(part.substr(equals + 1))};
    const bool twice = std::any_of(out.begin(), out.end(),
                                   [&](const auto& other) { return other.code == component.code; });
    if (twice) problem(place, "component " + component.code + " is said twice", "keep one");
    if (good_component(place, component)) out.push_back(std::move(component));
  }
  return out;
}

bool CatalogueBuilder::good_component(Place place, const ImpliedComponent& component) {
  const std::string uri = uri_of("RIO");
  const auto target = catalogue_->targets_.find(joined_key({uri, component.code}));
  if (target == catalogue_->targets_.end() || !target->second.component) {
    std::vector<std::string> known;
    for (const auto& [key, row] : catalogue_->targets_) {
      if (row.component) known.push_back(row.code);
    }
    problem(
        place, "component " + component.code + " does not exist",
        did_you_mean(component.code, known, "see the rows of codes/targets.csv marked component"));
    return false;
  }
  const std::string& form = target->second.value_form;
  if (form == "coded" && !known_value(component.code, component.value)) {
    problem(place, component.value + " is no " + component.code,
            did_you_mean(component.value, codes_of(uri_of(component.code)),
                         "see " + component.code + " in codes/values.csv"));
    return false;
  }
  if (form == "ratio" && !is_proportion(component.value)) {
    problem(place, component.code + " " + component.value + " is no ratio", "write it as 12.5:1");
    return false;
  }
  if (form == "integer" && !is_whole(component.value)) {
    problem(place, component.code + " " + component.value + " is no whole number", "write digits");
    return false;
  }
  return true;
}

void CatalogueBuilder::check_decision(Place place, const std::string& by, const std::string& on) {
  if (by.empty()) problem(place, "nobody decided this row", "write who decided it in decided_by");
  if (!is_day(on)) problem(place, "decided_on is no date", "write it as 2025-03-22");
}

void CatalogueBuilder::add_answers() {
  static const std::string path = "codes/answers.csv";
  for (const CsvRow& row : table(path, answer_columns)) {
    const Place place{path, row.line};
    const std::string& map = row.cells[0];
    AnswerRow out;
    out.question = row.cells[1];
    out.system = row.cells[2];
    out.code = row.cells[3];
    out.target_system = uri_of(row.cells[4]);
    out.target_code = row.cells[5];
    if (map != "*" && !catalogue_->codes_.contains(map)) {
      problem(place, "there is no code map " + map, "write the name of a file in codes/, or *");
    }
    const bool asked =
        std::any_of(catalogue_->targets_.begin(), catalogue_->targets_.end(),
                    [&](const auto& entry) { return entry.second.code == out.question; });
    if (!asked) {
      problem(place, "question " + out.question + " is not in codes/targets.csv",
              "write the code whose answer this is");
    }
    if (out.code.empty() || out.system.empty()) {
      problem(place, "a cell is empty",
              "write coding system and code as they are sent, or * for any system");
    }
    check_answer_target(place, out, row.cells[4]);
    check_decision(place, row.cells[6], row.cells[7]);
    const std::string key =
        joined_key({map, out.question, catalogue_->system_key(out.system), out.code});
    if (!first_of_its_key(place, key, "answer " + out.code + " to " + out.question)) continue;
    out.target_display = catalogue_->display(out.target_system, out.target_code);
    if (out.system == "*" && out.target_system == fhir::canonical::v2_table("0136"))
      catalogue_->yes_or_no_[joined_key({map, out.question})].emplace(
          without_accents(whole_answer(out.code)), out);
    catalogue_->answers_.emplace(key, std::move(out));
  }
}

void CatalogueBuilder::check_answer_target(Place place, const AnswerRow& row,
                                           const std::string& word) {
  if (known_value(word, row.target_code)) return;
  problem(place, word + " " + row.target_code + " is not in codes/values.csv",
          did_you_mean(row.target_code, codes_of(row.target_system), "add its row there first"));
}

}  // namespace gateway::mapping
