#include "gateway/mapping/row_code.hpp"

#include <algorithm>

#include "gateway/fhir/canonical.hpp"

namespace gateway::mapping {
namespace {

void put_first(Concept& said, std::size_t index) {
  std::rotate(said.codings.begin(), said.codings.begin() + static_cast<std::ptrdiff_t>(index),
              said.codings.begin() + static_cast<std::ptrdiff_t>(index) + 1);
}

/// A standard code sent as such; its place in the codings, or npos.
std::size_t accept_as_sent(Desk& desk, RowCode& code) {
  for (std::size_t k = 0; k < code.said.codings.size(); ++k) {
    Coding& coding = code.said.codings[k];
    const auto named = desk.catalogue().coding_system(coding.system_name.text);
    if (!named || *named != coding.system) continue;
    if (coding.system == fhir::canonical::loinc && !is_loinc(coding.code.text)) {
      code.loinc_invalid = true;  // kept, but as the sender's own
      coding.system = desk.own_system(coding.system_name.text);
      continue;
    }
    code.target = desk.catalogue().target(coding.system, coding.code.text);
    code.accepted = true;
    return k;
  }
  return std::string::npos;
}

void look_up(Desk& desk, RowCode& code) {
  for (const Coding& coding : code.said.codings) {
    const CodeRow* row =
        desk.catalogue().code(desk.profile(), coding.system_name.text, coding.code.text);
    if (row == nullptr) continue;
    code.map_row = row;
    code.target = row->target;
    code.accepted = true;
    return;
  }
}

}  // namespace

RowCode resolve_code(Desk& desk, const Place& place) {
  RowCode code;
  code.said = read_concept(desk, place);
  if (!code.said.codings.empty()) {
    code.key_code = code.said.codings.front().code.text;
    code.key_system = code.said.codings.front().system_name.text;
  } else {
    code.key_code = code.said.text.text;
  }
  const std::size_t accepted = accept_as_sent(desk, code);
  if (accepted != std::string::npos) {
    put_first(code.said, accepted);
  } else {
    look_up(desk, code);
  }
  return code;
}

void write_code(Desk& desk, Pen& pen, const char* name, const RowCode& code) {
  const auto member = pen.object(name);
  if (code.map_row == nullptr || code.target->monitoring) return write_concept(pen, code.said);
  const TargetCode& target = *code.target;
  const std::string_view display = !target.display.empty()
                                       ? std::string_view(target.display)
                                       : desk.catalogue().display(target.system, target.code);
  const OwnCoding own{target.system, target.code, display};
  write_concept(pen, code.said, &own);
}

}  // namespace gateway::mapping
