#include "gateway/mapping/site_rule_file.hpp"

#include <algorithm>
#include <charconv>

#include "gateway/base/time.hpp"
#include "gateway/fhir/json.hpp"
#include "gateway/mapping/spelling.hpp"

namespace gateway::mapping {
namespace {

using fhir::Json;

constexpr fhir::JsonLimits file_limits{.depth = 8, .values = 100'000, .comments = true};
constexpr std::size_t longest_text = 500;  // an entry carries it whole
constexpr int longest_interval = 999;

class RuleReader {
 public:
  explicit RuleReader(const std::string& name) { out_.rule.name = name; }
  RuleFile read(std::string_view text);

 private:
  struct Key {
    std::string_view name;
    void (RuleReader::*read)(const Json& value);
  };
  static const std::vector<Key>& file_keys();
  static const std::vector<Key>& when_keys();
  static const std::vector<Key>& example_keys();

  void problem(std::uint32_t line, std::string what, std::string remedy) {
    out_.problems.push_back({line, std::move(what), std::move(remedy)});
  }
  void members(const Json& object, const std::vector<Key>& keys, const std::string& in);
  void text(const Json& value, std::string& into);
  void texts(const Json& value, std::vector<std::string>& into);
  void date(const Json& value, std::string& into);
  void system_and_code(const Json& value, std::string& system, std::string& code);
  void require_keys();

  void version(const Json& v) { text(v, out_.rule.version); }
  void enabled(const Json& v);
  void off_since(const Json& v) { date(v, out_.rule.off_since); }
  void site(const Json& v) { text(v, out_.rule.site); }
  void says(const Json& v) { text(v, out_.rule.text); }
  void author(const Json& v) { text(v, out_.rule.author); }
  void since(const Json& v) { date(v, out_.rule.date); }
  void caution(const Json& v) { text(v, out_.rule.caution); }
  void suggested_by(const Json& v) { text(v, passed_over_); }
  void when(const Json& v) { members(v, when_keys(), "when"); }
  void every_days(const Json& v);
  void examples(const Json& v);

  void code(const Json& v) { system_and_code(v, out_.system_word, out_.rule.code); }
  void unit(const Json& v) { text(v, out_.rule.unit); }
  void value(const Json& v) { text(v, out_.limit_text); }
  void answers(const Json& v) { texts(v, out_.rule.answers); }
  void sample_types(const Json& v) { texts(v, out_.rule.sample_types); }
  void cycle_status(const Json& v) { text(v, out_.rule.cycle_status); }
  void monitoring(const Json& v) { text(v, out_.rule.monitoring); }

  RuleExample row_as_the_rule() const;
  RuleExample& row() { return out_.rule.examples.back(); }
  void row_status(const Json& v) { text(v, row().seen.status); }
  void row_code(const Json& v) {
    system_and_code(v, row().seen.measured.front().system, row().seen.measured.front().code);
  }
  void row_unit(const Json& v) { text(v, row().seen.measured.front().unit); }
  void row_value(const Json& v);
  void row_answer(const Json& v) { text(v, row().seen.measured.front().answer); }
  void row_sample(const Json& v) { text(v, row().seen.sample_type); }
  void row_cycle(const Json& v) { text(v, row().seen.cycle_status); }
  void row_monitoring(const Json& v);
  void row_collected(const Json& v);
  void row_due(const Json& v) { date(v, row().due); }
  void row_says(const Json& v) { text(v, passed_over_); }
  void row_expects(const Json& v);

  RuleFile out_;
  std::string passed_over_;  // what only people read
};

const std::vector<RuleReader::Key>& RuleReader::file_keys() {
  static const std::vector<Key> all{{"version", &RuleReader::version},
                                    {"enabled", &RuleReader::enabled},
                                    {"off_since", &RuleReader::off_since},
                                    {"site", &RuleReader::site},
                                    {"text", &RuleReader::says},
                                    {"author", &RuleReader::author},
                                    {"date", &RuleReader::since},
                                    {"caution", &RuleReader::caution},
                                    {"suggested_by", &RuleReader::suggested_by},
                                    {"when", &RuleReader::when},
                                    {"every_days", &RuleReader::every_days},
                                    {"examples", &RuleReader::examples}};
  return all;
}

const std::vector<RuleReader::Key>& RuleReader::when_keys() {
  static const std::vector<Key> all{{"code", &RuleReader::code},
                                    {"unit", &RuleReader::unit},
                                    {"value", &RuleReader::value},
                                    {"answers", &RuleReader::answers},
                                    {"sample_types", &RuleReader::sample_types},
                                    {"cycle_status", &RuleReader::cycle_status},
                                    {"monitoring", &RuleReader::monitoring}};
  return all;
}

const std::vector<RuleReader::Key>& RuleReader::example_keys() {
  static const std::vector<Key> all{{"says", &RuleReader::row_says},
                                    {"status", &RuleReader::row_status},
                                    {"code", &RuleReader::row_code},
                                    {"unit", &RuleReader::row_unit},
                                    {"value", &RuleReader::row_value},
                                    {"answer", &RuleReader::row_answer},
                                    {"sample_type", &RuleReader::row_sample},
                                    {"cycle_status", &RuleReader::row_cycle},
                                    {"monitoring", &RuleReader::row_monitoring},
                                    {"collected", &RuleReader::row_collected},
                                    {"due", &RuleReader::row_due},
                                    {"expect", &RuleReader::row_expects}};
  return all;
}

RuleFile RuleReader::read(std::string_view file) {
  const auto root = fhir::parse_json(file, file_limits);
  if (!root) {
    std::uint32_t line = 0;  // `where` says "line 3, column 14"
    const std::string& where = root.error().where;
    if (const auto digit = where.find_first_of("0123456789"); digit != std::string::npos)
      std::from_chars(where.data() + digit, where.data() + where.size(), line);
    problem(line, "this is no JSON: " + root.error().what, "correct the text at " + where);
  } else if (!root->is_object()) {
    problem(1, "this is no JSON object", "begin the file with {");
  } else {
    // The table leans on the rule, wherever in the file it stands.
    Json rule = *root;
    rule.erase("examples");
    members(rule, file_keys(), "");
    if (const Json* table = root->find("examples")) {
      out_.lines["examples"] = table->line();
      examples(*table);
    }
    require_keys();
  }
  return std::move(out_);
}

void RuleReader::members(const Json& object, const std::vector<Key>& keys, const std::string& in) {
  if (!object.is_object())
    return problem(object.line(), in + " is no object", "see mappings/REFERENCE.md");
  for (const auto& [name, value] : object.members()) {
    const auto key = std::find_if(keys.begin(), keys.end(),
                                  [&](const Key& candidate) { return candidate.name == name; });
    out_.lines[in.empty() ? name : in + "." + name] = value.line();
    if (key != keys.end()) {
      (this->*key->read)(value);
      continue;
    }
    std::vector<std::string> names;
    for (const Key& candidate : keys) names.emplace_back(candidate.name);
    problem(value.line(), "unknown key " + name,
            did_you_mean(name, names, "see mappings/REFERENCE.md"));
  }
}

/// A convention without any of these must never make an entry (E3, W3).
void RuleReader::require_keys() {
  if (!out_.problems.empty()) return;  // what could not be read is no second problem
  const SiteRule& rule = out_.rule;
  const std::pair<std::string_view, const std::string*> always[] = {{"version", &rule.version},
                                                                    {"text", &rule.text},
                                                                    {"date", &rule.date},
                                                                    {"caution", &rule.caution},
                                                                    {"when.code", &rule.code}};
  for (const auto& [key, value] : always)
    if (value->empty())
      problem(out_.lines[std::string(key)], std::string(key) + " is missing",
              "a convention says its version, text, date, caution and code");
  const std::pair<std::string_view, const std::string*> signatures[] = {{"site", &rule.site},
                                                                        {"author", &rule.author}};
  for (const auto& [key, value] : signatures) {
    if (!out_.lines.contains(std::string(key)))
      problem(0, std::string(key) + " is missing", "say who answers for this convention");
    else if (value->empty() && rule.is_watched())
      problem(out_.lines[std::string(key)], std::string(key) + " is empty in a rule that is on",
              "say who answers for this convention, or leave it off");
  }
  if (rule.enabled && !rule.off_since.empty())
    problem(out_.lines["off_since"], "the rule is on and off", "keep enabled or off_since");
}

void RuleReader::text(const Json& value, std::string& into) {
  if (!value.is_string()) return problem(value.line(), "this value is no text", "put it in quotes");
  if (value.text().size() > longest_text)
    return problem(value.line(), "this text is too long", "say it in 500 bytes");
  into = value.text();
}

void RuleReader::texts(const Json& value, std::vector<std::string>& into) {
  const auto is_text = [](const Json& item) { return item.is_string() && !item.text().empty(); };
  if (!value.is_array() || value.items().empty() ||
      !std::all_of(value.items().begin(), value.items().end(), is_text))
    return problem(value.line(), "this value is no list of texts", R"(write it as ["…", "…"])");
  for (const Json& item : value.items()) into.push_back(item.text());
}

void RuleReader::date(const Json& value, std::string& into) {
  text(value, into);
  const auto day = base::parse_fhir_time(into);
  if (day && day->precision == base::PartialTime::Precision::day) return;
  problem(value.line(), "this is no date", "write it as 2025-03-22");
}

void RuleReader::enabled(const Json& value) {
  if (value.kind() != Json::Kind::boolean)
    return problem(value.line(), "this value is neither true nor false",
                   "write true or false, without quotes");
  out_.rule.enabled = value.is_true();
}

void RuleReader::every_days(const Json& value) {
  int days = 0;
  const std::string& digits = value.text();
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), days);
  if (value.kind() != Json::Kind::number || error != std::errc() ||
      end != digits.data() + digits.size() || days < 1 || days > longest_interval)
    return problem(value.line(), "every_days is no number of days",
                   "write a whole number from 1 to 999");
  out_.rule.every_days = days;
}

void RuleReader::system_and_code(const Json& value, std::string& system, std::string& code) {
  std::string said;
  text(value, said);
  const auto bar = said.find('|');
  system = said.substr(0, bar == std::string::npos ? 0 : bar);
  code = bar == std::string::npos ? "" : said.substr(bar + 1);
  if (system.empty() || code.empty())
    problem(value.line(), "this is no system and code", "write it as loinc|8112-5");
}

void RuleReader::examples(const Json& value) {
  if (!value.is_array())
    return problem(value.line(), "examples is no list", R"(write [{"value": "…", "expect": …}])");
  for (const Json& item : value.items()) {
    out_.rule.examples.push_back(row_as_the_rule());
    row().line = item.line();
    members(item, example_keys(), "examples");
    if (!item.has("expect"))
      problem(item.line(), "this row expects nothing", R"(add "expect": "follow-up" or "none")");
  }
}

RuleExample RuleReader::row_as_the_rule() const {
  const SiteRule& rule = out_.rule;
  RuleExample row;
  row.seen.status = "final";
  row.seen.sample_type = rule.sample_types.empty() ? "" : rule.sample_types.front();
  row.seen.cycle_status = rule.cycle_status.empty() ? "unknown" : rule.cycle_status;
  if (!rule.monitoring.empty()) row.seen.monitoring = {rule.monitoring};
  row.seen.measured = {{out_.system_word, rule.code, "", std::nullopt, rule.unit, ""}};
  return row;
}

/// "14.2", or with the comparator that a result may have: ">13".
void RuleReader::row_value(const Json& value) {
  std::string said;
  text(value, said);
  Measured& measured = row().seen.measured.front();
  if (auto limit = read_limit(said)) {
    measured.comparator = limit->comparison;
    measured.number = limit->number;
  } else if (measured.number = base::DecimalText::parse(said); !measured.number) {
    problem(value.line(), "this is no value", R"(write it as "14.2" or ">13")");
  }
}

void RuleReader::row_monitoring(const Json& value) {
  std::string kind;
  text(value, kind);
  row().seen.monitoring.clear();
  if (!kind.empty()) row().seen.monitoring = {kind};
}

void RuleReader::row_collected(const Json& value) {
  std::string day;
  date(value, day);
  if (const auto read = base::parse_fhir_time(day)) row().seen.collected = read->local_day();
}

void RuleReader::row_expects(const Json& value) {
  std::string word;
  text(value, word);
  row().expects_entry = word == "follow-up";
  if (word != "follow-up" && word != "none")
    problem(value.line(), "a row expects follow-up or none", R"(write "follow-up" or "none")");
}

}  // namespace

RuleFile read_rule_file(std::string_view text, const std::string& name) {
  return RuleReader(name).read(text);
}

}  // namespace gateway::mapping
