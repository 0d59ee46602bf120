#pragma once
#include "gateway/mapping/work.hpp"

namespace gateway::mapping {

/// Everything of one order: numbers, request, specimens, rows, report.
void convert_order(Desk& desk, PatientWork& patient, const OrderSegments& segments);

/// ServiceRequest (V2FHIR.md §3.5).
void write_request(Desk& desk, OrderWork& order);
/// DiagnosticReport with its notes and attachments.
void write_report(Desk& desk, OrderWork& order);
/// ED and RP rows as presentedForm, long texts as text/plain (F9, V2FHIR.md §3.9).
void write_attachments(Desk& desk, OrderWork& order);

/// A field of the OBR, else of the ORC that stands before it, else of the ORC it shares.
Place first_said(Desk& desk, const OrderWork& order, std::uint16_t obr_field,
                 std::uint16_t orc_field);

}  // namespace gateway::mapping
