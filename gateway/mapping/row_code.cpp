#include "gateway/mapping/row_code.hpp"

#include <algorithm>

#include "gateway/fhir/canonical.hpp"

namespace gateway::mapping {
namespace {

void put_first(Concept& said, std::size_t index) {
  std::rotate(said.codings.begin(), said.codings.begin() + static_cast<std::ptrdiff_t>(index),
              said.codings.begin() + static_cast<std::ptrdiff_t>(index) + 1);
}

/// What a coding that was sent may decide, the first reading that any of them allows.
enum class Reading { target, standard };

/// LOINC or ours, sent as such; then other standard codes. Its place in the codings, or npos.
std::size_t accept_as_sent(Desk& desk, RowCode& code, Reading wanted) {
  const std::string rio = fhir::canonical::code_system(fhir::canonical::observation_codes);
  for (std::size_t k = 0; k < code.said.codings.size(); ++k) {
    const Coding& coding = code.said.codings[k];
    const auto named = desk.catalogue().coding_system(coding.system_name.text);
    if (!named || *named != coding.system) continue;
    const bool of_targets = coding.system == fhir::canonical::loinc || coding.system == rio;
    if (of_targets != (wanted == Reading::target)) continue;
    code.target = desk.catalogue().target(coding.system, coding.code.text);
    code.accepted = true;
    return k;
  }
  return std::string::npos;
}

/// A LOINC with a wrong check digit is kept, but as the sender's own.
void refuse_bad_loinc(Desk& desk, RowCode& code) {
  for (Coding& coding : code.said.codings) {
    const auto named = desk.catalogue().coding_system(coding.system_name.text);
    if (!named || *named != fhir::canonical::loinc) continue;
    if (is_loinc(coding.code.text)) continue;
    code.loinc_invalid = true;
    coding.system = desk.own_system(coding.system_name.text);
  }
}

/// LOINC or ours; null where it is another's, or the tables do not hold it.
const TargetCode* target_as_sent(Desk& desk, const Coding& coding) {
  const auto named = desk.catalogue().coding_system(coding.system_name.text);
  if (!named || *named != coding.system) return nullptr;
  return desk.catalogue().target(coding.system, coding.code.text);
}

/// What the codings say beside the one that decides. Code maps are not asked: strangers are read by
/// the map of the samples, and a local word must not gainsay a LOINC code.
void gather_others(Desk& desk, RowCode& code) {
  for (const Coding& coding : code.said.codings)
    if (const TargetCode* target = target_as_sent(desk, coding);
        target != nullptr && target != code.target)
      code.others.push_back(target);
}

void look_up(Desk& desk, RowCode& code) {
  for (const Coding& coding : code.said.codings) {
    const CodeRow* row =
        desk.catalogue().code(desk.profile(), coding.system_name.text, coding.code.text);
    if (row == nullptr) continue;
    code.map_row = row;
    code.map_leaf = coding.code.first_leaf;
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
    code.key_system = desk.catalogue().system_name(code.said.codings.front().system_name.text);
  } else {
    code.key_code = code.said.text.text;
  }
  refuse_bad_loinc(desk, code);
  std::size_t accepted = accept_as_sent(desk, code, Reading::target);
  if (accepted == std::string::npos) {
    look_up(desk, code);
    if (!code.accepted) accepted = accept_as_sent(desk, code, Reading::standard);
  }
  if (accepted != std::string::npos) put_first(code.said, accepted);
  gather_others(desk, code);
  return code;
}

std::vector<const TargetCode*> RowCode::targets() const {
  std::vector<const TargetCode*> all{target};
  all.insert(all.end(), others.begin(), others.end());
  return all;
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
