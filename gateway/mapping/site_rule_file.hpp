#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/mapping/site_rule.hpp"

namespace gateway::mapping {

struct RuleFileProblem {
  std::uint32_t line = 0;
  std::string text, remedy;
};

/// A file of mappings/rules/ as it was read; what its words mean is not known yet.
struct RuleFile {
  SiteRule rule;
  std::string system_word;                     // of when.code: "loinc", "RIO"
  std::string limit_text;                      // of when.value
  std::map<std::string, std::uint32_t> lines;  // key → its line: "when.unit"
  std::vector<RuleFileProblem> problems;
};

/// Reads mappings/rules/<name>.json. Comments are allowed; an unknown key, a wrong type, a key that
/// is missing or says nothing is a problem. A row of the table leaves out what is as in the rule.
RuleFile read_rule_file(std::string_view text, const std::string& name);

}  // namespace gateway::mapping
