#include "gateway/mapping/sender_file.hpp"

#include <algorithm>
#include <charconv>

#include "gateway/base/words.hpp"
#include "gateway/fhir/json.hpp"
#include "gateway/mapping/folding.hpp"
#include "gateway/mapping/spelling.hpp"

namespace gateway::mapping {
namespace {

using fhir::Json;

constexpr int longest_cycle = 999;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// "ZCY-2" → "ZCY"; "" if it is no field of a Z-segment.
std::string z_segment(std::string_view field) {
  if (field.size() < 5 || field.size() > 7 || field[0] != 'Z' || field[3] != '-') return {};
  for (const char c : field.substr(1, 2)) {
    if (!is_digit(c) && !(c >= 'A' && c <= 'Z')) return {};
  }
  const std::string_view number = field.substr(4);
  if (number.front() == '0' || !std::all_of(number.begin(), number.end(), is_digit)) return {};
  return std::string(field.substr(0, 3));
}

/// "AL1-3".
bool is_field_name(std::string_view text) {
  if (text.size() < 5 || text.size() > 7 || text[3] != '-' || text[4] == '0') return false;
  const auto is_name = [](char c) { return is_digit(c) || (c >= 'A' && c <= 'Z'); };
  const std::string_view number = text.substr(4);
  return !is_digit(text[0]) && std::all_of(text.begin(), text.begin() + 3, is_name) &&
         std::all_of(number.begin(), number.end(), is_digit);
}

class SenderFile {
 public:
  SenderFile(const std::vector<std::string>& kinds, SenderProfile& profile)
      : kinds_(kinds), profile_(profile) {}

  std::vector<SenderFileProblem> read(std::string_view text);

 private:
  struct Key {
    std::string_view name;
    void (SenderFile::*read)(const Json& value);
  };
  static const std::vector<Key>& keys();

  void problem(const Json& at, std::string what, std::string remedy) {
    problems_.push_back({at.line(), std::move(what), std::move(remedy)});
  }
  bool text(const Json& value, std::string& into);
  bool truth(const Json& value, bool& into);
  bool texts(const Json& value, std::vector<std::string>& into);
  bool one_of(const Json& value, const std::vector<std::string>& allowed, std::string& into);

  void recognise(const Json& value);
  void certificates(const Json& value) { texts(value, profile_.certificates); }
  void time_zone(const Json& value);
  void stamps_in_utc(const Json& value) { truth(value, profile_.stamps_in_utc); }
  void decimal_comma(const Json& value) { one_of(value, {"yes", "no"}, profile_.decimal_comma); }
  void charset(const Json& value) { text(value, profile_.charset); }
  void code_map(const Json& value) { text(value, profile_.code_map); }
  void z_fields(const Json& value);
  void z_codes(const Json& value);
  void max_cycle_day(const Json& value);
  void date_order(const Json& value) { one_of(value, {"dmy", "mdy"}, profile_.date_order); }
  void specimen_by_sub_id(const Json& value) {
    one_of(value, {"SPM-1", "SPM-2"}, profile_.specimen_by_sub_id);
  }
  void share_context(const Json& value) { truth(value, profile_.share_context_same_day); }
  void err_warnings(const Json& value) { truth(value, profile_.err_warnings); }
  void label_all(const Json& value) { truth(value, profile_.label_all); }
  void realm(const Json& value);
  void sex_words(const Json& value);
  void split_given_names(const Json& value) { truth(value, profile_.split_given_names); }
  void accession_fields(const Json& value);
  void carry(const Json& value);
  void identifier_types(const Json& value) { texts(value, profile_.identifier_types); }
  void empty_words(const Json& value) { texts(value, profile_.empty_words); }
  void sample_interval(const Json& value);
  void msh7_offset(const Json& value);
  void text_lines(const Json& value);
  void when_unavailable(const Json& value);
  void patient_less(const Json& value) { truth(value, profile_.patient_less); }
  void batch_answer(const Json& value);
  void processing_ids(const Json& value) { texts(value, profile_.processing_ids); }
  void no_result_words(const Json& value) { texts(value, profile_.no_result_words); }
  void units(const Json& value);
  void check_z_codes(const Json& root);

