// PID-10 and 22: race and ethnicity, as our own extensions or as the realm writes them.
#include <algorithm>
#include <charconv>
#include <set>
#include <string>
#include <vector>

#include "gateway/fhir/canonical.hpp"
#include "gateway/mapping/write_patient.hpp"

namespace gateway::mapping {
namespace {

constexpr std::string_view cdc = "urn:oid:2.16.840.1.113883.6.238";

struct UsCore {
  std::string_view name, own;   // of its extension, of ours
  std::string_view categories;  // OMB's; all other codes of the set are details of one
  std::size_t most_categories;
  int first_code, last_code;  // CDC's set, without check digits: races, then ethnicities
};
constexpr UsCore us_core[] = {
    {"us-core-race", "race", " 1002-5 2028-9 2054-5 2076-8 2106-3 ", 5, 1000, 2131},
    {"us-core-ethnicity", "ethnic-group", " 2135-2 2186-5 ", 1, 2133, 2186}};

bool is_of_set(const UsCore& group, const Coding& coding) {
  const std::string_view name = coding.system_name.text, code = coding.code.text;
  const bool of_cdc =
      coding.system == cdc || name == "HL70005" || name == "HL70189" || name == "CDCREC";
  int number = 0;
  const auto [end, error] = std::from_chars(code.data(), code.data() + code.size(), number);
  return of_cdc && error == std::errc() && end != code.data() + code.size() && *end == '-' &&
         number >= group.first_code && number <= group.last_code;
}

/// What a repetition says in words, else its code.
Text words_of(const Concept& said) {
  return !said.text.empty() || said.codings.empty() ? said.text : said.codings.front().code;
}

void write_coding(Pen& pen, std::string_view url, const Coding& coding) {
  const auto part = pen.item();
  pen.say("url", url);
  const auto value = pen.object("valueCoding");
  pen.from("system", cdc, coding.system_name);
  pen.text("code", coding.code);
  pen.text("display", coding.display);
}

/// US Core 6.1: so many categories of OMB, each once, details, and a text which must be there.
void extend_us_core(Desk& desk, Draft& draft, const UsCore& group, const Place& field) {
  Pen& pen = draft.extensions;
  const auto item = pen.item();
  pen.say("url", "http://hl7.org/fhir/us/core/StructureDefinition/" + std::string(group.name));
  const auto parts = pen.array("extension");
  std::string words;
  std::vector<Text> origins;
  std::set<std::string_view> written;
  std::size_t categories = 0;
  for (std::uint16_t k = 1; k <= desk.fields().repetitions(field.segment, field.field); ++k) {
    const Concept said = read_concept(desk, field.repeated(k));
    const Text text = words_of(said);
    words += (words.empty() ? "" : ", ") + std::string(text.text);
    origins.push_back(text);
    for (const Coding& coding : said.codings) {
      const bool category = group.categories.find(" " + std::string(coding.code.text) + " ") !=
                            std::string_view::npos;
      if (!is_of_set(group, coding) || (category && categories >= group.most_categories)) continue;
      if (!written.insert(coding.code.text).second) continue;
      categories += category ? 1 : 0;
      write_coding(pen, category ? "ombCategory" : "detailed", coding);
    }
  }
  const auto part = pen.item();
  pen.say("url", "text");
  pen.say("valueString", words);
  for (const Text& origin : origins) pen.land("valueString", origin);
}

/// Is there a code that US Core's extension has no place for?
bool has_more(const UsCore& group, const Concept& said) {
  return std::any_of(said.codings.begin(), said.codings.end(),
                     [&](const Coding& coding) { return !is_of_set(group, coding); });
}

}  // namespace

void extend_group(Desk& desk, Draft& draft, PatientGroup which, const Place& field) {
  const UsCore& group = us_core[static_cast<std::size_t>(which)];
  if (!desk.fields().populated(field.segment, field.field)) return;
  if (desk.profile().realm != "us")
    return extend_concepts(desk, draft, group.own, field.segment, field.field);
  extend_us_core(desk, draft, group, field);
  for (std::uint16_t k = 1; k <= desk.fields().repetitions(field.segment, field.field); ++k)
    if (has_more(group, read_concept(desk, field.repeated(k))))
      extend_concept(desk, draft, group.own, field.repeated(k));
}

}  // namespace gateway::mapping
