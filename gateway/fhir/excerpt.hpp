#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace gateway::fhir {

/// How much of a resource a client wants (FHIR R4, search, `_summary` and `_elements`).
struct Excerpt {
  enum class Form { whole, summary, text, data, elements, all_but } form = Form::whole;
  /// Of `elements` and `all_but`: names of members, a choice by its stem (`value`, `value[x]`).
  std::vector<std::string> names;
};

/// A body as it may leave: FHIR has no empty object, so an empty `meta` goes.
std::string without_empty_meta(std::string body);

/// The resource with what is wanted of it: always its id, `meta` – with the tag SUBSETTED where
/// anything was left out – and what FHIR demands of its type. Bytes of what stays are unchanged in
/// meaning and digits. `served`: as of served().
std::string excerpt(std::string served, const Excerpt& wanted);

}  // namespace gateway::fhir
