#include "gateway/app/timeline_chart.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <map>
#include <utility>

namespace gateway::app {
namespace {

using fhir::Json;

constexpr std::size_t longest_text = 24;  // of a value that is words

const Json& part(const Json& parameter, std::string_view name) {
  static const Json none;
  for (const Json& one : parameter["part"].items())
    if (one["name"].text() == name) return one;
  return none;
}

const Json::Member* value_of(const Json& parameter) {
  for (const auto& member : parameter.members())
    if (member.first.starts_with("value")) return &member;
  return nullptr;
}

std::string plain(const Json& parameter, std::string_view name) {
  const auto* value = value_of(part(parameter, name));
  return value == nullptr ? "" : value->second.text();
}

std::string words_of(const Json& concept_value) {
  if (!concept_value["text"].text().empty()) return concept_value["text"].text();
  for (const char* member : {"display", "code"})
    for (const Json& coding : concept_value["coding"].items())
      if (!coding[member].text().empty()) return coding[member].text();
  return "";
}

std::string digits_of(const Json& quantity) {
  return quantity["comparator"].text() + quantity["value"].text();
}

bool is_words(const std::string& type) {
  return type == "valueString" || type == "valueCodeableConcept";
}

/// A value as it was sent, without its unit.
std::string text_of(const Json::Member& value) {
  const auto& [type, content] = value;
  if (type == "valueQuantity") return digits_of(content);
  if (type == "valueRatio")
    return digits_of(content["numerator"]) + ":" + digits_of(content["denominator"]);
  if (type == "valueRange") return digits_of(content["low"]) + " to " + digits_of(content["high"]);
  if (type == "valueCodeableConcept") return words_of(content);
  if (type == "valuePeriod") return content["start"].text() + " to " + content["end"].text();
  return content.is_object() ? "(see the Observation)" : content.text();
}

std::string letters_of(std::string_view text) {
  std::string letters;
  for (const char c : text)
    if (std::isalnum(static_cast<unsigned char>(c)))
      letters += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return letters;
}

/// What tells a layer or an additive from another: as the laboratory calls it, and its code where
/// that name does not say it ("Endometrium (basalis)").
std::string kind_words(const Json::Member& value) {
  std::string words = text_of(value);
  if (value.first != "valueCodeableConcept" || value.second["coding"].items().empty()) return words;
  const std::string& code = value.second["coding"].items().front()["code"].text();
  if (letters_of(words).find(letters_of(code)) == std::string::npos) words += " (" + code + ")";
  return words;
}

/// The gestational age as obstetrics writes it: 51 d is 7w2d.
std::string age_of(const Json& result) {
  const auto* value = value_of(part(result, "gestation"));
  if (value == nullptr) return "";
  const std::string& digits = value->second["value"].text();
  const std::string& unit = value->second["code"].text();
  int days = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), days);
  if (unit != "d" || error != std::errc() || end != digits.data() + digits.size())
    return digits + (unit == "wk" ? "w" : " " + unit);
  return std::to_string(days / 7) + "w" + std::to_string(days % 7) + "d";
}

std::string timing_of(const Json& result) {
  if (const auto age = age_of(result); !age.empty()) return age;
  std::string timing;
  if (const auto day = plain(result, "cycleDay"); !day.empty()) timing = "day " + day;
  if (const auto offset = plain(result, "offset"); !offset.empty())
    timing += (timing.empty() ? "" : ", ") + plain(result, "anchor") +
              (offset.starts_with('-') ? " " : " +") + offset;
  if (!timing.empty()) return timing;
  const std::string why = plain(result, "cycleDayUnknown");
  if (plain(result, "cycleStatus") == "pregnant") return "age unknown";
  return why == "not-applicable" ? "not applicable" : "day unknown";
}

std::string with_blanks(std::string code) {
  std::replace(code.begin(), code.end(), '-', ' ');
  return code;
}

std::string day_of(const Json& result) {
  const auto* effective = value_of(part(result, "effective"));
  if (effective == nullptr) return "";
  const Json& when = effective->second;
  return (when.is_object() ? when["start"].text() : when.text()).substr(0, 10);
}

/// When the first of a group's results was collected; "" where none says.
std::string first_day_of(const Json& group) {
  std::string first;
  for (const Json& one : group["part"].items()) {
    const std::string day = one["name"].text() == "result" ? day_of(one) : "";
    if (!day.empty() && (first.empty() || day < first)) first = day;
  }
  return first;
}

class Reading {
 public:
  explicit Reading(const Paper& paper) : paper_(paper) {}

