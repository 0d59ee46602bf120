#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "gateway/mapping/work.hpp"

/// What each OBX of an order is, before any is written: classified (C1, R9, S14, F9), merged
/// (text lines, components, blood pressure), named (T1).
namespace gateway::mapping {

/// Reads one row's code, type and status, and says what it is.
Row read_row(Desk& desk, const ResultSegments& segments, std::string_view order_status,
             bool always_context);

/// Reads all rows of the order, merges them, and opens a draft for each that becomes an
/// Observation.
void read_rows(Desk& desk, OrderWork& order);

/// What names a result (T1): patient, order number, OBX-3.1, name of its coding system, OBX-4.
struct ResultName {
  std::string_view patient, order, code, system, sub_id;
};
/// The parts of its id, in their order; OBX-21 and what counts repetitions may follow.
std::vector<std::string_view> result_key(Desk& desk, const ResultName& name);

/// The id of the Observation that a row is alone, the first of its key in a message (T1).
std::string own_id(Desk& desk, const Row& row, const OrderWork& order);
/// That of the blood pressure that takes this half.
std::string pressure_id(Desk& desk, const Row& half, const OrderWork& order);

/// Opens the Observation of a row, with its id by T1. A loose row has the order that it is filed
/// under, and an id that no row of the order itself has.
void open_observation(Desk& desk, Row& row, const OrderWork& order);

}  // namespace gateway::mapping
