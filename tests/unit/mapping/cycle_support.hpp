#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/mapping/cycle_context.hpp"

#include "tests/support/mappings.hpp"

namespace gateway::mapping {

/// Builds the input of one specimen as the tests say it.
struct Said {
  ContextInput input;

  explicit Said(std::string_view collected = "2025-03-22T09:30:00-05:00") {
    input.language = &tests::shipped_catalogue()->cycle_language();
    if (!collected.empty()) input.collected = base::parse_fhir_time(collected);
  }
  Said& row(std::string kind, std::string text, Source source = Source::aoe_obx,
            std::string code = "", std::string unit = "") {
    const std::string number = std::to_string(input.statements.size() + 1);
    const bool z = source == Source::z_segment;
    input.statements.push_back({std::move(kind), source, std::move(text), std::move(code),
                                z ? "ZCY-" + number : "Observation/c" + number,
                                z ? "ZCY-" + number : "OBX[" + number + "]-5", std::move(unit)});
    return *this;
  }
  Said& text(std::string text, Source source = Source::text_obr13) {
    const char* where = source == Source::text_obr13   ? "OBR-13"
                        : source == Source::text_obr39 ? "OBR-39"
                                                       : "NTE-3";
    input.texts.push_back({source, std::move(text), where});
    return *this;
  }
  CycleReading reading() const { return cycle_context(input); }
  CycleContext context() const { return reading().context; }
  std::vector<std::string> issues() const {
    std::vector<std::string> codes;
    for (const Issue& issue : reading().issues) codes.push_back(issue.code);
    return codes;
  }
};

inline std::string tags_text(const CycleContext& context) {
  std::string text;
  for (const auto& [system, code] : tags_of(context)) text += system + "|" + code + " ";
  if (!text.empty()) text.pop_back();
  return text;
}

}  // namespace gateway::mapping
