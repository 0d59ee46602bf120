#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/decimal.hpp"
#include "gateway/base/result.hpp"
#include "gateway/base/time.hpp"
#include "gateway/fhir/json.hpp"
#include "gateway/fhir/resource.hpp"

namespace gateway::fhir::search {

struct TokenValue {
  std::string_view parameter;
  std::string system, code;
};
struct StringValue {
  std::string_view parameter;
  std::string folded, exact;
};
struct ReferenceValue {
  std::string_view parameter;
  std::string type, id;
};
struct NumberValue {
  std::string_view parameter;
  base::DecimalText value;
};
struct QuantityValue {
  std::string_view parameter;
  base::DecimalText value;
  std::string comparator;  // "<", "<=", ">", ">=" or ""
  std::string system, code, unit;
};
struct DateValue {
  std::string_view parameter;
  /// Seconds of the local calendar the laboratory wrote in, and microseconds UTC, both half open.
  std::int64_t local_begin = 0, local_end = 0, instant_begin = 0, instant_end = 0;
};

/// What one version contributes to the index, by parameter name of parameters(). `patient` is the
/// id of the Patient it is about ("" if none), which also gives its partition.
struct IndexRows {
  std::string patient;
  std::vector<TokenValue> tokens;
  std::vector<StringValue> strings;
  std::vector<ReferenceValue> references;
  std::vector<NumberValue> numbers;
  std::vector<QuantityValue> quantities;
  std::vector<DateValue> dates;
};

/// Pure. `patient_identifiers` are those of the resource's Patient where they are known, for
/// `patient.identifier` (denormalised, FHIR.md §2.2).
IndexRows index_rows(const ResourceKey& key, const Json& resource,
                     const std::vector<TokenValue>& patient_identifiers);

/// The identifiers of a Patient resource, as token values of `patient.identifier`.
std::vector<TokenValue> patient_identifiers(const Json& patient);

/// The Patient id a resource is about: Patient itself, `subject`, `patient`, first `target` …; "".
std::string patient_of(const ResourceKey& key, const Json& resource);

}  // namespace gateway::fhir::search