  /// A week of one pregnancy is also one of the next: then the headings say when it was.
  void note_heading(const Json& group) {
    const ChartColumn column = column_of(group);
    if (column.group_date.empty()) ++undated_[column.group];
  }
  void group(const Json& group) {
    ChartColumn column = column_of(group);
    if (column.group_date.empty() && undated_[column.group] > 1)
      column.group_date = safe(first_day_of(group));
    for (const Json& one : group["part"].items())
      if (one["name"].text() == "result") result(one, column);
  }
  Chart take() { return std::move(chart_); }
  void title(std::string text) { chart_.title = safe(text); }
  std::size_t results() const { return results_; }

 private:
  std::string safe(std::string_view text) const { return printable(text, paper_); }

  ChartColumn column_of(const Json& group) const {
    const std::string kind = plain(group, "kind");
    if (kind == "gestation") {
      const std::string week = plain(group, "week");
      return {week.empty() ? "pregnant" : "week " + safe(week), "", "", ""};
    }
    if (kind != "cycle") return {"no timing", "", "", ""};
    if (const auto lmp = plain(group, "lmpDate"); !lmp.empty())
      return {"last period", safe(lmp), "", ""};
    if (const auto date = plain(group, "anchorDate"); !date.empty())
      return {safe(plain(group, "anchor")), safe(date), "", ""};
    // Of which cycle is not said: what was collected on another day may be of another.
    return {"cycle, collected", safe(plain(group, "collected").substr(0, 10)), "", ""};
  }

  std::size_t column(const ChartColumn& wanted) {
    auto& all = chart_.columns;
    const auto same = [&](const ChartColumn& one) {
      return one.group == wanted.group && one.group_date == wanted.group_date &&
             one.timing == wanted.timing && one.collected == wanted.collected;
    };
    const auto found = std::find_if(all.begin(), all.end(), same);
    if (found != all.end()) return static_cast<std::size_t>(found - all.begin());
    all.push_back(wanted);
    return all.size() - 1;
  }

  void result(const Json& result, ChartColumn where) {
    ++results_;
    where.collected = safe(day_of(result));
    where.timing = safe(timing_of(result));
    const std::size_t at = column(where);
    const bool has_value = value_of(part(result, "value")) != nullptr;
    std::vector<const Json*> measured;  // parts that are results of their own: blood pressures
    for (const Json& one : result["part"].items())
      if (one["name"].text() == "component" && !has_value && is_number(one))
        measured.push_back(&one);
    const std::string details = details_of(result, has_value);
    if (measured.empty()) return place(result, result, details, at, where);
    for (const Json* one : measured) place(result, *one, details, at, where);
  }

  static bool is_number(const Json& component) {
    const auto* value = value_of(part(component, "value"));
    return value != nullptr && (value->first == "valueQuantity" || value->first == "valueInteger");
  }

  /// What tells one line from another of the same code: sample, layer, ratio, additive, method.
  std::string details_of(const Json& result, bool has_value) const {
    std::string out;
    const auto add = [&out](const std::string& text) {
      if (!text.empty()) out += (out.empty() ? "" : ", ") + text;
    };
    if (const auto* sample = value_of(part(result, "sampleType")))
      for (const Json& coding : sample->second["coding"].items())
        if (out.empty()) add(with_blanks(coding["code"].text()));
    for (const Json& one : result["part"].items()) {
      const auto& name = one["name"].text();
      if (name == "compartment" || name == "method")
        if (const auto* value = value_of(one)) add(kind_words(*value));
      if (name != "component" || is_number(one)) continue;
      const auto* value = value_of(part(one, "value"));
      const auto* code = value_of(part(one, "code"));
      if (value == nullptr || !has_value) continue;
      add((code == nullptr ? "" : words_of(code->second) + " ") + kind_words(*value));
    }
    return out;
  }

  void place(const Json& result, const Json& measured, const std::string& details, std::size_t at,
             const ChartColumn& where) {
    const auto* concept_value = value_of(part(measured, "code"));
    const Json empty;
    const Json& code = concept_value == nullptr ? empty : concept_value->second;
    const std::string name = words_of(code);
    const Json& first = code["coding"].items().empty() ? empty : code["coding"].items().front();
    const std::string unit = plain(measured, "unit");
    ChartSeries& line =
        series(first["system"].text() + "|" + first["code"].text(), name, details, unit);
    ChartEntry entry{at, safe(shown(result, measured)), "", {}};
    // A range that was sent with a withheld code is not one for what was examined (S11).
    const bool is_withheld = value_of(part(result, "originalCode")) != nullptr;
    if (const auto range = plain(part(measured, "referenceRange"), "text");
        !range.empty() && !is_withheld)
      entry.range = safe(range);
    if (&result == &measured) further(result, entry);
    remark(result, line.name, where, entry);
    line.entries.push_back(std::move(entry));
  }

