// codes/targets.csv: what the codes are that results may carry.
#include <algorithm>
#include <array>

#include "gateway/mapping/catalogue_builder.hpp"
#include "gateway/mapping/code_words.hpp"
#include "gateway/mapping/folding.hpp"
#include "gateway/mapping/sample_type.hpp"
#include "gateway/mapping/spelling.hpp"

namespace gateway::mapping {
namespace {

constexpr std::array<std::string_view, 12> target_columns{
    "system", "code",    "display",   "axis",  "property",   "unit",
    "panel",  "context", "component", "flags", "value_form", "says_who"};
enum Column : std::size_t {
  system,
  code,
  display,
  axis,
  property,
  unit,
  panel,
  context,
  component,
  flags,
  value_form
};

const std::vector<std::string>& value_forms() {
  static const std::vector<std::string> forms{"date",  "integer", "gestation",
                                              "coded", "text",    "ratio"};
  return forms;
}

}  // namespace

void CatalogueBuilder::add_targets() {
  static const std::string path = "codes/targets.csv";
  for (const CsvRow& row : table(path, target_columns)) {
    const Place place{path, row.line};
    const std::string& word = row.cells[system];
    if (word != "loinc" && word != "RIO") {
      problem(place, word + " is no system of targets", "write loinc or RIO");
      continue;
    }
    if (!good_code(place, word, row.cells[code])) continue;
    TargetCode target;
    target.system = uri_of(word);
    target.code = row.cells[code];
    target.display = row.cells[display];
    target.panel = row.cells[panel];
    target.context_kind = row.cells[context];
    target.context = !target.context_kind.empty();
    target.unit = row.cells[unit];
    read_target_words(place, row, target);
    check_target_units(place, target);
    const std::string key = joined_key({target.system, target.code});
    if (!first_of_its_key(place, key, word + " " + target.code)) continue;
    if (!target.display.empty()) catalogue_->displays_.emplace(key, target.display);
    catalogue_->targets_.emplace(key, std::move(target));
  }
}

bool CatalogueBuilder::good_code(Place place, std::string_view word, const std::string& text) {
  if (word != "loinc") {
    if (!text.empty()) return true;
    problem(place, "the code is empty", "write the code");
    return false;
  }
  if (is_loinc(text)) return true;
  const std::string right = corrected_loinc(text);
  if (right != text) {
    problem(place, "LOINC " + text + " has a wrong check digit", "did you mean " + right + "?");
  } else {
    problem(place, text + " has not the form of a LOINC code", "write it as 8112-5");
  }
  return false;
}

void CatalogueBuilder::read_target_words(Place place, const CsvRow& row, TargetCode& target) {
  if (const auto known = axis_named(row.cells[axis])) {
    target.axis = *known;
  } else {
    problem(place, row.cells[axis] + " is no system axis",
            did_you_mean(row.cells[axis], axis_words(), "see mappings/REFERENCE.md"));
  }
  if (const auto known = property_named(row.cells[property])) {
    target.property = *known;
  } else {
    problem(place, row.cells[property] + " is no property",
            did_you_mean(row.cells[property], property_words(), "see mappings/REFERENCE.md"));
  }
  target.component = row.cells[component] == "yes";
  if (!target.component && !row.cells[component].empty()) {
    problem(place, "component says " + row.cells[component], "write yes, or leave it empty");
  }
  for (const std::string& flag : words_of(row.cells[flags])) {
    if (flag == "nk") {
      target.natural_killer = true;
    } else if (flag == "vital") {
      target.vital_sign = true;
    } else if (flag == "additive") {
      target.says_additive = true;
    } else if (flag == "as-sent") {
      target.as_sent_only = true;
    } else {
      problem(place, flag + " is no flag",
              did_you_mean(flag, {"nk", "vital", "additive", "as-sent"}, "remove it"));
    }
  }
  target.value_form = row.cells[value_form];
  const auto& forms = value_forms();
  if (!target.value_form.empty() &&
      std::find(forms.begin(), forms.end(), target.value_form) == forms.end()) {
    problem(place, target.value_form + " is no form of a value",
            did_you_mean(target.value_form, forms, "leave it empty"));
  }
  if ((target.context || target.component) && target.value_form.empty()) {
    problem(place, "the form of the value is missing",
            "context rows and components need one: date, integer, gestation, coded, text or ratio");
  }
}

void CatalogueBuilder::check_target_units(Place place, const TargetCode& target) {
  for (const std::string& word : words_of(target.unit)) {
    if (!is_ucum(word)) {
      problem(place, word + " is no UCUM code", "see ucum.org; units are case-sensitive");
    } else if (!unit_fits(target.property, word)) {
      problem(place, "unit " + word + " does not measure the property of " + target.code,
              "correct the unit or the property");
    }
  }
}

}  // namespace gateway::mapping
