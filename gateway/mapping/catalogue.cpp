#include "gateway/mapping/catalogue.hpp"

#include <algorithm>

#include "gateway/base/result.hpp"
#include "gateway/fhir/canonical.hpp"
#include "gateway/fhir/uri.hpp"
#include "gateway/mapping/cycle_language.hpp"
#include "gateway/mapping/cycle_words.hpp"
#include "gateway/mapping/folding.hpp"

namespace gateway::mapping {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// The word before a sign that parts it from more, "yes" of "yes - anaphylaxis"; "" where none
/// does: of "no idea" the first word is no answer.
std::u32string_view word_before_more(std::u32string_view said) {
  const auto end = said.find_first_of(U" ,;:.!(");
  if (end == std::u32string_view::npos) return {};
  const auto next = said.find_first_not_of(U' ', end);
  const bool parted =
      next != std::u32string_view::npos &&
      std::u32string_view(U"-,;:.!(=/").find(said[next]) != std::u32string_view::npos;
  return parted ? said.substr(0, end) : std::u32string_view();
}

/// "HL70070" → "0070"; "" for anything else.
std::string_view table_number(std::string_view name) {
  if (name.size() != 7 || !name.starts_with("HL7")) return {};
  const std::string_view number = name.substr(3);
  return std::all_of(number.begin(), number.end(), is_digit) ? number : std::string_view();
}

/// The code map speaks for every system but these three (samples/EXPECTED.md).
bool beyond_code_maps(std::string_view uri) {
  return uri == fhir::canonical::loinc || uri == fhir::canonical::snomed ||
         uri.starts_with(fhir::canonical::v2_table(""));
}

std::string key(std::string_view a, std::string_view b) {
  return joined_key({a, b});
}

}  // namespace

bool SenderProfile::knows_segment(std::string_view segment) const {
  return std::find(z_segments.begin(), z_segments.end(), segment) != z_segments.end();
}

bool TargetCode::quantitative() const {
  return property != Property::none && property != Property::finding &&
         property != Property::narrative && property != Property::ordinal;
}

const SenderProfile* Catalogue::profile(std::string_view msh3, std::string_view msh4) const {
  const auto found = profile_by_sender_.find(key(msh3, msh4));
  return found == profile_by_sender_.end() ? nullptr : &profiles_[found->second];
}

const SenderProfile& Catalogue::default_profile() const {
  base::invariant(!profiles_.empty(), "a catalogue has its default profile");
  return profiles_.front();
}

const TargetCode* Catalogue::target(std::string_view system, std::string_view code) const {
  const auto uri = coding_system(system);
  const auto found = targets_.find(key(uri ? std::string_view(*uri) : system, code));
  return found == targets_.end() ? nullptr : &found->second;
}

std::string Catalogue::system_key(std::string_view system) const {
  auto uri = coding_system(system);
  return uri ? std::move(*uri) : std::string(system);
}

const CodeRow* Catalogue::code(const SenderProfile& profile, std::string_view system,
                               std::string_view code) const {
  const auto map = codes_.find(profile.code_map);
  if (map == codes_.end() || code.empty()) return nullptr;
  const std::string exact = system_key(system);
  if (const auto row = map->second.find(key(exact, code)); row != map->second.end()) {
    return &row->second;
  }
  if (beyond_code_maps(exact)) return nullptr;
  const auto row = map->second.find(key("*", code));
  return row == map->second.end() ? nullptr : &row->second;
}

const AnswerRow* Catalogue::answer(const SenderProfile& profile, std::string_view question,
                                   std::string_view system, std::string_view code) const {
  const std::string exact = system_key(system);
  for (const std::string_view map : {std::string_view(profile.code_map), std::string_view("*")}) {
    for (const std::string_view from : {std::string_view(exact), std::string_view("*")}) {
      if (from == "*" && beyond_code_maps(exact)) continue;
      const auto row = answers_.find(joined_key({map, question, from, code}));
      if (row != answers_.end()) return &row->second;
    }
  }
  const bool local = !beyond_code_maps(exact) || exact == fhir::canonical::v2_table("0136") ||
                     exact == fhir::canonical::v2_table("0532");  // yes, no, and why neither
  return local ? yes_or_no(profile, question, code) : nullptr;
}

const AnswerRow* Catalogue::yes_or_no(const SenderProfile& profile, std::string_view question,
                                      std::string_view word) const {
  for (const std::string_view map : {std::string_view(profile.code_map), std::string_view("*")}) {
    const auto words = yes_or_no_.find(joined_key({map, question}));
    if (words == yes_or_no_.end()) continue;
    const std::u32string said = without_accents(whole_answer(word));
    const auto whole = words->second.find(said);
    if (whole != words->second.end()) return &whole->second;
    const auto first = words->second.find(word_before_more(said));
    if (first != words->second.end() && first->second.target_code == "Y") return &first->second;
  }
  return nullptr;
}

std::optional<std::string> Catalogue::unit(const SenderProfile& profile,
                                           std::string_view unit) const {
  const std::string folded = folded_unit(unit);
  if (folded.empty()) return std::nullopt;
  if (const auto own = profile.units.find(folded); own != profile.units.end()) return own->second;
  if (const auto row = units_.find(folded); row != units_.end()) return row->second;
  const bool number = folded.find_first_not_of("0123456789") == std::string::npos;
  if (number || !is_ucum(folded)) return std::nullopt;  // UCUM takes 100 for a unit
  return folded;
}

const SpecimenRow* Catalogue::specimen(std::string_view table, std::string_view code) const {
  const std::string exact = system_key(table);
  if (const auto row = specimens_.find(key(exact, code)); row != specimens_.end()) {
    return &row->second;
  }
  if (beyond_code_maps(exact)) return nullptr;
  const auto row = specimens_.find(key("*", code));
  return row == specimens_.end() ? nullptr : &row->second;
}

std::optional<std::string> Catalogue::authority(std::string_view name) const {
  const auto found = authorities_.find(name);
  if (found == authorities_.end()) return std::nullopt;
  return found->second;
}

std::optional<std::string> Catalogue::coding_system(std::string_view name) const {
  if (const auto listed = systems_.find(name); listed != systems_.end()) return listed->second;
  if (const auto number = table_number(name); !number.empty()) {
    return fhir::canonical::v2_table(number);
  }
  if (fhir::is_uri(name)) return std::string(name);
  // A name of two numbers ("1.2") is rather a version.
  if (fhir::is_oid(name) && std::count(name.begin(), name.end(), '.') > 1)
    return "urn:oid:" + std::string(name);
  return std::nullopt;
}

std::string Catalogue::system_name(std::string_view name) const {
  const std::string exact = system_key(name);
  const auto first = first_names_.find(exact);
  return first == first_names_.end() ? exact : first->second;
}

bool Catalogue::holds(std::string_view system, std::string_view code) const {
  const auto found = published_.find(system);
  return found == published_.end() || found->second.contains(code);
}

std::string_view Catalogue::display(std::string_view system, std::string_view code) const {
  const auto found = displays_.find(key(system, code));
  return found == displays_.end() ? std::string_view() : std::string_view(found->second);
}

bool is_mapping_name(std::string_view name) {
  return !name.empty() && name.size() <= 64 && std::all_of(name.begin(), name.end(), [](char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-';
  });
}

}  // namespace gateway::mapping
