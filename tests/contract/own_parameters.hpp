#pragma once
#include <array>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/fhir/canonical.hpp"
#include "gateway/fhir/json.hpp"
#include "gateway/fhir/search/encoding.hpp"

/// Our own search parameters, asked at random, and answered the slow and obvious way: by looking at
/// each body. Nothing here uses the index, the plan or the parser of a search.
namespace tests {

/// Chance with a seed.
class Chance {
 public:
  explicit Chance(unsigned seed) : random_(seed) {}
  int between(int least, int most) { return std::uniform_int_distribution(least, most)(random_); }
  bool one_in(int many) { return between(1, many) == 1; }
  std::string_view of(std::span<const std::string_view> words) {
    return words[static_cast<std::size_t>(between(0, static_cast<int>(words.size()) - 1))];
  }

 private:
  std::mt19937 random_;
};

// ---- what may be said of a result -------------------------------------------------------------

using Words = std::span<const std::string_view>;
struct OwnToken {
  std::string_view name, system;  // of a code system of ours, or a URL; "": none
  Words codes;
};

inline constexpr auto anchors = std::to_array<std::string_view>(
    {"lmp", "lh-surge", "hcg-trigger", "progesterone-start", "embryo-transfer"});
inline constexpr auto phases = std::to_array<std::string_view>(
    {"menstrual", "luteal", "progesterone-exposed", "pregnant", "postmenopausal"});
inline constexpr auto cycle_types =
    std::to_array<std::string_view>({"natural", "medicated", "stimulated-ivf", "unknown"});
inline constexpr auto sources = std::to_array<std::string_view>(
    {"aoe-obx", "specimen-obx", "z-segment", "derived-lmp", "text-obr13", "none"});
inline constexpr auto confidences =
    std::to_array<std::string_view>({"stated", "derived", "parsed-text", "conflicting"});
inline constexpr auto samples = std::to_array<std::string_view>(
    {"peripheral-blood", "serum", "plasma", "endometrium", "not-a-specimen", "unknown"});
inline constexpr auto layers =
    std::to_array<std::string_view>({"stroma", "stroma-functionalis", "basalis", "whole-section"});
inline constexpr auto flags = std::to_array<std::string_view>({"H", "L", "N", "A", "HH"});
inline constexpr auto senders =
    std::to_array<std::string_view>({"NORTHLIS", "PATHX", "LAB|FAC", "northlis"});
inline constexpr auto orders =
    std::to_array<std::string_view>({"F8", "F9", "U501", "A,1", "K77$1"});
inline constexpr auto some_codes = std::to_array<std::string_view>({"8112-5", "9728-7", "2839-9"});
inline constexpr auto some_tags = std::to_array<std::string_view>(
    {"cd-3", "cd-14", "cd-21", "unknown", "not-applicable", "lh-plus-7", "luteal", "endometrium"});

inline constexpr std::string_view flag_system = gateway::fhir::canonical::interpretation;
inline constexpr std::string_view order_system = "urn:orders";

inline const std::array<OwnToken, 11> own_tokens{
    {{"cycle-anchor", "cycle-anchor", anchors},
     {"cycle-phase", "cycle-phase", phases},
     {"cycle-type", "cycle-type", cycle_types},
     {"cycle-source", "cycle-source", sources},
     {"cycle-confidence", "cycle-confidence", confidences},
     {"sample-type", "sample-type", samples},
     {"compartment", "endometrial-compartment", layers},
     {"interpretation", flag_system, flags},
     {"sender", "", senders},
     {"order", order_system, orders},
     {"_tag", "cycle-day", some_tags}}};

inline std::string url_of(std::string_view system) {
  return system.empty() || system.find(':') != system.npos
             ? std::string(system)
             : gateway::fhir::canonical::code_system(system);
}

// ---- random bodies ----------------------------------------------------------------------------

inline std::string quoted(std::string_view name, std::string_view text) {
  return "\"" + std::string(name) + "\":\"" + std::string(text) + "\"";
}
inline std::string coding(std::string_view system, std::string_view code) {
  return system.empty() ? "{" + quoted("code", code) + "}"
                        : "{" + quoted("system", url_of(system)) + "," + quoted("code", code) + "}";
}
inline std::string joined(const std::vector<std::string>& parts) {
  std::string out;
  for (const auto& part : parts) out += (out.empty() ? "" : ",") + part;
  return out;
}

/// A random Observation: context, tags, layers and flags are there or not; some of it is not ours.
class RandomResult {
 public:
  RandomResult(Chance& chance, std::string id) : chance_(chance), id_(std::move(id)) {}

