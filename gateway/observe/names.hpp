#pragma once
#include <array>
#include <string_view>
#include <utility>

/// The one home of metric names (HOUSE 17, INTERFACE.md §8).
namespace gateway::observe::names {

inline constexpr std::string_view messages_received = "immunogate_messages_received_total";
inline constexpr std::string_view acknowledgement_seconds = "immunogate_acknowledgement_seconds";
inline constexpr std::string_view commit_seconds = "immunogate_commit_seconds";
inline constexpr std::string_view commit_batch_messages = "immunogate_commit_batch_messages";
inline constexpr std::string_view store_bytes = "immunogate_store_bytes";
inline constexpr std::string_view backup_last_success =
    "immunogate_backup_last_success_timestamp_seconds";
inline constexpr std::string_view verify_last_success =
    "immunogate_verify_last_success_timestamp_seconds";
inline constexpr std::string_view store_available = "immunogate_store_available";
inline constexpr std::string_view outbox_pending = "immunogate_outbox_pending";
inline constexpr std::string_view outbox_oldest_seconds = "immunogate_outbox_oldest_seconds";
inline constexpr std::string_view deliveries = "immunogate_deliveries_total";
inline constexpr std::string_view dead_letters = "immunogate_dead_letters";
inline constexpr std::string_view circuit_state = "immunogate_circuit_state";
inline constexpr std::string_view delivery_seconds = "immunogate_delivery_seconds";
inline constexpr std::string_view superseded = "immunogate_superseded_total";
inline constexpr std::string_view loop_stopped = "immunogate_loop_stopped_total";
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
inline constexpr std::string_view audit_records = "immunogate_audit_records_total";
inline constexpr std::string_view audit_refusals_left_out =
    "immunogate_audit_refusals_left_out_total";
inline constexpr std::string_view audit_export_lag = "immunogate_audit_export_lag_seconds";
inline constexpr std::string_view handshakes = "immunogate_tls_handshakes_total";
inline constexpr std::string_view token_requests = "immunogate_token_requests_total";
inline constexpr std::string_view auth_denied = "immunogate_auth_denied_total";
inline constexpr std::string_view connections_closed = "immunogate_connections_closed_total";
inline constexpr std::string_view config_reloads = "immunogate_config_reloads_total";
inline constexpr std::string_view content_opened = "immunogate_content_opened_total";

/// What each says, for `# HELP`.
inline constexpr auto help = std::to_array<std::pair<std::string_view, std::string_view>>({
    {messages_received, "Messages and FHIR writes answered, by listener and result."},
    {acknowledgement_seconds, "From the last byte of a message to its sent acknowledgement."},
    {commit_seconds, "One durable transaction of the store."},
    {commit_batch_messages, "Arrivals in one transaction."},
    {store_bytes, "Size of the store on disk."},
    {backup_last_success, "When the store was last backed up on this host; absent: never."},
    {verify_last_success, "When the store was last found clean on this host; absent: never."},
    {store_available, "1 while the store can be written."},
    {outbox_pending, "Deliveries not yet made, by target."},
    {outbox_oldest_seconds, "Age of the oldest delivery not yet made, by target."},
    {deliveries, "Deliveries tried, by target and result."},
    {dead_letters, "Deliveries given up that wait for a decision, by target."},
    {circuit_state, "Whether a target is worth asking: 0 yes, 1 one request tries, 2 not now."},
    {delivery_seconds, "From a request to a target to its answer, by target."},
    {superseded, "Dead letters that a later delivery healed, by target."},
    {loop_stopped, "Arrivals not sent to a target since they have been there, by target."},
    {review_open, "Items of the review list that wait for a decision, by kind."},
    {http_requests, "HTTP requests answered, by route, method and status."},
    {http_request_seconds, "From the whole request to its sent answer, by door."},
    {certificate_expiry, "When a certificate of this gateway ends, in seconds since 1970."},
    {connections, "Open connections, by door."},
    {build_info, "1; the version is the label."},
    {duplicates, "Messages that came again and were answered as the first time."},
    {held_messages, "Messages that wait for a store that cannot take them."},
    {unreadable, "Arrivals refused because what they would change is damaged in the store."},
    {fields, "Populated fields of messages, by what became of them."},
    {frames_rejected, "MLLP frames given up before they were whole, by door and reason."},
    {audit_records, "Audit rows of reads, refusals and of the gateway itself."},
    {audit_refusals_left_out, "Refusals that came too fast for a row of their own or a count."},
    {audit_export_lag, "Age of the oldest audit row that the syslog receiver has not."},
    {handshakes, "TLS handshakes, by door and result."},
    {token_requests, "Requests for access tokens, by what they got: issued, or the refusal."},
    {auth_denied, "FHIR requests refused for who asks or for their scopes, by door and reason."},
    {connections_closed, "Connections ended by a rule of the door, by door and reason."},
    {content_opened, "Messages and charts that a person was shown, by role."},
    {config_reloads,
     "Configuration, mappings and TLS files taken while running, by what and result."},
});

}  // namespace gateway::observe::names
