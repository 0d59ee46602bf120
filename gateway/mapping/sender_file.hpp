#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/fhir/json.hpp"
#include "gateway/mapping/catalogue.hpp"

namespace gateway::mapping {

struct SenderFileProblem {
  std::uint32_t line = 0;
  std::string text, remedy;
};

/// Syntax of a name of the time zone database; whether it exists is known where the zones are.
bool is_zone_name(std::string_view name);

/// What a sender's file may hold.
constexpr fhir::JsonLimits sender_file_limits{.depth = 8, .values = 100'000, .comments = true};

/// Reads one file of mappings/senders/ over what `profile` holds already (the default's rules; who
/// the sender is, is never inherited). `kinds` are the words that a Z-segment's field may mean.
/// Comments are allowed; an unknown key, a wrong type or a word outside its list is a problem.
std::vector<SenderFileProblem> read_sender_file(std::string_view text,
                                                const std::vector<std::string>& kinds,
                                                SenderProfile& profile);

}  // namespace gateway::mapping