  const std::vector<std::string>& kinds_;
  SenderProfile& profile_;
  std::vector<SenderFileProblem> problems_;
};

const std::vector<SenderFile::Key>& SenderFile::keys() {
  static const std::vector<Key> all{
      {"recognise", &SenderFile::recognise},
      {"certificates", &SenderFile::certificates},
      {"time_zone", &SenderFile::time_zone},
      {"stamps_in_utc", &SenderFile::stamps_in_utc},
      {"decimal_comma", &SenderFile::decimal_comma},
      {"charset", &SenderFile::charset},
      {"code_map", &SenderFile::code_map},
      {"z_fields", &SenderFile::z_fields},
      {"z_codes", &SenderFile::z_codes},
      {"max_cycle_day", &SenderFile::max_cycle_day},
      {"date_order", &SenderFile::date_order},
      {"share_context_same_day", &SenderFile::share_context},
      {"specimen_by_sub_id", &SenderFile::specimen_by_sub_id},
      {"err_warnings", &SenderFile::err_warnings},
      {"label_all", &SenderFile::label_all},
      {"realm", &SenderFile::realm},
      {"sex_words", &SenderFile::sex_words},
      {"split_given_names", &SenderFile::split_given_names},
      {"accession_fields", &SenderFile::accession_fields},
      {"carry", &SenderFile::carry},
      {"identifier_types", &SenderFile::identifier_types},
      {empty_words_key, &SenderFile::empty_words},
      {"sample_interval_ms", &SenderFile::sample_interval},
      {"msh7_offset", &SenderFile::msh7_offset},
      {"text_lines", &SenderFile::text_lines},
      {"when_unavailable", &SenderFile::when_unavailable},
      {"patient_less", &SenderFile::patient_less},
      {"batch_answer", &SenderFile::batch_answer},
      {"processing_ids", &SenderFile::processing_ids},
      {"no_result_words", &SenderFile::no_result_words},
      {"units", &SenderFile::units},
  };
  return all;
}

std::vector<SenderFileProblem> SenderFile::read(std::string_view file) {
  const auto root = fhir::parse_json(file, sender_file_limits);
  if (!root) {
    std::uint32_t line = 0;  // `where` says "line 3, column 14"
    const std::string& where = root.error().where;
    if (const auto digit = where.find_first_of("0123456789"); digit != std::string::npos) {
      std::from_chars(where.data() + digit, where.data() + where.size(), line);
    }
    return {{line, "this is no JSON: " + root.error().what, "correct the text at " + where}};
  }
  if (!root->is_object()) return {{1, "this is no JSON object", "begin the file with {"}};
  for (const auto& [name, value] : root->members()) {
    const auto& known = keys();
    const auto key = std::find_if(known.begin(), known.end(),
                                  [&](const Key& candidate) { return candidate.name == name; });
    if (key != known.end()) {
      (this->*key->read)(value);
      continue;
    }
    std::vector<std::string> names;
    for (const Key& candidate : known) names.emplace_back(candidate.name);
    problem(value, "unknown key " + name, did_you_mean(name, names, "see mappings/REFERENCE.md"));
  }
  check_z_codes(*root);
  return std::move(problems_);
}

bool SenderFile::text(const Json& value, std::string& into) {
  if (value.is_string()) {
    into = value.text();
    return true;
  }
  problem(value, "this value is no text", "put it in quotes");
  return false;
}

bool SenderFile::truth(const Json& value, bool& into) {
  if (value.kind() == Json::Kind::boolean) {
    into = value.is_true();
    return true;
  }
  problem(value, "this value is neither true nor false", "write true or false, without quotes");
  return false;
}

bool SenderFile::texts(const Json& value, std::vector<std::string>& into) {
  const auto is_text = [](const Json& item) { return item.is_string() && !item.text().empty(); };
  if (!value.is_array() || !std::all_of(value.items().begin(), value.items().end(), is_text)) {
    problem(value, "this value is no list of texts", R"(write it as ["…", "…"])");
    return false;
  }
  into.clear();
  for (const Json& item : value.items()) into.push_back(item.text());
  return true;
}

bool SenderFile::one_of(const Json& value, const std::vector<std::string>& allowed,
                        std::string& into) {
  std::string word;
  if (!text(value, word)) return false;
  if (std::find(allowed.begin(), allowed.end(), word) == allowed.end()) {
    problem(value, word + " is not allowed here",
            "write " + allowed[0] + " or " + allowed[1] + ", or leave the key out");
    return false;
  }
  into = word;
  return true;
}

void SenderFile::recognise(const Json& value) {
  const char* remedy = R"(write it as [{"msh3": "…", "msh4": "…"}])";
  if (!value.is_array()) return problem(value, "recognise is no list", remedy);
  for (const Json& pair : value.items()) {
    const Json &application = pair["msh3"], &facility = pair["msh4"];
    if (!pair.is_object() || pair.members().size() != 2 || !application.is_string() ||
        !facility.is_string() || (application.text().empty() && facility.text().empty())) {
      problem(pair, "this is no pair of MSH-3 and MSH-4", remedy);
      continue;
    }
    profile_.recognise.emplace_back(application.text(), facility.text());
  }
}

void SenderFile::time_zone(const Json& value) {
  if (text(value, profile_.time_zone) && !is_zone_name(profile_.time_zone)) {
    problem(value, profile_.time_zone + " is no name of a time zone",
            "write it as in the time zone database: Europe/Berlin");
  }
}

void SenderFile::z_fields(const Json& value) {
  profile_.z_fields.clear();
  profile_.z_segments.clear();
  if (!value.is_object())
    return problem(value, "z_fields is no object", R"(write {"ZCY-2": "cycle-day"})");
  for (const auto& [field, kind] : value.members()) {
    const std::string segment = z_segment(field);
    if (segment.empty()) {
      problem(kind, field + " is no field of a Z-segment", "write it as ZCY-2");
    } else if (std::find(kinds_.begin(), kinds_.end(), kind.text()) == kinds_.end()) {
      problem(kind, field + " means " + kind.text() + ", which is no context",
              did_you_mean(kind.text(), kinds_, "see the context column of codes/targets.csv"));
    } else {
      profile_.z_fields.emplace(field, kind.text());
      if (std::find(profile_.z_segments.begin(), profile_.z_segments.end(), segment) ==
          profile_.z_segments.end()) {
        profile_.z_segments.push_back(segment);
      }
    }
  }
}

void SenderFile::z_codes(const Json& value) {
  profile_.z_codes.clear();
  if (!value.is_object())
    return problem(value, "z_codes is no object", R"(write {"ZCY-4": {"NAT": "natural"}})");
  for (const auto& [field, codes] : value.members()) {
    if (!codes.is_object()) {
      problem(codes, "the codes of " + field + " are no object", R"(write {"NAT": "natural"})");
      continue;
    }
    for (const auto& [code, meaning] : codes.members()) {
      std::string word;
      if (text(meaning, word)) profile_.z_codes[field].emplace(code, std::move(word));
    }
  }
}

/// After all keys were read: codes of a field that nobody reads would never be reached.
void SenderFile::check_z_codes(const Json& root) {
  for (const auto& [field, codes] : profile_.z_codes) {
    if (profile_.z_fields.contains(field)) continue;
    problem(root["z_codes"], "the codes of " + field + " are never reached",
            "add " + field + " to z_fields");
  }
}

void SenderFile::max_cycle_day(const Json& value) {
  int days = 0;
  const std::string& digits = value.text();
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), days);
  if (value.kind() != Json::Kind::number || error != std::errc() ||
      end != digits.data() + digits.size() || days < 1 || days > longest_cycle) {
    return problem(value, "max_cycle_day is no number of days",
                   "write a whole number from 1 to 999");
  }
  profile_.max_cycle_day = days;
}

