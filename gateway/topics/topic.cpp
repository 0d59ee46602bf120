#include "gateway/topics/topic.hpp"

#include <algorithm>
#include <array>

#include "gateway/fhir/canonical.hpp"

namespace gateway::topics {
namespace {

constexpr auto of_results = std::to_array<std::string_view>(
    {"category", "code", "cycle-day", "cycle-phase", "interpretation", "patient",
     "patient.identifier", "sample-type", "sender"});
constexpr auto of_entries = std::to_array<std::string_view>(
    {"code", "group-identifier", "patient", "patient.identifier", "status"});

constexpr auto of_messages = std::to_array<std::string_view>({"_source", "_tag", "event"});
/// Why a message is refused, as its acknowledgement says it (ERR-5).
constexpr auto refusals =
    std::to_array<std::string_view>({"message-malformed", "message-not-taken", "message-unreadable",
                                     "message-too-large", "gateway-failed"});

constexpr auto table = std::to_array<Topic>({
    {"result-new", "Observation", true, false, of_results, "New results",
     "An Observation stands here for the first time, whatever its status"},
    {"result-corrected", "Observation", false, true, of_results, "Corrected results",
     "An Observation that stood here has another version: corrected, amended, made final, "
     "cancelled, withdrawn or deleted. Filters are met by what it was or by what it is now"},
    {"review-item", "Task", true, true, of_entries, "Entries of the follow-up list",
     "An entry of the list was opened, or stands otherwise now"},
    {"message-rejected", "MessageHeader", true, false, of_messages, "Rejected messages",
     "A message was refused (AE or AR): its MessageHeader says by whom it was sent and why",
     refusals},
});

}  // namespace

std::string Topic::url() const {
  return fhir::canonical::topic(name);
}

std::span<const Topic> all() {
  return table;
}

const Topic* find(std::string_view url) {
  const auto at = std::ranges::find_if(table, [url](const Topic& t) { return t.url() == url; });
  return at != table.end() ? &*at : nullptr;
}

}  // namespace gateway::topics
