#pragma once
#include "gateway/mapping/context_rows.hpp"
#include "gateway/mapping/participation.hpp"
#include "gateway/mapping/work.hpp"

namespace gateway::mapping {

/// A context row: category survey, no cycle or sample extension (R9). `order` is its own, or the
/// one that a loose row is filed under.
void write_context_row(Desk& desk, Row& row, const OrderWork& order);

/// A result: code, value, sample type, cycle context, tags (V2FHIR.md §3.7, DOMAIN.md §5–§10).
void write_result(Desk& desk, Row& row, const OrderWork& order, const ScopedContext& context,
                  const Collected& taken);

/// Parts that both share, in write_observation_parts.cpp.
void write_status(Desk& desk, Draft& draft, const Row& row);
void write_category(Desk& desk, Draft& draft, const Row& row, std::string_view code,
                    std::string_view text);
void write_belonging(Desk& desk, Draft& draft, const Row& row, const PatientWork& patient,
                     const OrderWork* order);
void write_performers(Desk& desk, Draft& draft, const Row& row);
void write_interpretation(Desk& desk, Draft& draft, SegmentIndex obx);
void write_far_fields(Desk& desk, Draft& draft, SegmentIndex obx);
/// Of those, what neither an Observation nor a report has an element for.
void extend_far_fields(Desk& desk, Draft& draft, SegmentIndex obx);
void write_details(Desk& desk, Draft& draft, const Row& row);
void write_sub_id(Draft& draft, Desk& desk, const Row& row);
void write_identifiers(Desk& desk, Draft& draft, const Row& row, const OrderWork* order,
                       std::string_view code);

/// PRT behind a result, in write_participation.cpp: who took part, as performers; where and with
/// what device, as extensions or, if OBX-18 names none, as the device.
void write_participants(Desk& desk, Pen& performers, const Row& row);
/// The same of one PRT or ROL: its actors as elements of an array of references, with their role.
void write_performing(Desk& desk, Pen& performers, const Participation& of);
void write_participation(Desk& desk, Draft& draft, const Row& row);

/// In write_observation_ties.cpp.
void write_typed_value(Desk& desk, Draft& draft, const Row& row);
void find_parent_result(Desk& desk, OrderWork& order);  // once, when its rows are known
void write_parent_result(Draft& draft, const OrderWork& order);

/// In write_declaration.cpp. A yes to an allergy or a deficiency is tagged (W5); an answer that is
/// neither yes nor no nor "unknown" is `code-unmapped`.
void write_declaration(Desk& desk, Draft& draft, const Row& row);
/// Does its question ask for an allergy, a deficiency or a consent, of which a yes stands (W6)?
bool declares(const Row& row);
/// The `safety` code that a yes to this row's question gives; "" if it asks for no declaration.
std::string declaration_of(const Row& row);

}  // namespace gateway::mapping