void SenderFile::realm(const Json& value) {
  std::string word;
  if (one_of(value, {"us", "none"}, word)) profile_.realm = word == "us" ? word : "";
}

void SenderFile::sex_words(const Json& value) {
  profile_.sex_words.clear();
  if (!value.is_object())
    return problem(value, "sex_words is no object", R"(write {"Female": "F"})");
  for (const auto& [word, meaning] : value.members()) {
    std::string code;
    if (!text(meaning, code)) continue;
    if (code.size() != 1 || std::string_view("FMOUAN").find(code) == std::string_view::npos)
      problem(meaning, code + " is no code of table 0001", "write F, M, O, U, A or N");
    profile_.sex_words[lower_case(word)] = code;
  }
}

void SenderFile::accession_fields(const Json& value) {
  if (!texts(value, profile_.accession_fields)) return;
  for (const std::string& field : profile_.accession_fields) {
    const bool known =
        field == "OBR-18" || field == "OBR-19" || field == "OBR-20" || field == "OBR-21";
    if (!known) problem(value, field + " holds no accession number", "write OBR-18 to OBR-21");
  }
}

void SenderFile::carry(const Json& value) {
  if (!texts(value, profile_.carry)) return;
  for (const std::string& field : profile_.carry)
    if (!is_field_name(field))
      problem(value, field + " is no field", "write segment and number: AL1-3");
}

