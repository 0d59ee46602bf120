#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/mapping/catalogue.hpp"
#include "gateway/mapping/csv.hpp"
#include "gateway/mapping/site_rule_file.hpp"

namespace gateway::mapping {

/// Compiles mapping files in the order in which they lean on each other: coding systems, values,
/// targets, code maps, answers, units, specimens, authorities, senders, rules. Goes on after a
/// problem, so that all are found in one go.
class CatalogueBuilder {
 public:
  CompiledCatalogue build(const std::vector<MappingFile>& files);

 private:
  struct Place {
    const std::string& path;
    std::uint32_t line;
  };
  void check_all_are_read();
  void problem(Place place, std::string text, std::string remedy);
  /// Rows of a table; its own problems are reported. An absent file is a problem.
  std::vector<CsvRow> table(std::string_view path, std::span<const std::string_view> columns);
  std::vector<CsvRow> rows_of(const MappingFile& file, std::span<const std::string_view> columns);
  const MappingFile* file(std::string_view path) const;
  /// False, and a problem, when `key` was seen in this table before.
  bool first_of_its_key(Place place, const std::string& key, std::string_view what);

  // catalogue_builder_tables.cpp
  void add_coding_systems();
  void add_published_codes();
  void add_values();
  void add_units();
  void add_specimens();
  void add_authorities();
  bool known_value(std::string_view system, std::string_view code) const;
  std::vector<std::string> codes_of(std::string_view uri) const;

  // catalogue_builder_phrases.cpp
  void add_cycle_phrases();
  bool good_phrase(Place place, const CsvRow& row);

  // catalogue_builder_targets.cpp
  void add_targets();
  bool good_code(Place place, std::string_view system, const std::string& code);
  void read_target_words(Place place, const CsvRow& row, TargetCode& target);
  void check_target_units(Place place, const TargetCode& target);

  // catalogue_builder_codes.cpp
  void add_code_maps();
  void add_code_row(const MappingFile& map, const CsvRow& row, Catalogue::Table<CodeRow>& into);
  const TargetCode* find_monitoring(Place place, const std::string& code);
  const TargetCode* find_target(Place place, const std::string& system, const std::string& code);
  std::vector<ImpliedComponent> components(Place place, std::string_view text);
  bool good_component(Place place, const ImpliedComponent& component);
  void check_decision(Place place, const std::string& by, const std::string& on);
  void add_answers();
  void check_answer_target(Place place, const AnswerRow& row, const std::string& word);

  // catalogue_builder_senders.cpp
  void add_senders();
  void add_sender(const MappingFile& file, const std::string& name);
  void add_zone(const MappingFile& sender, SenderProfile& profile);
  void check_z_codes(const MappingFile& sender, const SenderProfile& profile);
  void check_pairs(const MappingFile& file, const SenderProfile& profile);
  void check_code_maps_are_used();

  // catalogue_builder_rules.cpp
  void add_rules();
  void add_rule(const MappingFile& file, const std::string& name);
  void check_rule_words(const MappingFile& file, const RuleFile& read);
  const TargetCode* rule_target(const MappingFile& file, RuleFile& read);
  void check_rule_samples(const MappingFile& file, RuleFile& read, const TargetCode& target);
  void check_rule_value(const MappingFile& file, RuleFile& read, const TargetCode& target);
  void check_rule_context(const MappingFile& file, RuleFile& read);
  void run_rule_examples(const MappingFile& file, RuleFile& read);

  const std::vector<MappingFile>* files_ = nullptr;
  std::shared_ptr<Catalogue> catalogue_ = std::make_shared<Catalogue>();
  std::vector<MappingProblem> problems_;
  std::map<std::string, std::map<std::string, std::uint32_t>> seen_;  // path; key → its first line
};

}  // namespace gateway::mapping
