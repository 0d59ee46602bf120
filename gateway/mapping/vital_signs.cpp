#include "gateway/mapping/vital_signs.hpp"

#include <algorithm>
#include <array>

#include "gateway/fhir/canonical.hpp"
#include "gateway/mapping/blood_pressure.hpp"

namespace gateway::mapping {
namespace {

// FHIR R4, vital signs: the codes that demand the profile.
constexpr std::array codes = {
    std::string_view("85353-1"), std::string_view("9279-1"),  std::string_view("8867-4"),
    std::string_view("2708-6"),  std::string_view("8310-5"),  std::string_view("8302-2"),
    std::string_view("9843-4"),  std::string_view("29463-7"), std::string_view("39156-5"),
    blood_pressure::panel,       blood_pressure::systolic,    blood_pressure::diastolic};

bool is_named(const Coding& coding) {
  return coding.system == fhir::canonical::loinc &&
         std::find(codes.begin(), codes.end(), coding.code.text) != codes.end();
}

}  // namespace

bool is_vital_sign(const Row& row) {
  if (row.is_blood_pressure) return true;
  if (row.code.target != nullptr && row.code.target->vital_sign) return true;
  return std::any_of(row.code.said.codings.begin(), row.code.said.codings.end(), is_named);
}

void fit_vital_sign(Draft& draft, Value& value, Unit& unit) {
  unit.code_required = true;
  if (value.kind == Value::Kind::none || value.kind == Value::Kind::quantity) return;
  extend_value_codes(draft, value);
  if (value.concepts.empty())
    for (const Text& origin : value.origins) value.notes.push_back({"", origin});
  for (const Text& time : {value.start.said, value.end.said})
    if (!time.empty()) value.notes.push_back({"", time});
  value.kind = Value::Kind::none;
  value.absent = "as-text";
}

bool is_precise(const TimeReading& reading) {
  return reading.time && reading.time->precision >= base::PartialTime::Precision::day;
}

void write_unknown_time(Pen& pen, const TimeReading& reading) {
  const auto shadow = pen.object("_effectiveDateTime");
  const auto extensions = pen.array("extension");
  if (!reading.said.empty()) {
    const auto item = pen.item();
    pen.say("url", fhir::canonical::extension("v2-time"));
    pen.text("valueString", reading.said);
  }
  const auto item = pen.item();
  pen.say("url", fhir::canonical::standard_extension("data-absent-reason"));
  pen.say("valueCode", "unknown");
}

}  // namespace gateway::mapping
