#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/fhir/json.hpp"

namespace gateway::mapping {

/// Members of a resource, as revising sees them. All work on top-level members alone.

/// `value` of `valueQuantity`, `effective` of `effectivePeriod`; the name itself without a type.
/// `_birthDate` counts as `birthDate`.
std::string_view element_of(std::string_view member);

/// Copies to `newer` what only `older` has – an empty field is no statement (V2FHIR.md §1.5) –
/// except `deleted` elements. An element of several types counts as one. True if anything came.
bool keep_absent(fhir::Json& newer, const fhir::Json& older, std::span<const std::string> deleted);
/// The same for the named elements alone.
bool keep_named(fhir::Json& newer, const fhir::Json& older,
                std::span<const std::string_view> elements);

/// Removes every member of these elements. True if there was one.
bool erase_elements(fhir::Json& resource, std::span<const std::string_view> elements);

bool has_element(const fhir::Json& resource, std::string_view element);

/// Equal members, in whatever order.
bool same_content(const fhir::Json& a, const fhir::Json& b);

/// Tags of a code system of ours.
bool has_tag(const fhir::Json& resource, std::string_view system_name, std::string_view code);
void add_tag(fhir::Json& resource, std::string_view system_name, std::string_view code);
void remove_tag(fhir::Json& resource, std::string_view system_name, std::string_view code);

/// The `gateway-issue` tag of an issue (W1): stands, is set, is taken away with its reason (F5).
bool has_issue(const fhir::Json& resource, std::string_view code);
void tag_issue(fhir::Json& resource, std::string_view code);
void untag_issue(fhir::Json& resource, std::string_view code);

/// An answer to a question of context (R9).
bool is_survey(const fhir::Json& observation);

/// The `reference`s of an array of References, in order.
std::vector<std::string> references_of(const fhir::Json& references);

}  // namespace gateway::mapping
