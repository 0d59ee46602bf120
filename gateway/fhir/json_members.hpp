#pragma once
#include <optional>
#include <string_view>
#include <vector>

#include "gateway/fhir/json_view.hpp"

namespace gateway::fhir {

/// A member of an object: its name without quotes, and `"name":value` as it stands.
struct JsonMember {
  std::string_view name, text;
};

/// Cuts the text of an object into its members by looking at quotes and brackets alone, 64 bytes at
/// a time: what is in a member is not read. Takes only what was written here, without blanks
/// around members. False: it holds an escape, or is no such object; `members` then says nothing.
bool cut_members(std::string_view object, std::vector<JsonMember>& members);

/// The object `{member}`.
std::optional<JsonView> read_member(std::string_view member);

/// An object of which that member is asked for, and no other: no more is read of it than has to be.
std::optional<JsonView> read_only(std::string_view object, std::string_view name);

}  // namespace gateway::fhir
