#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "gateway/fhir/bundle.hpp"

namespace gateway::fhir {

/// What a transaction asks for of one resource: a PUT of its body, of an empty one a DELETE.
struct TransactionEntry {
  ResourceKey key;
  std::string_view body;
  std::string if_match = {};  // an ETag the target's version must have; "": whatever stands there
};

/// As `transaction` of stored bytes, with conditions.
std::string transaction(const std::vector<TransactionEntry>& entries,
                        const BundleIdentifier& identifier = {});

}  // namespace gateway::fhir
