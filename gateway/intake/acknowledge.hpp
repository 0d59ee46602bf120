#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/result.hpp"
#include "gateway/base/time.hpp"
#include "gateway/hl7v2/acknowledgement.hpp"
#include "gateway/hl7v2/header.hpp"

namespace gateway::intake {

/// What became of a message, as far as its sender is told (INTERFACE.md §4).
enum class Situation : std::uint8_t {
  stored,
  control_id_reused,  // stored, and its MSH-10 was another message's
  structure_broken,   // no PID/OBR where needed, no MSH-10, wrong delimiters, unreadable type
  conversion_broken,  // our own fault while converting: kept, AE 207
  not_taken,          // type, trigger, processing id, version, sender
  not_hl7,            // no HL7 at all, or undecodable under MSH-18
  over_limit,
  store_unavailable  // only where the sender's profile wants to be refused
};

enum class Kept : std::uint8_t { yes, as_rejected, no };

/// One row of the table: the application and the commit code.
struct AckRule {
  Situation situation;
  std::string_view application, commit;
  Kept kept;
};

/// INTERFACE.md §4, row by row. A duplicate has no row: it gets the first verdict again.
inline constexpr std::array<AckRule, 8> ack_rules = {{
    {Situation::stored, "AA", "CA", Kept::yes},
    {Situation::control_id_reused, "AA", "CA", Kept::yes},
    {Situation::structure_broken, "AE", "CA", Kept::as_rejected},
    {Situation::conversion_broken, "AE", "CA", Kept::as_rejected},
    {Situation::not_taken, "AR", "CR", Kept::as_rejected},
    {Situation::not_hl7, "AR", "CR", Kept::as_rejected},
    {Situation::over_limit, "AR", "CR", Kept::as_rejected},
    {Situation::store_unavailable, "AR", "CR", Kept::no},
}};
const AckRule& rule_of(Situation situation);

/// What the sender is told, before it takes the form of a version and a mode. Lines of severity W
/// are warnings beside an AA. Texts hold no value of the message.
struct Verdict {
  Situation situation = Situation::stored;
  std::string text;  // MSA-3
  std::vector<hl7v2::ErrorLine> errors;
};

/// A line of ERR for a place like "OBX[3]-5[2].1" (INTERFACE.md §2); a segment alone is its first.
hl7v2::ErrorLine error_at(std::string_view where, int code, std::string text);

/// A verdict with one error.
Verdict refusal(Situation situation, std::string_view where, int code, const std::string& text,
                const std::string& remedy = {});

/// The codes that are said, in order: one in original mode; in enhanced mode the commit and the
/// application code as far as MSH-15 and MSH-16 ask (table 0155: AL, NE, ER, SU; HL7 v2.5.1
/// §2.9.3). A message refused at the commit gets no application answer, except where it asks for
/// that alone. Empty: nothing is to be said.
std::vector<std::string_view> acknowledgement_codes(Situation situation,
                                                    const hl7v2::Header& header);

/// The acknowledgements as bytes, in order. `serial` makes MSH-10 unique in this process. Before
/// v2.5 ERR knows no severity: there warnings stand in MSA-3 only.
std::vector<std::string> acknowledgements(const Verdict& verdict, const hl7v2::Header& header,
                                          base::Instant now, std::uint64_t serial);

/// The verdict as kept with an arrival, to be said again to a duplicate; and read back (nullopt if
/// it is none).
std::string encode(const Verdict& verdict);
std::optional<Verdict> decode(std::string_view text);

}  // namespace gateway::intake
