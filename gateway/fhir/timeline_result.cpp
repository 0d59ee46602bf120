#include "gateway/fhir/timeline_result.hpp"

#include <charconv>
#include <string_view>

#include "gateway/base/time.hpp"
#include "gateway/fhir/canonical.hpp"
#include "gateway/fhir/json.hpp"
#include "gateway/fhir/writer.hpp"

namespace gateway::fhir {
namespace {

/// A whole number as it is written; nullopt for anything else (no double is ever made of it).
std::optional<std::int64_t> whole(const Json& number) {
  const std::string& text = number.text();
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || text.empty() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

bool has_coding(const Json& concept_value, std::string_view system, std::string_view code) {
  for (const Json& coding : concept_value["coding"].items())
    if (coding["system"].text() == system && coding["code"].text() == code) return true;
  return false;
}

const Json& extension(const Json& observation, std::string_view name) {
  static const Json none;
  const std::string url = canonical::extension(name);
  for (const Json& one : observation["extension"].items())
    if (one["url"].text() == url) return one;
  return none;
}

/// `value[x]`, `effective[x]`: the member whose name begins so.
const Json::Member* choice(const Json& object, std::string_view stem) {
  for (const auto& member : object.members())
    if (member.first.size() > stem.size() && member.first.starts_with(stem)) return &member;
  return nullptr;
}

/// Writes the parts of one result. What is not there has no part.
class Parts {
 public:
  explicit Parts(const Json& observation) : body_(observation) { out_.begin_array(); }

  void text(std::string_view name, std::string_view member, std::string_view text) {
    if (!text.empty()) out_.begin_object().member("name", name).member(member, text).end_object();
  }
  void value(std::string_view name, std::string_view member, const Json& value) {
    if (value.kind() == Json::Kind::null) return;
    out_.begin_object().member("name", name).key(member).raw(value.write()).end_object();
  }
  void each(std::string_view name, std::string_view member, const Json& list) {
    for (const Json& one : list.items()) value(name, member, one);
  }
  /// `value[x]` of an element as the part `name`, with what FHIR says beside a primitive.
  void choice_of(std::string_view name, const Json& element, std::string_view stem) {
    const auto* found = choice(element, stem);
    if (found == nullptr) return;
    const std::string type = found->first.substr(stem.size());
    out_.begin_object().member("name", name).key("value" + type).raw(found->second.write());
    if (const Json* beside = element.find("_" + found->first))
      out_.key("_value" + type).raw(beside->write());
    out_.end_object();
  }
  /// What a result and each of its components have.
  void measured(const Json& element) {
    choice_of("value", element, "value");
    text("unit", "valueString", element["valueQuantity"]["unit"].text());
    value("dataAbsentReason", "valueCodeableConcept", element["dataAbsentReason"]);
    each("interpretation", "valueCodeableConcept", element["interpretation"]);
    for (const Json& range : element["referenceRange"].items()) {
      if (!range.has("text") && !range.has("low") && !range.has("high")) continue;
      out_.begin_object().member("name", "referenceRange").key("part").begin_array();
      text("text", "valueString", range["text"].text());
      value("low", "valueQuantity", range["low"]);
      value("high", "valueQuantity", range["high"]);
      out_.end_array().end_object();
    }
  }
  void components() {
    const std::string ours = canonical::code_system(canonical::observation_codes);
    for (const Json& component : body_["component"].items()) {
      if (has_coding(component["code"], ours, "endometrial-compartment")) {
        choice_of("compartment", component, "value");
        continue;
      }
      if (!component.has("code")) continue;
      out_.begin_object().member("name", "component").key("part").begin_array();
      value("code", "valueCodeableConcept", component["code"]);
      measured(component);
      out_.end_array().end_object();
    }
  }
  /// The cycle context part by part, as it is stored.
  void context(const Json& parts) {
    for (const Json& part : parts.items()) {
      const std::string& url = part["url"].text();
      const std::string_view name = url == "status"   ? "cycleStatus"
                                    : url == "day"    ? "cycleDay"
                                    : url == "source" ? "cycleSource"
                                                      : std::string_view(url);
      choice_of(name, part, "value");
    }
  }
  void issues() {
    const std::string system = canonical::code_system(canonical::issue_codes);
    for (const Json& tag : body_["meta"]["tag"].items())
      if (tag["system"].text() == system) value("issue", "valueCoding", tag);
  }
  std::string take() {
    out_.end_array();
    return out_.take();
  }

 private:
  const Json& body_;
  JsonWriter out_;
};

/// Why there is no day: what the tag says, so that unknown and not applicable stay apart (F4).
std::string no_day(const Json& observation) {
  const std::string days = canonical::code_system("cycle-day");
  for (const Json& tag : observation["meta"]["tag"].items())
    if (tag["system"].text() == days && !tag["code"].text().starts_with("cd-"))
      return tag["code"].text();
  return "unknown";
}

std::string order_of(const Json& observation) {
  const std::string system = canonical::identifier_system("result");
  for (const Json& identifier : observation["identifier"].items())
    if (identifier["system"].text() == system)
      return identifier["value"].text().substr(0, identifier["value"].text().find('|'));
  for (const Json& request : observation["basedOn"].items())
    if (!request["reference"].text().empty()) return request["reference"].text();
  return "";
}

void place(TimelineResult& result, const Json& context) {
  bool is_pregnant = false;
  for (const Json& part : context.items()) {
    const std::string& url = part["url"].text();
    if (url == "status") is_pregnant = is_pregnant || part["valueCode"].text() == "pregnant";
    if (url == "day") result.day = whole(part["valueInteger"]);
    if (url == "offset") result.offset = whole(part["valueInteger"]);
    if (url == "anchor") result.anchor = part["valueCode"].text();
    if (url == "anchorDate") result.anchor_date = part["valueDate"].text();
    if (url == "lmpDate") result.lmp_date = part["valueDate"].text();
    if (url != "gestation") continue;
    is_pregnant = true;
    const Json& age = part["valueQuantity"];
    result.gestation_days = whole(age["value"]);
    if (result.gestation_days && age["code"].text() == "wk") *result.gestation_days *= 7;
  }
  if (result.anchor == "lmp" && !result.anchor_date.empty()) result.lmp_date = result.anchor_date;
  if (is_pregnant)
    result.kind = TimelineResult::Kind::gestation;
  else if (result.day || !result.anchor.empty() || !result.lmp_date.empty())
    result.kind = TimelineResult::Kind::cycle;
}

void date(TimelineResult& result, const Json& observation) {
  const auto* effective = choice(observation, "effective");
  if (effective == nullptr) return;
  const std::string& text =
      effective->second.is_object() ? effective->second["start"].text() : effective->second.text();
  const auto time = base::parse_fhir_time(text);
  if (!time) return;
  result.time = time->instant_begin();
  result.collected_day = time->local_day();
  if (result.collected_day) result.collected = text.substr(0, 10);
}

}  // namespace

std::optional<TimelineResult> timeline_result(const Version& version) {
  if (version.deleted || version.key.type != "Observation") return std::nullopt;
  const auto json = parse_json(version.body);
  base::invariant(static_cast<bool>(json), "a stored body can be read");  // or a result is missing
  for (const Json& category : (*json)["category"].items())
    if (has_coding(category, canonical::observation_category, "survey")) return std::nullopt;
  const Json& context = extension(*json, "cycle-context")["extension"];
  TimelineResult result;
  result.order = order_of(*json);
  place(result, context);
  date(result, *json);
  Parts parts(*json);
  parts.value("observation", "valueReference",
              Json::object({{"reference", Json::string(version.key.reference())}}));
  parts.text("version", "valueId", std::to_string(version.version));
  parts.text("order", "valueString", result.order);
  parts.value("status", "valueCode", (*json)["status"]);
  parts.value("code", "valueCodeableConcept", (*json)["code"]);
  parts.value("originalCode", "valueCodeableConcept",
              extension(*json, "original-code")["valueCodeableConcept"]);
  parts.choice_of("effective", *json, "effective");
  parts.measured(*json);
  parts.text("unit", "valueString", extension(*json, "unit")["valueString"].text());
  parts.value("sampleType", "valueCodeableConcept",
              extension(*json, "sample-type")["valueCodeableConcept"]);
  parts.value("method", "valueCodeableConcept", (*json)["method"]);
  parts.components();
  parts.context(context);
  if (!result.day) parts.text("cycleDayUnknown", "valueCode", no_day(*json));
  parts.issues();
  result.parts = parts.take();
  return result;
}

}  // namespace gateway::fhir