  std::string body() {
    std::vector<std::string> extensions, members;
    if (!chance_.one_in(8)) extensions.push_back(context());
    if (!chance_.one_in(8)) extensions.push_back(sample());
    if (!extensions.empty()) members.push_back("\"extension\":[" + joined(extensions) + "]");
    if (const auto said = identifiers(); !said.empty())
      members.push_back("\"identifier\":[" + said + "]");
    if (chance_.one_in(5))
      members.push_back("\"basedOn\":[{\"reference\":\"ServiceRequest/s1\"},{\"identifier\":{" +
                        quoted("system", order_system) + "," + quoted("value", chance_.of(orders)) +
                        "}}]");
    members.push_back(quoted("status", "final"));
    members.push_back("\"code\":{\"coding\":[" +
                      coding("http://loinc.org", chance_.of(some_codes)) + "]}");
    members.push_back("\"subject\":{\"reference\":\"Patient/p" +
                      std::to_string(chance_.between(1, 5)) + "\"}");
    if (const auto said = interpretations(); !said.empty())
      members.push_back("\"interpretation\":[" + said + "]");
    if (const auto said = components(); !said.empty())
      members.push_back("\"component\":[" + said + "]");
    std::string meta;
    if (!chance_.one_in(6))
      meta = quoted("source", gateway::fhir::canonical::sender(chance_.of(senders))) + ",";
    return "{\"resourceType\":\"Observation\"," + quoted("id", id_) + ",\"meta\":{" + meta +
           "\"tag\":[" + joined(tags_) + "]}," + joined(members) + "}";
  }

 private:
  void part(std::vector<std::string>& parts, std::string_view url, std::string_view code) {
    parts.push_back("{" + quoted("url", url) + "," + quoted("valueCode", code) + "}");
  }
  void number(std::vector<std::string>& parts, std::string_view url, int value) {
    parts.push_back("{" + quoted("url", url) + ",\"valueInteger\":" + std::to_string(value) + "}");
  }
  void tag(std::string_view system, std::string_view code) {
    tags_.push_back(coding(system, code));
  }

  std::string context() {
    std::vector<std::string> parts;
    part(parts, "status", "known");
    if (chance_.one_in(2)) {
      const int day = chance_.between(1, 60);
      number(parts, "day", day);
      tag("cycle-day", "cd-" + std::to_string(day));
      if (chance_.one_in(6)) number(parts, "derivedDay", chance_.between(1, 60));
    } else {
      tag("cycle-day", chance_.one_in(3) ? "not-applicable" : "unknown");
    }
    if (chance_.one_in(2)) {
      part(parts, "anchor", chance_.of(anchors));
      if (!chance_.one_in(3)) number(parts, "offset", chance_.between(-6, 30));
      if (chance_.one_in(3)) tag("cycle-anchor", "lh-plus-7");
    }
    if (chance_.one_in(2)) part(parts, "phase", chance_.of(phases));
    if (chance_.one_in(2)) part(parts, "cycleType", chance_.of(cycle_types));
    part(parts, "source", chance_.of(sources));
    if (!chance_.one_in(3)) part(parts, "confidence", chance_.of(confidences));
    return "{" + quoted("url", gateway::fhir::canonical::extension("cycle-context")) +
           ",\"extension\":[" + joined(parts) + "]}";
  }
  std::string sample() {
    const auto code = chance_.of(samples);
    tag("sample-type", code);
    std::string codings = coding("sample-type", code);
    if (chance_.one_in(5)) codings += "," + coding("urn:specimen", chance_.of(samples));
    return "{" + quoted("url", gateway::fhir::canonical::extension("sample-type")) +
           ",\"valueCodeableConcept\":{\"coding\":[" + codings + "]}}";
  }
  std::string identifiers() {
    std::vector<std::string> all;
    if (!chance_.one_in(4))
      all.push_back("{" + quoted("system", gateway::fhir::canonical::identifier_system("result")) +
                    "," + quoted("value", std::string(chance_.of(orders)) + "|NK|1") + "}");
    if (chance_.one_in(3))
      all.push_back("{\"type\":{\"coding\":[" +
                    coding(gateway::fhir::canonical::v2_table("0203"), chance_.one_in(2)   ? "PLAC"
                                                                       : chance_.one_in(2) ? "FILL"
                                                                                           : "MR") +
                    "]}," + quoted("system", order_system) + "," +
                    quoted("value", chance_.of(orders)) + "}");
    return joined(all);
  }
  std::string interpretations() {
    std::vector<std::string> all;
    for (int i = chance_.between(0, 2); i > 0; --i)
      all.push_back(chance_.one_in(6) ? std::string(R"({"text":"H"})")
                                      : "{\"coding\":[" + coding(flag_system, chance_.of(flags)) +
                                            "," + coding("urn:flag", chance_.of(flags)) + "]}");
    return joined(all);
  }
  std::string components() {
    std::vector<std::string> all;
    for (int i = chance_.between(0, 2); i > 0; --i)
      all.push_back("{\"code\":{\"coding\":[" +
                    coding(chance_.one_in(5) ? "urn:other" : "repro-immuno-observation",
                           chance_.one_in(5) ? "in-vitro-additive" : "endometrial-compartment") +
                    "]},\"valueCodeableConcept\":{\"coding\":[" +
                    coding("endometrial-compartment", chance_.of(layers)) + "," +
                    coding("", chance_.of(layers)) + "]}}");
    return joined(all);
  }

  Chance& chance_;
  const std::string id_;
  std::vector<std::string> tags_;
};

}  // namespace tests
