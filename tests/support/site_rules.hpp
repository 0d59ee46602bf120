#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/fhir/json.hpp"
#include "gateway/mapping/catalogue.hpp"

#include "tests/support/files.hpp"
#include "tests/support/mappings.hpp"

/// Site conventions as a site would switch them on.
namespace tests {

/// A shipped rule with other keys over its own (JSON); `{}` leaves it as it is.
inline std::string rule_with(const std::string& name, std::string_view keys) {
  const auto path = source_dir() / "mappings" / "rules" / (name + ".json");
  auto rule = *gateway::fhir::parse_json(read_file(path), {.comments = true});
  const auto more = *gateway::fhir::parse_json(keys);
  for (const auto& [key, value] : more.members()) rule.set(key, value);
  return rule.pretty();
}

constexpr std::string_view switched_on =
    R"({"enabled": true, "site": "Clinic A", "author": "Dr. Example"})";

inline std::string rule_on(const std::string& name) {
  return rule_with(name, switched_on);
}

/// The shipped mappings with these files of rules/ in place of theirs, or beside them.
inline gateway::mapping::CompiledCatalogue compiled_with_rules(
    const std::vector<std::pair<std::string, std::string>>& rules) {
  auto files = shipped_mappings();
  for (const auto& [name, text] : rules) {
    const std::string path = "rules/" + name + ".json";
    std::erase_if(files, [&](const auto& file) { return file.path == path; });
    files.push_back({path, text});
  }
  return gateway::mapping::compile(files);
}

/// The shipped mappings with these shipped rules switched on; null with problems.
inline std::shared_ptr<const gateway::mapping::Catalogue> catalogue_with(
    const std::vector<std::string>& names) {
  std::vector<std::pair<std::string, std::string>> rules;
  for (const std::string& name : names) rules.emplace_back(name, rule_on(name));
  return compiled_with_rules(rules).catalogue;
}

}  // namespace tests
