/// Sub-room fhir/search (floor 2): the search grammar and what a resource contributes to the
/// index. Knows no SQL and no HTTP.
#pragma once
#include <span>
#include <string_view>
#include <vector>

namespace gateway::fhir::search {

enum class Kind { token, string, reference, number, quantity, date, uri, special, composite };

/// A search parameter that is served. The one table the parser, the index, the planner and the
/// CapabilityStatement are made from (FHIR.md §0, 4).
struct Parameter {
  std::string_view type;  // "Observation"; "*" for all types
  std::string_view name;  // "cycle-day"; a denormalised chain is a name: "patient.identifier"
  Kind kind = Kind::token;
  /// What it indexes: elements by dots, alternatives by `|`; an extension by its name in brackets,
  /// a component by its code of ours, a telecom by its system:
  /// "extension(cycle-context).extension(day).valueInteger". "": the store or index.cpp knows, or
  /// nothing of its own.
  std::string_view elements;
  std::string_view documentation;
  /// System of an element of type `code`: a URL, or the name of one of our code systems.
  std::string_view system = {};
  /// Of a composite, asked as `left$right`: the parameters of the same type that it joins.
  std::string_view left = {}, right = {};
  /// Parameters of the same type that it is the union of, itself among them if it has elements:
  /// "value-quantity|component-value-quantity".
  std::string_view either = {};
  /// The chain or `_has` that it is short for: "result.sample-type".
  std::string_view short_for = {};
  /// The types that a reference may lead to; others are not indexed. None: it is not chained.
  std::span<const std::string_view> targets = {};
};

/// All parameters of all types, those of every type ("*") included.
std::span<const Parameter> parameters();
/// The one of that name that the type has, or that every type has; nullptr if none.
const Parameter* find_parameter(std::string_view type, std::string_view name);
/// Those that a union is made of; none of what is no union.
std::vector<const Parameter*> united(const Parameter& parameter);
/// Is it one that FHIR R4 has for the type, and that is not served here: no index holds it?
bool is_left_out(std::string_view type, std::string_view name);
/// The served name (controls such as `_count` included) nearest to a wrong one; empty if none is
/// near.
std::string_view nearest_parameter(std::string_view type, std::string_view wrong);

/// Resource types that can be read, and which of them can be searched (all but Binary).
std::span<const std::string_view> served_types();
bool is_served(std::string_view type);
bool is_searchable(std::string_view type);
/// Can a search of the type be read? Of AuditEvent too, which no index of resources holds: the
/// trail is searched by other means (room audit).
bool has_search(std::string_view type);
/// Does a client write it: a source client, or of a Subscription whoever it belongs to? Follow-up
/// entries (Task) are the gateway's own.
bool is_writable(std::string_view type);

}  // namespace gateway::fhir::search
