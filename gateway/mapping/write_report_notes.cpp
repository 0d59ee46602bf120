// What stands beside a report as text: notes, comments of the order, rows that were not to be
// answered (V2FHIR.md §2.4, DOMAIN.md §8, R10).
#include "gateway/fhir/canonical.hpp"
#include "gateway/mapping/notes.hpp"
#include "gateway/mapping/write_message.hpp"
#include "gateway/mapping/write_order.hpp"

namespace gateway::mapping {
namespace {

constexpr std::string_view url = fhir::canonical::report_note;

/// O without a value: the note has the words of OBX-3, and its codes beside. What else the row says
/// (unit, range, who, when) is of no result, and travels as sent.
void extend_unanswered(Desk& desk, Draft& draft, const Row& row) {
  FieldReader& fields = desk.fields();
  const Concept& said = row.code.said;
  fields.set_aside_type(row.obx(), 11);
  if (!said.empty()) {
    Pen& pen = draft.extensions;
    const auto item = pen.item();
    pen.say("url", url);
    const auto value = pen.object("valueAnnotation");
    if (!said.codings.empty()) {
      const auto extensions = pen.array("extension");
      const auto one = pen.item();
      pen.say("url", fhir::canonical::extension("note-code"));
      const auto code = pen.object("valueCodeableConcept");
      write_concept(pen, said);
    }
    const Text words = said.text.empty() ? said.codings.front().code : said.text;
    pen.from("text", words.text, words);
  }
  fields.set_aside_field(row.obx(), 1, Reason::set_id);
  carry_rest(desk, draft, row.obx());
  for (const SegmentIndex note : row.segments->notes) extend_note(desk, draft, url, note);
}

}  // namespace

void write_report_notes(Desk& desk, OrderWork& order) {
  Draft& draft = *order.report;
  FieldReader& fields = desk.fields();
  if (order.segments->obr) {
    for (const std::uint16_t field : {std::uint16_t{13}, std::uint16_t{39}}) {
      for (std::uint16_t k = 1; k <= fields.repetitions(*order.segments->obr, field); ++k)
        extend_note(draft, url,
                    Note{"", text_of_comment(fields, {*order.segments->obr, field, k})});
    }
  }
  for (const SegmentIndex note : order.segments->notes) extend_note(desk, draft, url, note);
  for (const Row& row : order.rows) {
    if (row.kind == RowKind::attachment)
      for (const SegmentIndex note : row.segments->notes) extend_note(desk, draft, url, note);
    if (row.kind == RowKind::report_note) extend_unanswered(desk, draft, row);
  }
}

}  // namespace gateway::mapping
