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

/// The text of an NTE: repetitions of NTE-3 joined by newlines. What `ContextText` reads.
/// OBR-13 or a repetition of OBR-39 as text: a coded comment that has its words alone
/// (`^fasting`) is those words; one with a code keeps all its parts.
Text text_of_comment(FieldReader& fields, const Place& repetition);
std::string text_of_note(Desk& desk, SegmentIndex nte);

}  // namespace gateway::mapping
