// Answers to whether the patient has an allergy or a deficiency, or has consented (W5, W6).
#include "gateway/fhir/canonical.hpp"
#include "gateway/mapping/cycle_language.hpp"
#include "gateway/mapping/numbers.hpp"
#include "gateway/mapping/value_parts.hpp"
#include "gateway/mapping/write_observation.hpp"

namespace gateway::mapping {
namespace {

/// `yes_in_words`: of a code that nobody mapped. It declares, and the code still wants its row.
enum class Answer { nothing, yes, no, unreadable, yes_in_words };

Answer answer_of_code(Desk& desk, std::string_view question, std::string_view system_name,
                      std::string_view system, std::string_view code) {
  const std::string yes_or_no = fhir::canonical::v2_table("0136");
  if (system == yes_or_no && (code == "Y" || code == "N"))
    return code == "Y" ? Answer::yes : Answer::no;
  const AnswerRow* row = desk.catalogue().answer(desk.profile(), question, system_name, code);
  if (row == nullptr || row->target_system != yes_or_no) return Answer::unreadable;
  return row->target_code == "Y" ? Answer::yes : Answer::no;
}

/// "Unknown", "n/a" and the sender's words for no result answer nothing.
bool says_nothing(Desk& desk, std::string_view words) {
  return !words.empty() && (is_no_result(words, desk.profile().no_result_words) ||
                            desk.catalogue().cycle_language().is_no_answer(words));
}

/// One repetition of OBX-5, whatever OBX-2 calls it. Of several codings a yes decides. A code wants
/// its row, whatever its word is (R8); but a yes that is only said in words is not missed.
Answer answer_of(Desk& desk, const Row& row, const Place& place) {
  const std::string& question = row.code.target->code;
  const Concept said = read_concept(desk, place);
  if (said.codings.empty()) {
    const Answer answer = answer_of_code(desk, question, "", "", said.text.text);
    const bool silent = answer == Answer::unreadable && says_nothing(desk, said.text.text);
    return silent ? Answer::nothing : answer;
  }
  Answer read = Answer::unreadable;
  for (const Coding& coding : said.codings) {
    const Answer answer =
        answer_of_code(desk, question, coding.system_name.text, coding.system, coding.code.text);
    if (answer == Answer::yes || read == Answer::unreadable) read = answer;
    if (read == Answer::unreadable &&
        answer_of_code(desk, question, "", "", coding.display.text) == Answer::yes)
      read = Answer::yes_in_words;
    const bool standard = desk.catalogue().coding_system(coding.system_name.text).has_value();
    const bool reasons = coding.system == fhir::canonical::v2_table("0532");
    const std::string_view words = standard && !reasons           ? coding.display.text
                                   : reasons                      ? coding.code.text
                                   : is_coded_type(row.type.text) ? std::string_view()
                                                                  : coding.code.text;
    if (read == Answer::unreadable && says_nothing(desk, words)) read = Answer::nothing;
  }
  return read;
}

}  // namespace

std::string declaration_of(const Row& row) {
  if (row.code.target == nullptr) return {};
  const std::string& kind = row.code.target->context_kind;
  const bool declares = kind == "egg-allergy" || kind == "soy-allergy" || kind == "iga-deficiency";
  return declares ? kind + "-declared" : std::string();
}

bool declares(const Row& row) {
  return !declaration_of(row).empty() ||
         (row.code.target != nullptr && row.code.target->context_kind == "immunotherapy-consent");
}

void write_declaration(Desk& desk, Draft& draft, const Row& row) {
  if (!declares(row) || row.status == "entered-in-error" || row.status == "cancelled") return;
  const std::string declared = declaration_of(row);
  bool yes = false, unreadable = false;
  for (std::uint16_t k = 1; k <= desk.fields().repetitions(row.obx(), 5); ++k) {
    const Place place{row.obx(), 5, k};
    if (!desk.fields().populated(place)) continue;
    const Answer answer = answer_of(desk, row, place);
    const bool in_words = answer == Answer::yes_in_words;
    yes = yes || in_words || answer == Answer::yes;
    unreadable = unreadable || in_words || answer == Answer::unreadable;
  }
  if (yes && !declared.empty()) draft.tag("safety", declared);
  if (unreadable)
    desk.issue("code-unmapped", &draft, {row.obx(), 5}, "no row of the answers names this answer");
}

}  // namespace gateway::mapping
