// The words of the cycle: cycle_phrases.csv.
#include <algorithm>
#include <array>

#include "gateway/mapping/catalogue_builder.hpp"
#include "gateway/mapping/code_words.hpp"
#include "gateway/mapping/cycle_language.hpp"
#include "gateway/mapping/folding.hpp"
#include "gateway/mapping/spelling.hpp"

namespace gateway::mapping {
namespace {

constexpr std::array<std::string_view, 6> phrase_columns{"answer_to", "field",    "code",
                                                         "phrase",    "language", "says_who"};
constexpr std::array<std::string_view, 6> languages{"*", "en", "de", "tr", "es", "fr"};
constexpr std::size_t most_elements = 12;  // a phrase is tried element by element, at every place
constexpr std::size_t most_phrases = 10'000;

template <std::size_t N>
bool is_one_of(std::string_view word, const std::array<std::string_view, N>& all) {
  return std::find(all.begin(), all.end(), word) != all.end();
}

std::optional<PregnancySaid> pregnancy_said(std::string_view code) {
  if (code == "pregnant") return PregnancySaid::pregnant;
  if (code == "not-pregnant") return PregnancySaid::not_pregnant;
  if (code == "unknown") return PregnancySaid::unknown;
  return std::nullopt;
}

constexpr std::array<std::string_view, 3> pregnancy_words{"pregnant", "not-pregnant", "weeks"};
constexpr std::array<std::string_view, 12> months{"1", "2", "3", "4",  "5",  "6",
                                                  "7", "8", "9", "10", "11", "12"};

/// The code system that a field's code is of; "": the field has no code, or one of its own.
std::string_view system_of(PhraseField field) {
  if (field == PhraseField::anchor) return "cycle-anchor";
  if (field == PhraseField::type) return "cycle-type";
  if (field == PhraseField::phase) return "cycle-phase";
  if (field == PhraseField::qualifier) return "cycle-qualifier";
  return "";
}

std::size_t count_of(const std::vector<std::string>& elements, std::string_view ending) {
  return static_cast<std::size_t>(
      std::count_if(elements.begin(), elements.end(), [ending](const std::string& element) {
        return element == ending || (ending == "N" && (element == "N." || element == "N+N" ||
                                                       element == "+N" || element == "±N"));
      }));
}

/// What a pattern lacks, by its field: "" if it can be found in a text.
std::string_view lacking(PhraseField field, const std::vector<std::string>& elements) {
  if (elements.empty() || elements.size() > most_elements) return "has no words, or over twelve";
  for (const std::string& element : elements) {  // found by its first words alone
    if (element.starts_with('*') || element == "DATE") return "begins with no word of its own";
    if (!element.ends_with('?') || element == "\\?") break;
    if (&element == &elements.back()) return "has no word that must be there";
  }
  if (field == PhraseField::unit && elements.size() > 1) return "is more than one word";
  const bool counts = field == PhraseField::day || field == PhraseField::anchor;
  const bool may_count = field == PhraseField::obstetric || field == PhraseField::doubt ||
                         field == PhraseField::pregnancy || field == PhraseField::loss;
  if (!may_count && count_of(elements, "N") != (counts ? 1 : 0))
    return counts ? "needs one N, the number" : "has an N that nobody reads";
  if (count_of(elements, "DATE") != (field == PhraseField::lmp ? 1 : 0))
    return field == PhraseField::lmp ? "needs one DATE" : "has a DATE that nobody reads";
  return "";
}

}  // namespace

bool CatalogueBuilder::good_phrase(Place place, const CsvRow& row) {
  const auto field = phrase_field(row.cells[1]);
  if (!field) {
    const std::vector<std::string> known(phrase_field_names.begin(), phrase_field_names.end());
    problem(place, row.cells[1] + " is no field of a phrase",
            did_you_mean(row.cells[1], known, "the fields stand in mappings/REFERENCE.md"));
    return false;
  }
  const std::string_view lack = lacking(*field, words_of(row.cells[3]));
  if (!lack.empty())
    problem(place, "the phrase " + row.cells[3] + " " + std::string(lack),
            "write words, N and DATE as mappings/REFERENCE.md says");
  const std::string_view system = system_of(*field);
  const auto& code = row.cells[2];
  const bool good_code = *field == PhraseField::pregnancy      ? is_one_of(code, pregnancy_words)
                         : *field == PhraseField::month        ? is_one_of(code, months)
                         : *field == PhraseField::cells        ? code.empty() || code == "marker"
                         : *field == PhraseField::cells_behind ? code.empty() || code == "cluster"
                         : *field == PhraseField::void_clause  ? code.empty() || code == "doubt"
                         : system.empty()                      ? code.empty()
                                                               : known_value(system, code);
  if (!good_code)
    problem(place, "code \"" + row.cells[2] + "\" is none of the field " + row.cells[1],
            did_you_mean(row.cells[2], codes_of(uri_of(system)), "see codes/values.csv"));
  return lack.empty() && good_code;
}

void CatalogueBuilder::add_cycle_phrases() {
  static const std::string path = "cycle_phrases.csv";
  CycleLanguage::Rows rows;
  for (const CsvRow& row : table(path, phrase_columns)) {
    const Place place{path, row.line};
    const auto& answer_to = row.cells[0];
    if (rows.text.size() >= most_phrases) break;
    if (!is_one_of(row.cells[4], languages))
      problem(place, row.cells[4] + " is no language of the table", "en, de, tr, es, fr or *");
    if (!first_of_its_key(place, joined_key({answer_to, row.cells[1], row.cells[3]}), row.cells[3]))
      continue;
    if (answer_to == "pregnancy") {
      const auto said = pregnancy_said(row.cells[2]);
      if (!said) problem(place, row.cells[2] + " is no answer", "pregnant, not-pregnant, unknown");
      if (said) rows.pregnancy.emplace_back(row.cells[3], *said);
    } else if (answer_to == "any") {
      rows.no_answers.push_back(row.cells[3]);
    } else if (answer_to != "text" && answer_to != "type" && answer_to != "phase") {
      problem(place, answer_to + " answers nothing", "text, type, phase, pregnancy or any");
    } else if (good_phrase(place, row)) {
      auto& into = answer_to == "text" ? rows.text : answer_to == "type" ? rows.type : rows.phase;
      into.push_back({*phrase_field(row.cells[1]), row.cells[2], row.cells[3]});
    }
  }
  catalogue_->cycle_language_ = std::make_shared<const CycleLanguage>(rows);
}

}  // namespace gateway::mapping
