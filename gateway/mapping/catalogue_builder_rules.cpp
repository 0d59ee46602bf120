// rules/<name>.json: a site's own follow-up conventions (DOMAIN.md E3, E4, W3, W4).
#include <algorithm>
#include <array>
#include <utility>

#include "gateway/mapping/catalogue_builder.hpp"
#include "gateway/mapping/code_words.hpp"
#include "gateway/mapping/folding.hpp"
#include "gateway/mapping/sample_type.hpp"
#include "gateway/mapping/site_rule_file.hpp"
#include "gateway/mapping/site_rule_words.hpp"
#include "gateway/mapping/spelling.hpp"

namespace gateway::mapping {
namespace {

constexpr std::string_view rule_folder = "rules/", rule_ending = ".json";

/// Codes that stand in for a withheld one say nothing a rule could look at (E4).
constexpr std::array stand_ins{std::string_view("nk-unspecified-method-tissue"),
                               std::string_view("result-code-withheld")};

bool is_stand_in(std::string_view code) {
  return std::find(stand_ins.begin(), stand_ins.end(), code) != stand_ins.end();
}

/// E4: the BLOOD family, urine and vital signs.
bool may_be_watched(std::string_view sample_type) {
  return family_of(sample_type) == "blood" || sample_type == "urine" ||
         sample_type == "not-a-specimen";
}

/// Can a result with this code have this sample type (S4–S11)?
bool is_reached(const TargetCode& target, const std::string& type) {
  StatedSample stated;
  if (sample_type(stated, &target, "").type == type) return true;
  stated.type = type;
  stated.source = "spm";
  const SampleType decided = sample_type(stated, &target, "");
  return decided.type == type && decided.code != SampleType::Code::withheld;
}

}  // namespace

void CatalogueBuilder::add_rules() {
  std::vector<std::pair<std::string, const MappingFile*>> named;
  for (const MappingFile& candidate : *files_) {
    if (!candidate.path.starts_with(rule_folder) || !candidate.path.ends_with(rule_ending))
      continue;
    const std::string name = candidate.path.substr(
        rule_folder.size(), candidate.path.size() - rule_folder.size() - rule_ending.size());
    if (is_mapping_name(name))
      named.emplace_back(name, &candidate);
    else
      problem({candidate.path, 0}, "the file name is not allowed",
              "use letters, digits and hyphens, at most 64");
  }
  std::sort(named.begin(), named.end());
  for (const auto& [name, file] : named) add_rule(*file, name);
  for (const SiteRule& rule : catalogue_->rules_)  // when none of them moves any more
    if (rule.is_watched()) {
      catalogue_->watched_rules_.push_back(&rule);
      catalogue_->watches_repeats_ = catalogue_->watches_repeats_ || rule.is_repeat();
    }
}

void CatalogueBuilder::add_rule(const MappingFile& file, const std::string& name) {
  RuleFile read = read_rule_file(file.text, name);
  for (RuleFileProblem& found : read.problems)
    problem({file.path, found.line}, std::move(found.text), std::move(found.remedy));
  if (!read.problems.empty()) return;
  const auto before = problems_.size();
  check_rule_words(file, read);
  if (const TargetCode* target = rule_target(file, read)) {
    check_rule_samples(file, read, *target);
    check_rule_value(file, read, *target);
  }
  check_rule_context(file, read);
  if (problems_.size() != before) return;
  run_rule_examples(file, read);
  catalogue_->rules_.push_back(std::move(read.rule));
}

/// W4: what people read of an entry neither judges nor mentions treatment.
void CatalogueBuilder::check_rule_words(const MappingFile& file, const RuleFile& read) {
  const std::pair<const char*, const std::string*> shown[] = {
      {"text", &read.rule.text}, {"caution", &read.rule.caution}, {"", &read.rule.name}};
  for (const auto& [key, text] : shown) {
    const std::string word = refused_word(*text);
    if (word.empty()) continue;
    const auto line = read.lines.find(key);
    problem({file.path, line == read.lines.end() ? 0 : line->second},
            "a follow-up entry never says \"" + word + "\"",
            "say what is looked at, without a judgement and without treatment");
  }
}

const TargetCode* CatalogueBuilder::rule_target(const MappingFile& file, RuleFile& read) {
  const Place place{file.path, read.lines["when.code"]};
  const std::string& code = read.rule.code;
  if (read.system_word != "loinc" && read.system_word != "RIO") {
    problem(place, read.system_word + " is no system of targets", "write loinc or RIO");
    return nullptr;
  }
  if (!good_code(place, read.system_word, code)) return nullptr;
  read.rule.system = uri_of(read.system_word);
  const auto found = catalogue_->targets_.find(joined_key({read.rule.system, code}));
  const auto refuse = [&](std::string text, std::string remedy) -> const TargetCode* {
    problem(place, std::move(text), std::move(remedy));
    return nullptr;
  };
  if (found == catalogue_->targets_.end()) {
    std::vector<std::string> known;
    for (const auto& [key, target] : catalogue_->targets_) known.push_back(target.code);
    return refuse(code + " is not in codes/targets.csv",
                  did_you_mean(code, known, "add its row, or correct the code"));
  }
  const TargetCode& target = found->second;
  if (is_stand_in(code))
    return refuse(code + " stands in for a withheld code: no rule may look at it (E4)",
                  "name the code of a measurement");
  if (target.axis == Axis::tissue || target.axis == Axis::endometrium)
    return refuse(code + " is measured on tissue: no rule may look at it (E4)",
                  "name a code of blood, urine or a vital sign");
  if (target.context || (target.component && !target.vital_sign))
    return refuse(code + " is an answer or a part of a result, no result",
                  "name the code of a measurement");
  return &target;
}

void CatalogueBuilder::check_rule_samples(const MappingFile& file, RuleFile& read,
                                          const TargetCode& target) {
  const auto known = codes_of(uri_of("sample-type"));
  const Place place{file.path, read.lines["when.sample_types"]};
  if (read.rule.sample_types.empty())
    problem(place, "when.sample_types is missing", "name the sample types the rule is for");
  for (const std::string& type : read.rule.sample_types) {
    if (std::find(known.begin(), known.end(), type) == known.end())
      problem(place, type + " is no sample type",
              did_you_mean(type, known, "see sample-type in codes/values.csv"));
    else if (!may_be_watched(type))
      problem(place, "no rule may look at " + type + " (E4)",
              "only blood and its parts, urine and not-a-specimen");
    else if (!is_reached(target, type))
      problem(place, "a result with " + target.code + " never has the sample type " + type,
              "remove it, or correct the code");
  }
}

/// One code in one unit, or one code and its answers, or a repeat (E4).
void CatalogueBuilder::check_rule_value(const MappingFile& file, RuleFile& read,
                                        const TargetCode& target) {
  SiteRule& rule = read.rule;
  const auto place = [&](const char* key) { return Place{file.path, read.lines[key]}; };
  const int kinds = (read.limit_text.empty() ? 0 : 1) + (rule.answers.empty() ? 0 : 1) +
                    (rule.is_repeat() ? 1 : 0);
  if (kinds != 1)
    return problem(place("when"), "a rule has exactly one of when.value, when.answers, every_days",
                   "keep one of them");
  if (read.limit_text.empty()) {
    if (!rule.unit.empty()) problem(place("when.unit"), "a unit without when.value", "remove it");
    const bool has_answers =
        target.property == Property::ordinal || target.property == Property::finding;
    if (!rule.answers.empty() && !has_answers)
      problem(place("when.answers"), target.code + " is answered with a number, not with words",
              "use when.value and when.unit");
    return;
  }
  rule.limit = read_limit(read.limit_text);
  if (!rule.limit)
    return problem(place("when.value"), read.limit_text + " is no limit",
                   R"(write it as ">12", ">=12", "<3.5" or "<=3.5")");
  if (!target.quantitative())
    return problem(place("when.value"), target.code + " has no number",
                   "use when.answers, or another code");
  if (!is_ucum(rule.unit))
    problem(place("when.unit"), "\"" + rule.unit + "\" is no UCUM code",
            "name the unit of the limit; units are case-sensitive");
  else if (!unit_fits(target, rule.unit))
    problem(place("when.unit"),
            "unit " + rule.unit + " does not measure what " + target.code +
                " is, so the rule is never met",
            target.unit.empty() ? "correct the unit" : "usual are: " + target.unit);
}

void CatalogueBuilder::check_rule_context(const MappingFile& file, RuleFile& read) {
  const SiteRule& rule = read.rule;
  const auto check = [&](const std::string& word, const char* system, const char* key) {
    const auto known = codes_of(uri_of(system));
    if (word.empty() || std::find(known.begin(), known.end(), word) != known.end()) return;
    problem({file.path, read.lines[key]}, word + " is no " + system,
            did_you_mean(word, known, std::string("see ") + system + " in codes/values.csv"));
  };
  check(rule.cycle_status, "cycle-status", "when.cycle_status");
  check(rule.monitoring, "monitoring", "when.monitoring");
  if (rule.cycle_status == "unknown" || (rule.is_repeat() && rule.cycle_status.empty()))
    problem({file.path, read.lines["when.cycle_status"]}, "when.cycle_status says no status",
            "name the status during which the rule holds: pregnant");
}

/// The table beside the rule: run whenever the mappings are read, so that no rule is in use that
/// does not do what its author wrote down.
void CatalogueBuilder::run_rule_examples(const MappingFile& file, RuleFile& read) {
  SiteRule& rule = read.rule;
  bool some = false, others = false;
  std::size_t number = 0;
  for (RuleExample& row : rule.examples) {
    Measured& stated = row.seen.measured.front();
    stated.system = uri_of(stated.system);
    const bool met = meets(rule, row.seen) == Meets::yes;
    const std::string due = met && rule.is_repeat() ? due_date(rule, *row.seen.collected) : "";
    const std::string which = "examples row " + std::to_string(++number) + " expects ";
    if (met != row.expects_entry)
      problem({file.path, row.line},
              which + (row.expects_entry ? "follow-up" : "none") + ", the rule gives " +
                  (met ? "follow-up" : "none"),
              "correct the rule or the row");
    else if (due != row.due)
      problem({file.path, row.line},
              which + (row.due.empty() ? "no day" : row.due) + ", the rule gives " +
                  (due.empty() ? "no day" : due),
              "correct the rule or the row");
    (row.expects_entry ? some : others) = true;
  }
  if (!some || !others)
    problem({file.path, read.lines["examples"]},
            "the table shows no row that expects " + std::string(some ? "none" : "follow-up"),
            "add a row for each side of the rule");
}

}  // namespace gateway::mapping
