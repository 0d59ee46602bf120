#pragma once
#include <compare>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/decimal.hpp"
#include "gateway/base/result.hpp"
#include "gateway/base/time.hpp"
#include "gateway/fhir/json_view.hpp"
#include "gateway/fhir/resource.hpp"

namespace gateway::fhir::search {

/// Its texts lie where the body does, or are constants; too long a one (as_indexed()) among
/// `names`.
struct TokenValue {
  std::string_view parameter;
  std::string_view system, code;
  friend bool operator==(const TokenValue&, const TokenValue&) = default;
  friend std::strong_ordering operator<=>(const TokenValue& a, const TokenValue& b) {
    // Names of parameters are constants: the same one lies in the same place.
    const bool alike =
        a.parameter.data() == b.parameter.data() && a.parameter.size() == b.parameter.size();
    if (!alike)
      if (const auto order = a.parameter <=> b.parameter; order != 0) return order;
    if (const auto order = a.system <=> b.system; order != 0) return order;
    return a.code <=> b.code;
  }
};
struct StringValue {
  std::string_view parameter;
  /// Both cut, between characters, to at most `indexed_text_bytes`.
  std::string folded, exact;
  friend auto operator<=>(const StringValue&, const StringValue&) = default;
};
struct ReferenceValue {
  std::string_view parameter;
  std::string_view type, id;  // as those of tokens
  friend auto operator<=>(const ReferenceValue&, const ReferenceValue&) = default;
};
struct NumberValue {
  std::string_view parameter;
  base::DecimalText value;
  friend auto operator<=>(const NumberValue&, const NumberValue&) = default;
};
struct QuantityValue {
  std::string_view parameter;
  base::DecimalText value;
  std::string comparator;  // "<", "<=", ">", ">=" or ""
  std::string system, code, unit;
  friend auto operator<=>(const QuantityValue&, const QuantityValue&) = default;
};
struct DateValue {
  std::string_view parameter;
  /// Seconds of the local calendar the laboratory wrote in, and microseconds UTC, both half open.
  /// The open end of a Period is the least or greatest number.
  std::int64_t local_begin = 0, local_end = 0, instant_begin = 0, instant_end = 0;
  friend auto operator<=>(const DateValue&, const DateValue&) = default;
};

/// The values of a composite that is indexed in pairs stand under a name of their own for each left
/// part: as what their right part is, a number or a token.
inline constexpr char pair_mark = '\x1f';
std::string paired(std::string_view parameter, std::string_view system, std::string_view code);

/// The identifiers of a Patient, as tokens of `patient.identifier`.
struct PatientIdentifiers {
  std::vector<TokenValue> tokens;
  JsonView::Text text;  // what they look into
};

/// What one version contributes to the index, by parameter name of parameters(). `patient` is the
/// id of the Patient it is about ("" if none), which also gives its partition. Sorted, each value
/// once. `_id` and `_lastUpdated` give no rows: the store has them. `subject` is asked as
/// `patient`.
struct IndexRows {
  std::string patient;
  std::vector<TokenValue> tokens;
  std::vector<StringValue> strings;
  std::vector<ReferenceValue> references;
  std::vector<NumberValue> numbers;
  std::vector<QuantityValue> quantities;
  std::vector<DateValue> dates;
  JsonView::Text text, patient_text;  // what tokens and references look into
  /// Parameters of pairs (paired()), which are not constants, and what stands for too long texts.
  std::vector<std::shared_ptr<const std::string>> names;
};

/// Pure. `patient_identifiers` are those of the resource's Patient where they are known, for
/// `patient.identifier` (denormalised, FHIR.md §2.2).
IndexRows index_rows(const ResourceKey& key, const JsonView& body,
                     const PatientIdentifiers& patient_identifiers);

/// Of a Patient resource.
PatientIdentifiers patient_identifiers(const JsonView& patient);

/// The Patient id a resource is about: Patient itself, `subject`, `patient`, `for`, first
/// `target` …; "".
std::string patient_of(const ResourceKey& key, const JsonView& body);

}  // namespace gateway::fhir::search
