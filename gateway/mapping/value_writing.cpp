#include "gateway/fhir/canonical.hpp"
#include "gateway/mapping/value.hpp"
#include "gateway/mapping/write_observation.hpp"

namespace gateway::mapping {
namespace {

using ValueKind = Value::Kind;

void land_all(Pen& pen, const char* name, const std::vector<Text>& origins) {
  for (const Text& origin : origins) pen.land(name, origin);
}

/// `unit`, `system`, `code`, as far as they are known (F6).
void write_unit(Pen& pen, const Unit& unit) {
  if (unit.sent())
    pen.text("unit", unit.text);
  else
    pen.say("unit", unit.supplied);
  if (unit.ucum.empty() && unit.code_required) {
    for (const char* name : {"_unit", "_system", "_code"}) {
      if (name == std::string_view("_unit") && unit.sent()) continue;
      const auto shadow = pen.object(name);
      const auto extensions = pen.array("extension");
      const auto item = pen.item();
      pen.say("url", fhir::canonical::standard_extension("data-absent-reason"));
      pen.say("valueCode", "unknown");
    }
  }
  if (unit.ucum.empty()) return;
  pen.from("system", fhir::canonical::ucum, unit.system);
  pen.from("code", unit.ucum, unit.code);
}

/// The codings of a coded answer, with the target of the answer map first (S14, C2).
void write_answer(Desk& desk, Pen& pen, const Concept& said, const Row& row) {
  const std::string_view question =
      row.code.target != nullptr ? std::string_view(row.code.target->code) : std::string_view();
  for (const Coding& coding : said.codings) {
    const AnswerRow* answer = desk.catalogue().answer(desk.profile(), question,
                                                      coding.system_name.text, coding.code.text);
    if (answer == nullptr) continue;
    const OwnCoding own{answer->target_system, answer->target_code, answer->target_display};
    return write_concept(pen, said, &own);
  }
  write_concept(pen, said);
}

/// Why there is no value: by the status (T11), with the sender's own reason behind it (OBX-32).
void write_reason(Desk& desk, Pen& pen, const Value& value, const Row& row) {
  const Concept said = read_concept(desk, {row.obx(), 32});
  if (said.empty() && declares(row) && desk.fields().at({row.obx(), 5}).null) {
    const auto member = pen.object("dataAbsentReason");
    {
      const auto codings = pen.array("coding");
      const auto coding = pen.item();
      pen.say("system", fhir::canonical::data_absent_reason);
      pen.say("code", value.absent);
    }
    return pen.say("text", taken_back_by_null);
  }
  if (value.absent.empty() || said.empty()) return write_absent(pen, value.absent);
  const auto member = pen.object("dataAbsentReason");
  const OwnCoding own{fhir::canonical::data_absent_reason, value.absent, ""};
  write_concept(pen, said, &own);
}

/// A series counts from 0 in its unit.
void write_samples(Pen& pen, const Value& value, const Unit& unit) {
  {
    const auto origin = pen.object("origin");
    pen.integer("value", 0);
    write_unit(pen, unit);
  }
  pen.raw("period", value.interval_ms);
  pen.integer("dimensions", value.channels);
  pen.say("data", value.text);
  land_all(pen, "data", value.origins);
}

void write_bound(Pen& pen, const char* name, const std::optional<base::DecimalText>& number,
                 const Unit& unit, const std::vector<Text>& origins) {
  if (!number) return;
  const auto bound = pen.object(name);
  write_quantity(pen, *number, "", unit, origins);
}

}  // namespace

void write_quantity(Pen& pen, const base::DecimalText& number, std::string_view comparator,
                    const Unit& unit, const std::vector<Text>& origins) {
  pen.digits("value", number);
  land_all(pen, "value", origins);
  pen.say("comparator", comparator);
  write_unit(pen, unit);
}

void write_answers(Desk& desk, Pen& pen, const Value& value, const Row& row) {
  if (!value.is_several()) return;
  const std::string code = pen.written_object("code");
  for (const Concept& said : value.concepts) {
    const auto item = pen.item();
    pen.raw("code", code);
    const auto member = pen.object("valueCodeableConcept");
    write_answer(desk, pen, said, row);
  }
}

void extend_value_codes(Draft& draft, const Value& value) {
  for (const Concept& said : value.concepts) {
    const auto item = draft.extensions.item();
    draft.extensions.say("url", fhir::canonical::extension("value-code"));
    const auto member = draft.extensions.object("valueCodeableConcept");
    write_concept(draft.extensions, said);
  }
}

void write_absent(Pen& pen, std::string_view code) {
  if (code.empty()) return;
  say_concept(pen, "dataAbsentReason", fhir::canonical::data_absent_reason, code);
}

void write_value(Desk& desk, Pen& pen, const Value& value, const Unit& unit, Draft& draft,
                 const Row& row) {
  const Unit none;
  extend_text(draft, "original-text", value.original);
  switch (value.kind) {
    case ValueKind::none:
      return write_reason(desk, pen, value, row);
    case ValueKind::quantity: {
      const auto member = pen.object("valueQuantity");
      return write_quantity(pen, value.number->value, value.number->comparator, unit,
                            value.origins);
    }
    case ValueKind::gestation: {
      const auto member = pen.object("valueQuantity");
      const auto number = base::DecimalText::parse(value.gestation->value);
      if (number) pen.digits("value", *number);
      land_all(pen, "value", value.origins);
      pen.say("unit", value.gestation->unit);
      pen.land("unit", unit.text);
      pen.say("system", fhir::canonical::ucum);
      pen.land("system", unit.system);
      pen.say("code", value.gestation->unit);
      return pen.land("code", unit.code);
    }
    case ValueKind::ratio: {
      const auto member = pen.object("valueRatio");
      write_bound(pen, "numerator", value.ratio->numerator, none, value.origins);
      return write_bound(pen, "denominator", value.ratio->denominator, none, value.origins);
    }
    case ValueKind::range: {
      const auto member = pen.object("valueRange");
      write_bound(pen, "low", value.interval.low, unit, value.origins);
      return write_bound(pen, "high", value.interval.high, unit, value.origins);
    }
    case ValueKind::text:
      pen.say("valueString", value.text);
      return land_all(pen, "valueString", value.origins);
    case ValueKind::integer:
      pen.integer("valueInteger", std::stoll(value.text));
      return land_all(pen, "valueInteger", value.origins);
    case ValueKind::samples: {
      const auto member = pen.object("valueSampledData");
      write_samples(pen, value, unit);
      return;
    }
    case ValueKind::clock:
      pen.say("valueTime", value.text);
      land_all(pen, "valueTime", value.origins);
      if (value.origins.front().text.find_first_of(offset_marks) != std::string_view::npos)
        write_sent_time(pen, "_valueTime", value.origins.front());  // FHIR's time has no offset
      return;
    case ValueKind::time:
      if (value.codes_beside) extend_value_codes(draft, value);
      write_time(desk, pen, "valueDateTime", "_valueDateTime", value.start, TimeForm::date_time,
                 &draft, {row.obx(), 5});
      return;
    case ValueKind::period: {
      const auto member = pen.object("valuePeriod");
      write_time(desk, pen, "start", "_start", value.start, TimeForm::date_time, &draft,
                 {row.obx(), 5});
      write_time(desk, pen, "end", "_end", value.end, TimeForm::date_time, &draft, {row.obx(), 5});
      return;
    }
    case ValueKind::coded:
      if (value.is_several()) return;  // write_answers
      const auto member = pen.object("valueCodeableConcept");
      return write_answer(desk, pen, value.concepts.front(), row);
  }
}

}  // namespace gateway::mapping
