#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/result.hpp"
#include "gateway/query/explainer.hpp"
#include "gateway/store/store.hpp"

namespace gateway::query {

/// What became of one populated leaf of a message, for people.
struct FieldFate {
  std::string place, name, value;  // "OBX[1]-5", "Observation Value", "14.2"
  std::string fate;                // "mapped", "set-aside", "unmapped"
  std::string why;                 // of what is set aside: "set-id"
  std::vector<std::string> paths;  // "Observation/o4x…#valueQuantity.value"
};

/// What stands in a message.
struct MessageContent {
  std::string text;   // in UTF-8, whatever it came in; what is no character is U+FFFD
  bool exact = true;  // every byte could be shown
  std::vector<FieldFate> account;
  /// The fates are those that were kept when it was converted, and not only those of the mappings
  /// of now.
  bool agrees = true;
};

/// Bytes that no character set explains, as far as they are UTF-8; `exact` becomes false where they
/// are not.
std::string as_far_as_readable(std::string_view bytes, bool& exact);

/// What arrived, as people look for it and look at it. Who may is decided before. Any thread.
class Journal {
 public:
  Journal(store::Store& store, const Explainer& explainer) : store_(store), explainer_(explainer) {}

  /// Ids of the Patients that have an identifier, as it stands on paper or as `system|value`; at
  /// most 20. Errors as Snapshot::search.
  base::Result<std::vector<std::string>> patients_with(const std::string& identifier) const;
  /// The message is converted again, which is pure: so nothing of this has to be kept.
  MessageContent content_of(const store::ArrivalWhole& arrival) const;

 private:
  store::Store& store_;
  const Explainer& explainer_;
};

}  // namespace gateway::query
