#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "gateway/base/result.hpp"
#include "gateway/mapping/site_rule.hpp"
#include "gateway/mapping/time_zone.hpp"

namespace gateway::mapping {

class CycleLanguage;

/// LOINC's system axis, as far as sample types need it (DOMAIN.md §5.2).
/// `endometrium` is tissue whose name alone refines a tissue without site (S3); `unspecified` is
/// XXX.
enum class Axis {
  none,
  blood,
  blood_mononuclear,
  serum_or_plasma,
  serum,
  plasma,
  urine,
  tissue,
  endometrium,
  patient,
  unspecified
};

/// LOINC's property, as far as units are checked (DOMAIN.md S13). `ratio` is one of any two things;
/// `quantity` is quantitative with nothing to check (lytic units).
enum class Property {
  none,
  mass_concentration,
  substance_concentration,
  number_concentration,
  arbitrary_concentration,
  catalytic_concentration,
  number_fraction,
  mass_fraction,
  substance_ratio,
  mass_ratio,
  number_ratio,
  mass_rate,
  pressure,
  mass,
  number_areic,
  finding,
  narrative,
  ordinal,
  ratio,
  quantity
};

/// What a target code is: one row of mappings/codes/targets.csv (DOMAIN.md §3, §4.1).
struct TargetCode {
  std::string system;  // URI
  std::string code, display;
  Axis axis = Axis::none;
  Property property = Property::none;
  bool context = false;         // C1: always a context row
  bool component = false;       // S14: joins its group's main result
  bool natural_killer = false;  // S11: an NK cell code (§3.1, §3.2)
  bool vital_sign = false;
  bool as_sent_only = false;   // taken when sent, never the target of a code map (§3.1)
  bool says_additive = false;  // §3.2: an in-vitro additive is always said, `none` where none is
  bool monitoring = false;     // W7: what an order of this name watches; a tag, never a code
  std::string context_kind;  // ContextStatement::kind of a context row: "lmp", "egg-allergy"; or ""
  std::string panel;         // profile of DOMAIN.md §7: "blood-nk", "uterine-nk", …; "" if none
  /// date | integer | gestation | coded | text (context rows), coded | integer | ratio
  /// (components);
  /// "": by OBX-2.
  std::string value_form;
  std::string unit;  // usual UCUM units, the first is the usual one; "" if none
  /// Scale Qn (N7, `unit-missing`): a property was named and it is not finding, narrative, ordinal.
  bool quantitative() const;
  /// S14: a narrative and what is measured on the patient are no main results for components.
  bool takes_components() const {
    return property != Property::narrative && axis != Axis::patient && !component && !context;
  }
  /// A ratio code (N7, N8): takes `22:1` as a Ratio; its Quantity needs no unit.
  bool is_ratio() const {
    return property == Property::number_ratio || property == Property::ratio;
  }
};

/// A component that a local code's definition implies (S15).
struct ImpliedComponent {
  std::string code;   // RIO component code: et-ratio, in-vitro-additive, endometrial-compartment
  std::string value;  // "50:1", "intralipid", "stroma"
};

/// One row of a code map: local code → target (mappings/codes/<map>.csv).
struct CodeRow {
  std::string system;  // coding system as sent (OBX-3.3); "*" = any but LN, SCT, HL7nnnn
  std::string code;
  const TargetCode* target = nullptr;
  std::vector<ImpliedComponent> implied;
  std::string sample_type;  // "" if the map says none
  std::string unit;         // UCUM this laboratory means where OBX-6 is empty; "" = `unit-missing`
  std::string decided_by, decided_on;
};

/// One row of mappings/codes/answers.csv: OBX-5 code → code of a small system (compartments, cycle
/// types). An answer means something only under its question: `N` is "no" under one code and
/// "natural" under another.
struct AnswerRow {
  std::string question;       // code of the target that the row answers: endometrial-compartment
  std::string system, code;   // as sent; system "*" = any but LN, SCT, HL7nnnn
  std::string target_system;  // URI
  std::string target_code, target_display;
};

/// mappings/specimens.csv: code or site → sample type (DOMAIN.md §5.1).
struct SpecimenRow {
  std::string sample_type;  // as a specimen; a tissue word that needs a site: `other-tissue`
  std::string site_type;    // as a site (SPM-8, OBR-15.4); "" where it is none
};

/// The key of a sender's profile by which leaves are set aside as `profile`.
inline constexpr const char* empty_words_key = "empty_words";

/// How one laboratory speaks: mappings/senders/<name>.json (INTERFACE.md §7). What a file leaves
/// out has the value that default.json gives it.
struct SenderProfile {
  std::string name;  // file name without ending; "default" lends rules only
  std::vector<std::pair<std::string, std::string>> recognise;  // MSH-3, MSH-4 first components
  std::vector<std::string> certificates;                       // subjects that alone may send as it
  std::string time_zone;                                       // "Europe/Berlin"; "" = none
  std::shared_ptr<const TimeZone> zone;                        // of that name; null = none (R5)
  bool stamps_in_utc = false;                                  // C9
  std::string decimal_comma;                                   // "", "yes", "no" (N2)
  std::string charset;                                         // for an empty MSH-18
  std::string code_map = "samples";                            // mappings/codes/<code_map>.csv
  std::map<std::string, std::string> z_fields;                 // "ZCY-2" → "cycle-day"
  std::map<std::string, std::map<std::string, std::string>> z_codes;  // "ZCY-4" → NAT → natural
  std::vector<std::string> z_segments;                                // segments the profile knows
  bool knows_segment(std::string_view segment) const;                 // Z… (C7)
  int max_cycle_day = 60;                                             // C12
  std::string date_order;                                             // "", "dmy", "mdy" (C28)
  bool share_context_same_day = false;                                // C3
  std::string specimen_by_sub_id;  // S18: OBX-4 names "SPM-1" or "SPM-2"; "" = neither
  bool label_all = false;          // MSH-8, 26, 27 label every resource, not the header
  std::string realm;               // "us": race and ethnicity as US Core writes them
  std::map<std::string, std::string> sex_words;  // PID-8, lower case → table 0001
  bool split_given_names = false;                // XPN.3 holds several names
  std::vector<std::string> accession_fields;     // of OBR-18 to 21: they hold accession numbers
  std::vector<std::string> carry;             // fields without a home that are carried along (L7)
  std::vector<std::string> identifier_types;  // PID-3: which type names the patient, after MR
  std::vector<std::string> empty_words;       // texts that say nothing: `N/A`
  std::map<std::string, std::string> sample_interval_ms;  // OBX-3.1 of NA and MA → decimal
  bool msh7_offset = false;  // a time without offset has that of MSH-7, where no zone is known
  bool separate_text_lines = false;          // rows of text are results of their own
  bool err_warnings = false;                 // ERR severity W in acknowledgements
  bool reject_when_unavailable = false;      // when_unavailable: reject
  bool patient_less = false;                 // messages without PID are results of nobody
  bool batch_errors_only = false;            // batch_answer: errors
  std::vector<std::string> processing_ids;   // beside "P"
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
  /// The row for a local code under a profile's code map; nullptr: unmapped. `system` is OBX-3.3 as
  /// sent, "" included. A row for exactly that system goes before one for "*". Its target is never
  /// null.
  const CodeRow* code(const SenderProfile& profile, std::string_view system,
                      std::string_view code) const;
  /// Does a local code imply it (S15)? `component`: joined_key of its target and the component.
  bool is_implied(std::string_view component) const {
    return implied_.contains(std::string(component));
  }
  /// `question` is the target code of the row that carries the answer ("endometrial-compartment",
  /// "82810-3"). A word of yes or no is found whatever its case and accents; a yes also where a
  /// sign parts it from more (`Yes - anaphylaxis`). A no with more behind it may deny itself.
  const AnswerRow* answer(const SenderProfile& profile, std::string_view question,
                          std::string_view system, std::string_view code) const;
  /// UCUM for a sender's unit by N11: profile, units.csv, the text itself if it is valid UCUM;
  /// nullopt: unmapped. `µ` and `μ` are folded for the lookup alone.
  std::optional<std::string> unit(const SenderProfile& profile, std::string_view unit) const;
  /// Specimen code or site; `table` is "SCT", "HL70487", "HL70070", "HL70163", …
  const SpecimenRow* specimen(std::string_view table, std::string_view code) const;
  /// Identifier system of an assigning authority by name or OID; nullopt: it belongs to its sender.
  std::optional<std::string> authority(std::string_view name) const;
  /// URI of a coding system of table 0396 ("LN" → LOINC's, "HL70070", OIDs, URIs); nullopt: a local
  /// one.
  std::optional<std::string> coding_system(std::string_view name) const;
  /// The one name of a coding system that ids use (T1), however a sender spells it: the first of
  /// its rows, else its URI; a local one as sent.
  std::string system_name(std::string_view name) const;
  /// Does the system hold the code? True for every system whose published content is not in
  /// mappings/published_codes.csv.
  bool holds(std::string_view system, std::string_view code) const;
  /// Display of a code of ours or of a target ("Peripheral blood"); "" if it is not in the tables.
  std::string_view display(std::string_view system, std::string_view code) const;
  /// The site's own follow-up conventions by name, the shipped examples included.
  const std::vector<SiteRule>& rules() const { return rules_; }
  /// Those that are on or once were: nearly always none.
  const std::vector<const SiteRule*>& watched_rules() const { return watched_rules_; }
  /// Does one of these ask for a sample again?
  bool watches_repeats() const { return watches_repeats_; }
  /// How people write of the cycle: mappings/cycle_phrases.csv.
  const CycleLanguage& cycle_language() const { return *cycle_language_; }
  const std::string& version() const { return version_; }  // hash of all files

