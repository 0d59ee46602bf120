#pragma once
#include <string>
#include <string_view>

namespace gateway::mapping {

/// The first word of a text that a follow-up entry never says (DOMAIN.md W4): a colour, a judgement
/// of a value, treatment. "" if there is none. Whole English words, whatever their case; other
/// languages are left to who signs the rule.
std::string refused_word(std::string_view text);

}  // namespace gateway::mapping