  /// The line of this code, name, details and unit. The names of laboratories stay apart: one may
  /// call two things alike that another does not.
  ChartSeries& series(const std::string& code, const std::string& name, const std::string& details,
                      const std::string& unit) {
    const std::string key = code + '\x1f' + name + '\x1f' + details + '\x1f' + unit;
    auto& all = chart_.series;
    const auto found =
        std::find_if(all.begin(), all.end(), [&](auto& one) { return one.key == key; });
    if (found != all.end()) return *found;
    std::string said = details;
    if (!unit.empty()) said += (said.empty() ? "" : ", ") + unit;
    const auto beside =
        std::find_if(all.rbegin(), all.rend(), [&](auto& one) { return one.code == code; });
    return *all.insert(beside.base() == all.begin() ? all.end() : beside.base(),
                       {key, code, safe(name.empty() ? "(no name)" : name), safe(said), {}});
  }

  /// "14.2 H corrected", "(cancelled)".
  std::string shown(const Json& result, const Json& measured) const {
    const std::string status = plain(result, "status");
    const bool is_plain = status == "final";
    const auto* value = value_of(part(measured, "value"));
    if (value == nullptr) {
      const auto* reason = value_of(part(measured, "dataAbsentReason"));
      const std::string why = reason == nullptr ? "" : words_of(reason->second);
      return "(" + (!is_plain ? status : why.empty() ? "no value" : with_blanks(why)) + ")";
    }
    std::string out = text_of(*value);
    if (is_words(value->first)) out = cut(safe(out), longest_text, paper_);
    for (const Json& one : measured["part"].items())
      if (one["name"].text() == "interpretation") out += " " + flag_of(one);
    return is_plain ? out : out + " " + status;
  }

  /// The laboratory's flag: its code, which is what was sent.
  static std::string flag_of(const Json& interpretation) {
    const auto* value = value_of(interpretation);
    if (value == nullptr) return "";
    for (const Json& coding : value->second["coding"].items())
      if (!coding["code"].text().empty()) return coding["code"].text();
    return words_of(value->second);
  }

  /// Counts that belong to the value, such as fields counted.
  void further(const Json& result, ChartEntry& entry) const {
    for (const Json& one : result["part"].items()) {
      if (one["name"].text() != "component" || !is_number(one)) continue;
      const auto* code = value_of(part(one, "code"));
      const std::string unit = plain(one, "unit");
      entry.more.push_back(safe((code == nullptr ? "" : words_of(code->second) + ": ") +
                                text_of(*value_of(part(one, "value"))) +
                                (unit.empty() ? "" : " " + unit)));
    }
  }

  void remark(const Json& result, const std::string& name, const ChartColumn& where,
              ChartEntry& entry) {
    const std::string what =
        name + ", " + where.timing + (where.collected.empty() ? "" : ", " + where.collected) + ": ";
    if (plain(result, "confidence") == "conflicting") {
      entry.text += " !";
      const std::string derived = plain(result, "derivedDay");
      chart_.remarks.push_back(
          "! " + what + "two sources disagree about the timing" +
          (derived.empty() ? "" : "; the last period gives day " + safe(derived)));
    }
    std::string issues;
    for (const Json& one : result["part"].items())
      if (one["name"].text() == "issue")
        issues += (issues.empty() ? "" : ", ") + safe(value_of(one)->second["code"].text());
    if (issues.empty()) return;
    entry.text += " *";
    chart_.remarks.push_back("* " + what + issues);
  }

  const Paper& paper_;
  Chart chart_;
  std::map<std::string, int> undated_;  // groups by their heading
  std::size_t results_ = 0;
};

}  // namespace

Chart chart_of(const Json& answer, const Paper& paper) {
  Reading reading(paper);
  std::string patient, as_of;
  for (const Json& parameter : answer["parameter"].items())
    if (parameter["name"].text() == "group") reading.note_heading(parameter);
  for (const Json& parameter : answer["parameter"].items()) {
    const std::string& name = parameter["name"].text();
    if (name == "group") reading.group(parameter);
    if (name == "patient") patient = parameter["valueReference"]["reference"].text();
    if (name == "asOf") as_of = parameter["valueInstant"].text();
  }
  const std::size_t results = reading.results();
  reading.title(patient + ", " + std::to_string(results) + (results == 1 ? " result" : " results") +
                ", as of " + as_of);
  return reading.take();
}

}  // namespace gateway::app
