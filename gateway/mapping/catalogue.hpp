#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "gateway/base/result.hpp"

namespace gateway::mapping {

/// LOINC's system axis, as far as sample types need it (DOMAIN.md §5.2).
enum class Axis { none, blood, blood_mononuclear, serum_or_plasma, serum, plasma, urine, tissue,
                  patient, unspecified };

/// LOINC's property, as far as units are checked (DOMAIN.md S13).
enum class Property { none, mass_concentration, substance_concentration, number_concentration,
                      arbitrary_concentration, catalytic_concentration, number_fraction,
                      mass_fraction, substance_ratio, mass_ratio, number_ratio, mass_rate, pressure,
                      mass, number_areic, finding, narrative, ordinal, ratio };

/// What a target code is: one row of mappings/codes/targets.csv (DOMAIN.md §3, §4.1).
struct TargetCode {
  std::string system;   // URI
  std::string code, display;
  Axis axis = Axis::none;
  Property property = Property::none;
  bool context = false;      // C1: always a context row
  bool component = false;    // S14: joins its group's main result
  bool natural_killer = false;  // S11: an NK cell code (§3.1, §3.2)
  bool vital_sign = false;
  std::string panel;         // "blood-nk", "nk-cytotoxicity", "uterine-nk", …
  std::string value_form;    // context rows: date | integer | gestation | coded | text; "" by OBX-2
  std::string unit;          // usual UCUM unit, "" if none
  bool quantitative() const;  // scale Qn: any property but finding, narrative, ordinal
};

/// A component that a local code's definition implies (S15).
struct ImpliedComponent {
  std::string code;     // RIO component code: et-ratio, in-vitro-additive, endometrial-compartment
  std::string value;    // "50:1", "intralipid", "stroma"
};

/// One row of a code map: local code → target (mappings/codes/<map>.csv).
struct CodeRow {
  std::string system;   // coding system as sent (OBX-3.3); "*" = any but LN, SCT, HL7nnnn
  std::string code;
  const TargetCode* target = nullptr;
  std::vector<ImpliedComponent> implied;
  std::string sample_type;  // "" if the map says none
  std::string decided_by, decided_on;
};

/// One row of a map of answers: OBX-5 code → code of a small system (compartments, cycle types).
struct AnswerRow {
  std::string system, code;      // as sent; system "*" = any local one
  std::string target_system, target_code, target_display;
};

/// mappings/specimens.csv: code or site → sample type (DOMAIN.md §5.1).
struct SpecimenRow {
  std::string sample_type;   // "" for a tissue word that needs a site: `other-tissue`
  bool is_site = false;      // a site code (SPM-8, OBR-15.4)
};

/// How one laboratory speaks: mappings/senders/<name>.json (INTERFACE.md §7).
struct SenderProfile {
  std::string name;                        // file name without ending; "default" lends rules only
  std::vector<std::pair<std::string, std::string>> recognise;  // MSH-3, MSH-4 first components
  std::vector<std::string> certificates;   // subjects that alone may send as it
  std::string time_zone;                   // "Europe/Berlin"; "" = none
  bool stamps_in_utc = false;              // C9
  std::string decimal_comma;               // "", "yes", "no" (N2)
  std::string charset;                     // for an empty MSH-18
  std::string code_map = "samples";        // mappings/codes/<code_map>.csv
  std::map<std::string, std::string> z_fields;      // "ZCY-2" → "cycle-day"
  std::map<std::string, std::map<std::string, std::string>> z_codes;  // "ZCY-4" → NAT → natural
  std::vector<std::string> z_segments;     // segments the profile knows
  int max_cycle_day = 60;                  // C12
  std::string date_order;                  // "", "dmy", "mdy" (C28)
  bool share_context_same_day = false;     // C3
  bool err_warnings = false;               // ERR severity W in acknowledgements
  bool reject_when_unavailable = false;    // when_unavailable: reject
  std::vector<std::string> processing_ids; // beside "P"
  std::vector<std::string> no_result_words;  // N9
  std::map<std::string, std::string> units;  // sender unit → UCUM, before units.csv (N11)
};

/// All mappings, checked and compiled; one immutable version, shared by every message that began
/// under it. Made by `CatalogueBuilder`; lookups are constant time.
class Catalogue {
 public:
  const SenderProfile* profile(std::string_view msh3, std::string_view msh4) const;
  const SenderProfile& default_profile() const;
  const std::vector<SenderProfile>& profiles() const { return profiles_; }

  /// The target itself, when LOINC or one of our codes is sent as such; nullptr if it is not in
  /// the tables (a LOINC may still be valid).
  const TargetCode* target(std::string_view system, std::string_view code) const;
  /// The row for a local code under a profile's code map; nullptr: unmapped.
  const CodeRow* code(const SenderProfile& profile, std::string_view system,
                      std::string_view code) const;
  const AnswerRow* answer(const SenderProfile& profile, std::string_view system,
                          std::string_view code) const;
  /// UCUM for a sender's unit by N11: profile, units.csv, the text itself if it is valid UCUM;
  /// nullopt: unmapped. `µ` and `μ` are folded for the lookup alone.
  std::optional<std::string> unit(const SenderProfile& profile, std::string_view unit) const;
  /// Specimen code or site; `table` is "SCT", "HL70487", "HL70070", "HL70163", …
  const SpecimenRow* specimen(std::string_view table, std::string_view code) const;
  /// Identifier system of an assigning authority by name or OID; nullopt: it belongs to its sender.
  std::optional<std::string> authority(std::string_view name) const;
  /// URI of a coding system of table 0396 ("LN" → http://loinc.org); nullopt: a local one.
  std::optional<std::string> coding_system(std::string_view name) const;
  const std::string& version() const { return version_; }  // hash of all files

 private:
  friend class CatalogueBuilder;
  std::vector<SenderProfile> profiles_;  // default first
  std::unordered_map<std::string, std::size_t> profile_by_sender_;
  std::unordered_map<std::string, TargetCode> targets_;               // "system\x1F" "code"
  std::unordered_map<std::string, std::unordered_map<std::string, CodeRow>> codes_;  // by map name
  std::unordered_map<std::string, std::unordered_map<std::string, AnswerRow>> answers_;
  std::unordered_map<std::string, std::string> units_;
  std::unordered_map<std::string, SpecimenRow> specimens_;
  std::unordered_map<std::string, std::string> authorities_;
  std::string version_;
};

/// A mapping file as read from disk by `app`: path relative to mappings/, and its text.
struct MappingFile {
  std::string path, text;
};

/// One thing `check` has to say about a mapping file.
struct MappingProblem {
  std::string path;
  std::uint32_t line = 0;
  std::string text, remedy;
};

/// Compiles mapping files. Every problem of every file is found in one go; a catalogue is made
/// only when there is none.
struct CompiledCatalogue {
  std::shared_ptr<const Catalogue> catalogue;  // null when there are problems
  std::vector<MappingProblem> problems;
};
CompiledCatalogue compile(const std::vector<MappingFile>& files);

/// LOINC check digit (Mod 10) and form of "8112-5".
bool is_loinc(std::string_view code);
/// The code with its check digit put right, for remedies: 8112-6 → 8112-5.
std::string corrected_loinc(std::string_view code);
/// Syntax of a case-sensitive UCUM code, with the atoms this field uses.
bool is_ucum(std::string_view code);

}  // namespace gateway::mapping