 private:
  friend class CatalogueBuilder;
  struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>{}(text);
    }
  };
  template <class T>
  using Table = std::unordered_map<std::string, T, TextHash, std::equal_to<>>;

  std::string system_key(std::string_view system) const;
  const AnswerRow* yes_or_no(const SenderProfile& profile, std::string_view question,
                             std::string_view word) const;

  std::vector<SenderProfile> profiles_;  // default first
  // Keys of several parts are joined by the unit separator 1F.
  Table<std::size_t> profile_by_sender_;     // MSH-3, MSH-4
  Table<TargetCode> targets_;                // URI, code
  Table<Table<CodeRow>> codes_;              // map name; system or URI, code
  std::unordered_set<std::string> implied_;  // target, component
  Table<AnswerRow> answers_;                 // map name or "*", question, system or URI, code
  Table<std::map<std::u32string, AnswerRow, std::less<>>> yes_or_no_;  // map, question; folded word
  Table<std::string> units_;                                           // folded sender unit
  Table<SpecimenRow> specimens_;                                       // table, code
  Table<std::string> authorities_;                                     // name or OID
  Table<std::string> systems_;                                         // name of table 0396
  Table<std::string> first_names_;                                     // URI → name
  Table<std::string> displays_;                                        // URI, code
  Table<std::unordered_set<std::string, TextHash, std::equal_to<>>> published_;  // URI → codes
  std::shared_ptr<const CycleLanguage> cycle_language_;
  std::vector<SiteRule> rules_;
  std::vector<const SiteRule*> watched_rules_;  // of rules_
  bool watches_repeats_ = false;
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

/// Time zones that the sender files name. `compile` wants the bytes of each in a file
/// `zones/<name>` beside the others: where the machine keeps them is not known here.
std::vector<std::string> zone_names(const std::vector<MappingFile>& files);

/// LOINC check digit (Mod 10) and form of "8112-5".
bool is_loinc(std::string_view code);
/// The code with its check digit put right, for remedies: 8112-6 → 8112-5.
std::string corrected_loinc(std::string_view code);
/// Syntax of a case-sensitive UCUM code, with the atoms this field uses.
bool is_ucum(std::string_view code);

/// May a mapping file bear this name (TRUST T13)? 1–64 letters, digits and hyphens; case is kept,
/// because a sender's file name is the sender's name.
bool is_mapping_name(std::string_view name);

}  // namespace gateway::mapping
