#pragma once
#include <optional>

#include "gateway/mapping/work.hpp"

namespace gateway::mapping {

/// Who an order is: its code, its number and what ids are made of (V2FHIR.md §3.1).
OrderWork named_order(Desk& desk, PatientWork& patient, const OrderSegments& segments);
/// When an order was said (T7): its OBR-22, else MSH-7.
std::optional<SourceTime> said_at(Desk& desk, const OrderSegments& segments);

/// Everything of one order: numbers, request, specimens, rows, report.
void convert_order(Desk& desk, PatientWork& patient, const OrderSegments& segments);

/// Identifiers of OBR-2/3 and ORC-2/3, each once, as elements of an array (V2FHIR.md §3.5). What an
/// ORC of several OBR lends is taken only where the order has no number of its own (§2.3).
void write_own_numbers(Desk& desk, Pen& pen, const OrderSegments& segments);
/// ServiceRequest (V2FHIR.md §3.5).
void write_request(Desk& desk, OrderWork& order);
/// Whether OBR-29, ORC-8 or OBR-54 name a parent; then `basedOn` is left to `link_parents`.
bool has_parent(Desk& desk, const OrderSegments& segments);
/// `basedOn` of the orders that have a parent: the order of this message, else by its number.
void link_parents(Desk& desk, const PatientWork& patient);
/// DiagnosticReport with its notes and attachments.
void write_report(Desk& desk, OrderWork& order);
/// Its notes, those of rows that are none of its results, and rows that were not to be answered.
void write_report_notes(Desk& desk, OrderWork& order);
/// ED and RP rows as presentedForm, long texts as text/plain (F9, V2FHIR.md §3.9).
/// A document that a message takes back (T4, T5, T10).
bool is_gone(Desk& desk, const Row& attachment);
void write_attachments(Desk& desk, OrderWork& order);
/// The bytes of an attachment where others look for them: a PDF, or a document that no OBR has, as
/// a Binary, which is the content of the one document (TXA) that the message tells of, else of a
/// DocumentReference of its own.
void file_bytes(Desk& desk, OrderWork& order, const Row& row, std::string_view media,
                std::string_view base64);
/// T5: the DocumentReference of an attachment that is taken back; `media` as far as it is said.
void withdraw_bytes(Desk& desk, OrderWork& order, const Row& row, std::string_view media);

/// Parts of the request, in write_request_parts.cpp: timing, people, what hangs on the order.
void write_occurrence(Desk& desk, Draft& draft, const OrderWork& order);
void write_requesters(Desk& desk, Draft& draft, const OrderWork& order);
void extend_contacts(Desk& desk, Draft& draft, SegmentIndex ctd);
void extend_study(Desk& desk, Draft& draft, SegmentIndex cti);

/// A field of the OBR, else of the ORC that stands before it, else of the ORC it shares.
Place first_said(Desk& desk, const OrderWork& order, std::uint16_t obr_field,
                 std::uint16_t orc_field);

}  // namespace gateway::mapping
