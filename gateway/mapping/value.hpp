#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/mapping/notes.hpp"
#include "gateway/mapping/numbers.hpp"
#include "gateway/mapping/work.hpp"

/// OBX-5 by OBX-2 (V2FHIR.md §3.9, DOMAIN.md §9): read first, written when the code is decided.
namespace gateway::mapping {

/// OBX-6, or what stands for it.
struct Unit : SentUnit {
  std::string supplied = {};   // the code map's own, where OBX-6 is empty
  bool code_required = false;  // R4's vital signs: a unit code, or why there is none
};
Unit read_unit(Desk& desk, const Row& row);

struct Value {
  enum class Kind {
    none,
    quantity,
    ratio,
    range,
    text,
    coded,  // one Concept: value; several: components
    time,   // dateTime
    clock,  // time
    integer,
    period,
    gestation,
    samples  // a series: its data are `text`
  } kind = Kind::none;
  std::optional<Number> number;
  std::optional<Ratio> ratio;
  Interval interval;
  std::string text;           // text, clock, integer's digits
  std::vector<Text> origins;  // leaves the value came from
  Text original;              // as sent, where a part of it has no home in the value
  std::vector<Concept> concepts;
  std::optional<Gestation> gestation;
  TimeReading start, end;
  int channels = 1;         // of samples
  std::string interval_ms;  // between samples, as the profile says it
  std::string absent;       // dataAbsentReason code
  std::vector<std::string> issues;
  std::vector<Note> notes;
  bool unit_in_note = false;
  bool says_no_result = false;  // a word stands for it (N9): not the same as an empty field
  bool codes_beside = false;    // `concepts` are no value: the codes a date was sent with
  bool is_number() const { return kind == Kind::quantity || kind == Kind::range; }
  bool empty() const { return kind == Kind::none; }
  bool is_several() const { return kind == Kind::coded && concepts.size() > 1; }
};

/// The value of a result; status decides first (T4, T5, T10, T11).
Value read_value(Desk& desk, const Row& row, const Unit& unit);
/// The value of a context or component row, in the form its code asks for (C2).
Value read_value_as(Desk& desk, const Row& row, const Unit& unit, std::string_view form);

/// A value that is no coded answer in one word, as C2 reads it: SN's parts together (`9+3`, `<12`;
/// `=` says nothing), times without TS.2, their precision.
std::string plain_words(Desk& desk, const Row& row, const Place& value);

/// Several coded answers of what has no components of its own (F8).
Value answers_as_text(Desk& desk, const Row& row);

/// value[x] and dataAbsentReason in the object that is open. A coded answer gains the target that
/// the answer map of `question` gives it. Several answers are no value[x] but `write_answers`.
void write_value(Desk& desk, Pen& pen, const Value& value, const Unit& unit, Draft& draft,
                 const Row& row);
/// Several answers where one is expected: items of `component`, each under the code of the row
/// (V2FHIR.md §3.9).
void write_answers(Desk& desk, Pen& pen, const Value& value, const Row& row);
/// Members of a Quantity.
void write_quantity(Pen& pen, const base::DecimalText& number, std::string_view comparator,
                    const Unit& unit, const std::vector<Text>& origins);
/// The codes of a value that its element cannot hold: extension `value-code`, one each.
void extend_value_codes(Draft& draft, const Value& value);
/// `dataAbsentReason`; nothing if empty.
void write_absent(Pen& pen, std::string_view code);

}  // namespace gateway::mapping
