#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace gateway::fhir {

/// One element of R4 as r4/elements.txt has it. Views into that.
struct R4Element {
  std::string_view name;  // "status", "value[x]"
  std::string_view path;  // "Observation.status"
  bool is_needed = false, is_list = false;
  std::vector<std::string_view> types;  // "code", "Quantity", "BackboneElement"
  std::string_view as;                  // another element's path, whose parts it has; "" else
  std::vector<std::string_view> codes;  // of a required binding; empty: not told

  bool is_choice() const { return name.ends_with("[x]"); }
};

/// The parts of a type ("Observation", "Quantity") or of an element ("Observation.component");
/// nullptr: R4 has no such thing, or nobody here needs it.
const std::vector<R4Element>* parts_of(std::string_view path);

/// What a member means: its element, and of a choice which type. An element without a name: none.
struct R4Member {
  const R4Element* element = nullptr;
  std::string_view type;
};
R4Member member_of(const std::vector<R4Element>& parts, std::string_view name);

/// Is the text in the form of this primitive type? Of types that are none: true.
bool has_form_of(std::string_view type, std::string_view text);

}  // namespace gateway::fhir