void SenderFile::sample_interval(const Json& value) {
  profile_.sample_interval_ms.clear();
  if (!value.is_object())
    return problem(value, "sample_interval_ms is no object", R"(write {"ECG": 2.5})");
  for (const auto& [code, interval] : value.members()) {
    const bool positive = interval.kind() == Json::Kind::number && interval.text().front() != '-' &&
                          interval.text().find_first_of("123456789") != std::string::npos;
    if (!positive)
      problem(interval, "the interval of " + code + " is no number of milliseconds",
              "write it as a number above 0");
    profile_.sample_interval_ms[code] = interval.text();
  }
}

void SenderFile::msh7_offset(const Json& value) {
  std::string word;
  if (one_of(value, {"default", "ignore"}, word)) profile_.msh7_offset = word == "default";
}

void SenderFile::text_lines(const Json& value) {
  std::string word;
  if (one_of(value, {"joined", "separate"}, word))
    profile_.separate_text_lines = word == "separate";
}

void SenderFile::when_unavailable(const Json& value) {
  std::string word;
  if (one_of(value, {"close", "reject"}, word)) profile_.reject_when_unavailable = word == "reject";
}

void SenderFile::batch_answer(const Json& value) {
  std::string word;
  if (one_of(value, {"all", "errors"}, word)) profile_.batch_errors_only = word == "errors";
}

void SenderFile::units(const Json& value) {
  profile_.units.clear();
  if (!value.is_object())
    return problem(value, "units is no object", R"(write {"cells/ul": "/uL"})");
  for (const auto& [unit, ucum] : value.members()) {
    std::string code;
    if (!text(ucum, code)) continue;
    if (!is_ucum(code))
      problem(ucum, code + " is no UCUM code", "see ucum.org; units are case-sensitive");
    if (!profile_.units.emplace(folded_unit(unit), code).second) {
      problem(ucum, "unit " + unit + " is said twice", "keep one of the two");
    }
  }
}

}  // namespace

bool is_zone_name(std::string_view name) {
  if (name == "UTC") return true;
  if (name.size() > 64 || name.find('/') == std::string_view::npos) return false;
  bool begins = true;
  for (const char c : name) {
    if (begins && !base::is_letter(c)) return false;
    begins = c == '/';
    if (!base::is_letter(c) && !is_digit(c) && c != '/' && c != '_' && c != '-' && c != '+')
      return false;
  }
  return !begins;
}

std::vector<SenderFileProblem> read_sender_file(std::string_view text,
                                                const std::vector<std::string>& kinds,
                                                SenderProfile& profile) {
  profile.recognise.clear();
  profile.certificates.clear();
  return SenderFile(kinds, profile).read(text);
}

}  // namespace gateway::mapping
