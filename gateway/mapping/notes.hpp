#pragma once
#include <string>
#include <vector>

#include "gateway/mapping/datatypes.hpp"

/// NTE and texts of our own as Annotations (V2FHIR.md §2.4). Consecutive NTE of one owner are
/// separate Annotations in order: a reader may join, nobody can split.
namespace gateway::mapping {

/// A note: of a segment, of a field (with its words before it), or both parts of our own.
struct Note {
  std::string lead;  // "unit as sent: "
  Text said;
};

/// Elements of an array of Annotations that is open on the pen.
void write_note(Desk& desk, Pen& pen, SegmentIndex nte, Draft* concerned);
void write_note(Pen& pen, const Note& note);
/// An extension `url` with valueAnnotation for each.
void extend_note(Desk& desk, Draft& draft, std::string_view url, SegmentIndex nte);
void extend_note(Draft& draft, std::string_view url, const Note& note);

/// OBR-13 or a repetition of OBR-39 as text: a coded comment that has its words alone
/// (`^fasting`) is those words; one with a code keeps all its parts.
Text text_of_comment(FieldReader& fields, const Place& repetition);
/// Does this field of OBR not repeat? OBR-13 does since v2.9. A tilde in it before is the doubt
/// that the sender forgot to escape.
bool is_one_text(Desk& desk, std::uint16_t field);
/// Such a field with its tilde; "" if nothing is in it.
std::string one_text(Desk& desk, const Place& field);
/// The text of an NTE: repetitions of NTE-3 joined by newlines, else the words of NTE-9; "" where
/// it says nothing. What `ContextText` reads.
std::string text_of_note(Desk& desk, SegmentIndex nte);

}  // namespace gateway::mapping
