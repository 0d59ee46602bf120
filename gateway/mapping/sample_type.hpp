#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/mapping/catalogue.hpp"
#include "gateway/mapping/issue.hpp"

namespace gateway::mapping {

/// One coding of SPM-4, SPM-8, OBR-15.1 or .4: table ("SCT", "HL70487", …; "" = bare) and code.
struct SpecimenCoding {
  std::string table, code;
};

/// What a message says of a specimen.
struct SpecimenStatement {
  bool present = false;  // an SPM, or OBR-15
  bool from_obr15 = false;
  std::vector<SpecimenCoding> types;  // every triplet
  std::vector<SpecimenCoding> sites;
};

/// What a specimen is, before any result is looked at (S1–S3).
struct StatedSample {
  std::string type;           // "" = not stated
  std::string source;         // spm | obr-15 | none
  bool unmapped = false;      // a code was sent that nobody mapped: `specimen-unmapped`
  bool other_tissue = false;  // tissue without site: §3.3 codes refine it
  bool other_site = false;    // no type, and a site nobody mapped: §3.3 codes do not override it
};
StatedSample stated_sample(const SpecimenStatement& statement, const Catalogue& catalogue);

/// The sample type of one Observation (S4–S18) and what follows for its code.
struct SampleType {
  std::string type = "unknown";  // `sample-type` code
  std::string source = "none";   // spm | obr-15 | loinc-system | code-map | none
  enum class Code {
    kept,
    improbable,
    withheld
  } code = Code::kept;              // S9: improbable; S11: withheld
  std::string stand_in;             // RIO code that replaces a withheld one
  std::vector<std::string> issues;  // gateway-issue codes
  std::string contradicting;        // what a withheld code would be measured on
};

/// `target` may be null (code unmapped); `map_sample` is the code map's own word or "".
SampleType sample_type(const StatedSample& stated, const TargetCode* target,
                       std::string_view map_sample);

/// The same of a code in several codings, as `RowCode::targets` has them. The first that names an
/// axis decides; where another contradicts it or the specimen, none stays (S11): without a specimen
/// nobody can then say what was examined.
SampleType sample_type(const StatedSample& stated, std::span<const TargetCode* const> targets,
                       std::string_view map_sample);

/// Families of §5.2: "blood", "tissue", or the type itself.
std::string_view family_of(std::string_view sample_type);

/// Does this UCUM unit measure the property (S13)? True where nothing can be decided.
bool unit_fits(Property property, std::string_view ucum);
/// The same of a code: a count per high-power field is none per mm², though both are per area.
bool unit_fits(const TargetCode& target, std::string_view ucum);

}  // namespace gateway::mapping
