#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/result.hpp"
#include "gateway/fhir/search/query.hpp"

namespace gateway::fhir::search {

inline constexpr std::string_view unknown_parameter_code = "search-unknown-parameter";

/// Reads the criteria of one search: a parameter's name with modifiers, chain or `_has`, and its
/// values (FHIR.md §2.2). Counts values over the whole search.
class CriterionReader {
 public:
  /// `base_url`: references may be absolute URLs below it; "": none.
  explicit CriterionReader(std::string_view base_url) : base_url_(base_url) {}

  /// What `name=value` asks of a resource of `type`; several criteria are all to hold. Errors as
  /// parse() says.
  base::Result<std::vector<Criterion>> read(std::string_view type, const std::string& name,
                                            const std::string& value);

 private:
  using Criteria = base::Result<std::vector<Criterion>>;
  Criteria at_depth(std::string_view type, std::string_view name, const std::string& value,
                    int depth);
  Criteria plain(const Parameter* parameter, std::string_view modifier, const std::string& value);
  Criteria chain(const Parameter& reference, std::string_view target, std::string_view rest,
                 const std::string& value, int depth);
  Criteria has(std::string_view type, std::string_view rest, const std::string& value, int depth);
  base::Error refused(std::string_view type, std::string_view name) const;

  std::string_view base_url_;
  std::size_t values_ = 0;
  std::string name_;  // as the client wrote it, for errors
};

/// The served parameter that a name means; nullptr if none. `subject` is answered by the rows of
/// `patient`: no other subject is indexed.
const Parameter* asked_parameter(std::string_view type, std::string_view name);

/// Names are the client's words: only what can be a parameter's name is repeated, else "?".
std::string printable(std::string_view name);

base::Error unknown_parameter(std::string_view type, std::string_view name, std::string place);
/// "search-too-costly more than LIMIT WHAT"
base::Error too_many(std::string_view what, std::size_t limit);

}  // namespace gateway::fhir::search
