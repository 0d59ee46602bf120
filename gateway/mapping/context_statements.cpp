#include "gateway/mapping/context_statements.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "gateway/mapping/cycle_text.hpp"
#include "gateway/mapping/notes.hpp"
#include "gateway/mapping/rows.hpp"
#include "gateway/mapping/value_parts.hpp"

namespace gateway::mapping {
namespace {

// NTE-3 `~CD 12` begins with an empty repetition: nobody repeats nothing, but many forget to escape
// the sign of doubt.
constexpr std::string_view doubt = "~";

void add_answer(Desk& desk, ContextInput& input, const Row& row, ContextStatement statement,
                const Place& value) {
  const TargetCode& target = *row.code.target;
  if (is_coded_type(row.type.text)) {
    const Concept said = read_concept(desk, value);
    statement.text = said.text.text;
    if (!said.codings.empty()) statement.code = said.codings.front().code.text;
    for (const Coding& coding : said.codings) {
      const AnswerRow* answer = desk.catalogue().answer(desk.profile(), target.code,
                                                        coding.system_name.text, coding.code.text);
      if (answer == nullptr) continue;
      statement.code = answer->target_code;
      break;
    }
    for (const Coding& coding : said.codings)
      for (const Text& other : {coding.code, coding.display})
        if (!other.empty()) statement.others.emplace_back(other.text);
    if (statement.text.empty()) statement.text = statement.code;
  } else {
    statement.text = plain_words(desk, row, value);
  }
  if (is_no_result(statement.text, desk.profile().no_result_words)) return;
  input.statements.push_back(std::move(statement));
}

/// OBX-5 `~21` begins with an empty repetition: the tilde of doubt that nobody escaped (C24).
void put_in_doubt(ContextInput& input, std::size_t first) {
  for (std::size_t i = first; i < input.statements.size(); ++i) {
    ContextStatement& statement = input.statements[i];
    statement.text.insert(0, doubt);
    statement.code.clear();
    statement.others.clear();
  }
}

/// OBR-13 or OBR-39 as one text, a line a repetition: these are clauses of their own (C24).
void add_text(Desk& desk, ContextInput& input, SegmentIndex segment, std::uint16_t field,
              Source source) {
  FieldReader& fields = desk.fields();
  const Text whole = fields.at(Place{segment, field, 0});
  if (whole.null || !whole.empty()) input.told.push_back(source);
  std::string text;
  if (is_one_text(desk, field)) {
    text = one_text(desk, Place{segment, field});
  } else {
    for (std::uint16_t k = 1; k <= fields.repetitions(segment, field); ++k) {
      const Text said = text_of_comment(fields, Place{segment, field, k});
      if (said.empty()) continue;
      if (!text.empty()) text += '\n';
      text += said.text;
    }
  }
  if (text.empty()) return;
  input.texts.push_back({source, std::move(text), fields.address(Place{segment, field, 0})});
}

/// The text of a note. NTE-3 `CD ~21` is a tilde of doubt that nobody escaped, where with a line
/// end in its place neither part would say anything (C24).
std::string words_of_note(Desk& desk, SegmentIndex note, const CycleLanguage& language) {
  constexpr std::size_t near = 40;  // bytes to either side
  constexpr std::uint16_t most_repetitions = 16;
  FieldReader& fields = desk.fields();
  std::string text = text_of_note(desk, note);
  const std::uint16_t count = std::min(fields.repetitions(note, 3), most_repetitions);
  std::size_t at = 0;
  for (std::uint16_t k = 1; k < count; ++k, ++at) {
    at += fields.at({note, 3, k}).text.size();
    const std::size_t last = text.find_last_not_of(' ', at == 0 ? 0 : at - 1);
    const auto is_digit = [&text](std::size_t i) { return text[i] >= '0' && text[i] <= '9'; };
    if (at == 0 || at + 1 >= text.size() || text[at] != '\n' || !is_digit(at + 1) ||
        last == text.npos || is_digit(last))
      continue;
    const std::size_t begin = text.rfind('\n', at - 1) + 1;
    const std::size_t first = std::max(begin, at - std::min(at, near));
    const std::string beside =
        text.substr(first, at - first) + "~" +
        text.substr(at + 1, text.find('\n', at + 1) - at - 1).substr(0, near);
    const CycleText said = read_cycle_text(language, beside, "", std::nullopt);
    if (said.day.in_doubt || said.anchor.in_doubt) text.replace(at, 1, doubt);
  }
  return text;
}

}  // namespace

void add_row(Desk& desk, ContextInput& input, const Row& row, Source source) {
  const TargetCode* target = row.code.target;
  if (row.kind != RowKind::context || target == nullptr || target->context_kind.empty()) return;
  const Place value{row.obx(), 5};
  FieldReader& fields = desk.fields();
  if (row.status == "entered-in-error" || row.status == "cancelled" || fields.at(value).null) {
    if (input.retracted.size() < most_statements)
      input.retracted.push_back({target->context_kind,
                                 row.draft != nullptr ? row.draft->reference() : std::string(),
                                 source});
    return;
  }
  if (!fields.populated(row.obx(), 5) || row.is_pending()) return;
  ContextStatement statement;
  statement.kind = target->context_kind;
  statement.source = source;
  statement.where = fields.address(row.obx(), 5);
  statement.evidence = row.draft != nullptr ? row.draft->reference() : statement.where;
  statement.unit = fields.code_at(Place{row.obx(), 6}.part(1)).text;
  if (statement.unit.empty() && row.code.map_row != nullptr)
    statement.unit = row.code.map_row->unit;
  if (statement.unit.empty()) statement.unit = unit_of_code(target);
  const std::size_t before = input.statements.size();
  const std::uint16_t count = fields.repetitions(row.obx(), 5);
  for (std::uint16_t k = 1; k <= count && input.statements.size() < most_statements; ++k)
    if (fields.populated(Place{row.obx(), 5, k}))
      add_answer(desk, input, row, statement, Place{row.obx(), 5, k});
  if (count > 1 && !fields.populated(Place{row.obx(), 5, 1})) put_in_doubt(input, before);
  if (input.statements.size() == before && input.retracted.size() < most_statements)
    input.retracted.push_back(
        {statement.kind, statement.evidence, source});  // "QNS" is no last period
}

void add_texts(Desk& desk, ContextInput& input, const OrderSegments& order) {
  if (order.obr) {
    add_text(desk, input, *order.obr, 13, Source::text_obr13);
    add_text(desk, input, *order.obr, 39, Source::text_obr39);
  }
  for (const SegmentIndex note : order.notes) {
    std::string text = words_of_note(desk, note, desk.catalogue().cycle_language());
    if (desk.fields().at({note, 3, 0}).null) input.told.push_back(Source::text_nte);
    if (text.empty()) continue;
    if (!desk.fields().populated(Place{note, 3, 1})) text.replace(0, 1, doubt);
    input.texts.push_back({Source::text_nte, std::move(text), desk.fields().address(note, 3)});
  }
}

}  // namespace gateway::mapping
