#pragma once
#include <string_view>

/// The one home of metric names (HOUSE 17, INTERFACE.md §8).
namespace gateway::observe::names {

inline constexpr std::string_view messages_received = "immunogate_messages_received_total";
inline constexpr std::string_view acknowledgement_seconds = "immunogate_acknowledgement_seconds";
inline constexpr std::string_view commit_seconds = "immunogate_commit_seconds";
inline constexpr std::string_view commit_batch_messages = "immunogate_commit_batch_messages";
inline constexpr std::string_view store_bytes = "immunogate_store_bytes";
inline constexpr std::string_view store_available = "immunogate_store_available";
inline constexpr std::string_view outbox_pending = "immunogate_outbox_pending";
inline constexpr std::string_view outbox_oldest_seconds = "immunogate_outbox_oldest_seconds";
inline constexpr std::string_view deliveries = "immunogate_deliveries_total";
inline constexpr std::string_view dead_letters = "immunogate_dead_letters";
inline constexpr std::string_view review_open = "immunogate_review_open";
inline constexpr std::string_view http_requests = "immunogate_http_requests_total";
inline constexpr std::string_view http_request_seconds = "immunogate_http_request_seconds";
inline constexpr std::string_view certificate_expiry =
    "immunogate_tls_certificate_expiry_timestamp_seconds";
inline constexpr std::string_view connections = "immunogate_connections";
inline constexpr std::string_view build_info = "immunogate_build_info";
inline constexpr std::string_view duplicates = "immunogate_duplicates_total";
inline constexpr std::string_view held_messages = "immunogate_held_messages";
inline constexpr std::string_view unreadable = "immunogate_store_unreadable_total";
inline constexpr std::string_view fields = "immunogate_fields_total";
inline constexpr std::string_view frames_rejected = "immunogate_frames_rejected_total";
inline constexpr std::string_view handshakes = "immunogate_tls_handshakes_total";

}  // namespace gateway::observe::names
