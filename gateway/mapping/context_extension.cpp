#include "gateway/mapping/context_extension.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <string>
#include <vector>

#include "gateway/fhir/canonical.hpp"

namespace gateway::mapping {
namespace {

constexpr std::string_view reference_stem = "Observation/";
constexpr std::array mirror_systems{std::string_view("cycle-day"), std::string_view("cycle-anchor"),
                                    std::string_view("cycle-phase"), std::string_view("gestation")};

struct CodePart {
  std::string_view url;
  std::string CycleContext::*member;
};

class PartWriter {
 public:
  explicit PartWriter(fhir::JsonWriter& writer) : writer_(writer) {}

  void code(std::string_view url, const std::string& value) { text(url, "valueCode", value); }
  void date(std::string_view url, const std::string& value) { text(url, "valueDate", value); }
  void integer(std::string_view url, const std::optional<int>& value) {
    if (!value) return;
    begin(url);
    writer_.key("valueInteger").integer(*value).end_object();
  }
  void gestation(const std::string& value, const std::string& unit) {
    const auto digits = base::DecimalText::parse(value);
    if (!digits) return;
    begin("gestation");
    writer_.key("valueQuantity").begin_object().key("value").number(*digits);
    writer_.member("unit", unit).member("system", fhir::canonical::ucum).member("code", unit);
    writer_.end_object().end_object();
  }
  void evidence(const std::string& value) {
    begin("evidence");
    if (value.starts_with(reference_stem))
      writer_.key("valueReference").begin_object().member("reference", value).end_object();
    else
      writer_.member("valueString", value);
    writer_.end_object();
  }

 private:
  void begin(std::string_view url) { writer_.begin_object().member("url", url); }
  void text(std::string_view url, std::string_view type, const std::string& value) {
    if (value.empty()) return;
    begin(url);
    writer_.member(type, value).end_object();
  }

  fhir::JsonWriter& writer_;
};

std::optional<int> integer_of(const fhir::Json& value) {
  if (value.kind() != fhir::Json::Kind::number) return std::nullopt;
  int number = 0;
  const std::string& text = value.text();
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

void read_part(const fhir::Json& part, CycleContext& context) {
  static constexpr std::array codes{CodePart{"status", &CycleContext::status},
                                    CodePart{"phase", &CycleContext::phase},
                                    CodePart{"phaseSource", &CycleContext::phase_source},
                                    CodePart{"anchor", &CycleContext::anchor},
                                    CodePart{"cycleType", &CycleContext::cycle_type},
                                    CodePart{"source", &CycleContext::source},
                                    CodePart{"confidence", &CycleContext::confidence}};
  const std::string& url = part["url"].text();
  for (const CodePart& known : codes)
    if (url == known.url && part["valueCode"].is_string())
      context.*known.member = part["valueCode"].text();
  if (url == "day") context.day = integer_of(part["valueInteger"]);
  if (url == "derivedDay") context.derived_day = integer_of(part["valueInteger"]);
  if (url == "offset") context.offset = integer_of(part["valueInteger"]);
  if (url == "anchorDate") context.anchor_date = part["valueDate"].text();
  if (url == "lmpDate") context.lmp_date = part["valueDate"].text();
  if (url == "qualifier" && part["valueCode"].is_string())
    context.qualifiers.push_back(part["valueCode"].text());
  if (url == "gestation") {
    context.gestation_value = part["valueQuantity"]["value"].text();
    context.gestation_unit = part["valueQuantity"]["code"].text();
  }
  if (url == "evidence") {
    const std::string& reference = part["valueReference"]["reference"].text();
    const std::string& text = reference.empty() ? part["valueString"].text() : reference;
    if (!text.empty()) context.evidence.push_back(text);
  }
}

const std::string& context_url() {
  static const std::string url = fhir::canonical::extension("cycle-context");
  return url;
}

bool is_mirror(const fhir::Json& tag) {
  return std::any_of(mirror_systems.begin(), mirror_systems.end(), [&](std::string_view name) {
    return tag["system"].text() == fhir::canonical::code_system(name);
  });
}

fhir::Json object_of(std::vector<fhir::Json::Member> members) {
  return fhir::Json::object(std::move(members));
}

std::vector<fhir::Json> mirror_tags(const CycleContext& context) {
  std::vector<fhir::Json> tags;
  for (const auto& [system, code] : tags_of(context))
    tags.push_back(object_of({{"system", fhir::Json::string(fhir::canonical::code_system(system))},
                              {"code", fhir::Json::string(code)}}));
  return tags;
}

void replace_tags(fhir::Json& observation, const CycleContext& context) {
  fhir::Json* meta = observation.find("meta");
  if (!meta) return;  // a body always has one (fhir/resource.hpp)
  if (!meta->find("tag")) meta->set("tag", fhir::Json::array());
  std::vector<fhir::Json>& tags = meta->find("tag")->items();
  const auto first = std::find_if(tags.begin(), tags.end(), is_mirror);
  const auto at = first == tags.end() ? 0 : first - tags.begin();
  tags.erase(std::remove_if(tags.begin() + at, tags.end(), is_mirror), tags.end());
  const std::vector<fhir::Json> wanted = mirror_tags(context);
  tags.insert(tags.begin() + at, wanted.begin(), wanted.end());
}

}  // namespace

void write_context(fhir::JsonWriter& writer, const CycleContext& context) {
  writer.begin_object().member("url", context_url()).key("extension").begin_array();
  PartWriter part(writer);
  part.code("status", context.status);
  part.integer("day", context.day);
  part.integer("derivedDay", context.derived_day);
  part.code("phase", context.phase);
  part.code("phaseSource", context.phase_source);
  part.code("anchor", context.anchor);
  part.integer("offset", context.offset);
  part.date("anchorDate", context.anchor_date);
  part.date("lmpDate", context.lmp_date);
  part.gestation(context.gestation_value, context.gestation_unit);
  part.code("cycleType", context.cycle_type);
  for (const std::string& qualifier : context.qualifiers) part.code("qualifier", qualifier);
  part.code("source", context.source);
  part.code("confidence", context.confidence);
  for (const std::string& evidence : context.evidence) part.evidence(evidence);
  writer.end_array().end_object();
}

std::string written_context(const CycleContext& context) {
  fhir::JsonWriter writer;
  write_context(writer, context);
  return writer.take();
}

void write_context_tags(fhir::JsonWriter& writer, const CycleContext& context) {
  for (const auto& [system, code] : tags_of(context))
    writer.begin_object()
        .member("system", fhir::canonical::code_system(system))
        .member("code", code)
        .end_object();
}

std::optional<CycleContext> read_context(const fhir::Json& observation) {
  for (const fhir::Json& extension : observation["extension"].items()) {
    if (extension["url"].text() != context_url()) continue;
    CycleContext context;
    for (const fhir::Json& part : extension["extension"].items()) read_part(part, context);
    return context;
  }
  return std::nullopt;
}

void replace_context(fhir::Json& observation, const CycleContext& context) {
  const auto written = fhir::parse_json(written_context(context));
  base::invariant(static_cast<bool>(written), "a context extension is valid JSON");
  if (!observation.find("extension")) observation.set("extension", fhir::Json::array());
  std::vector<fhir::Json>& all = observation.find("extension")->items();
  const auto at = std::find_if(all.begin(), all.end(), [](const fhir::Json& extension) {
    return extension["url"].text() == context_url();
  });
  if (at == all.end())
    all.insert(all.begin(), *written);
  else
    *at = *written;
  replace_tags(observation, context);
}

}  // namespace gateway::mapping
