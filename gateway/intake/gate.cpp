#include "gateway/intake/gate.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "gateway/hl7v2/segment_names.hpp"

namespace gateway::intake {
namespace {

using hl7v2::Header;

struct TakenType {
  std::string_view type, triggers;  // blank-separated; " " at both ends
};

/// Messages that carry results (V2FHIR.md §2.1). A bare `ORU` is R01.
constexpr std::array<TakenType, 3> taken_types = {{
    {"ORU", " R01 R03 R30 R31 R32 R40 W01 "},
    {"OUL", " R21 R22 R23 R24 "},
    {"MDM", " T01 T02 T03 T04 T05 T06 T07 T08 T09 T10 T11 "},
}};

/// ERR code of a sender that is not let in: of those INTERFACE.md §4 gives the row, the one for
/// "this kind of message is not taken here". ERR-2 points at MSH-3, the text says the rest.
constexpr int sender_not_allowed = 200;

constexpr int oldest_version = 20100, after_newest_version = 21000;
constexpr std::size_t longest_control_id = 199;  // bytes, TRUST T14

bool among(const std::vector<std::string>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

/// A certificate the profile names speaks for it, and where it names any no other does (TRUST T7:
/// attributes compared whole).
bool may_speak_for(const security::PeerIdentity& peer, const mapping::SenderProfile& profile) {
  if (profile.certificates.empty()) return true;
  return std::any_of(profile.certificates.begin(), profile.certificates.end(),
                     [&](const std::string& subject) {
                       security::CertificateRule rule;
                       rule.subject = security::parse_distinguished_name(subject);
                       return !rule.subject.empty() && security::matches(peer, rule);
                     });
}

constexpr const char* not_of_listener = "listener";
constexpr const char* not_of_certificate = "certificate";

std::optional<Verdict> sender_gate(const mapping::Sender& sender, const ListenerPolicy& listener,
                                   const security::PeerIdentity& peer) {
  const auto* why = sender_refusal(sender, listener, peer);
  if (why == nullptr) return std::nullopt;
  return refusal(Situation::not_taken, "MSH-3", sender_not_allowed,
                 why == not_of_listener ? "sender not allowed on this listener"
                                        : "sender not allowed with this client certificate");
}

std::optional<Verdict> type_gate(const Header& header) {
  if (header.type.empty()) {
    return refusal(Situation::structure_broken, "MSH-9", 101, "message type missing");
  }
  const auto taken = std::find_if(taken_types.begin(), taken_types.end(),
                                  [&](const TakenType& t) { return t.type == header.type; });
  if (taken == taken_types.end()) {
    return refusal(Situation::not_taken, "MSH-9", 200, "message type not taken");
  }
  if (header.trigger.empty() && header.type == "ORU") return std::nullopt;
  const bool word = !header.trigger.empty() && header.trigger.find(' ') == std::string::npos;
  if (!word || taken->triggers.find(" " + header.trigger + " ") == std::string_view::npos) {
    return refusal(Situation::not_taken, "MSH-9.2", 201, "trigger event not taken");
  }
  return std::nullopt;
}

std::optional<Verdict> processing_gate(const Header& header, const mapping::Sender& sender,
                                       const ListenerPolicy& listener) {
  auto id = hl7v2::first_component(header, header.processing_id);
  if (id.empty()) id = "P";
  if (among(listener.processing_ids, id) || among(sender.profile->processing_ids, id)) {
    return std::nullopt;
  }
  return refusal(Situation::not_taken, "MSH-11", 202, "processing id not taken by this listener");
}

/// "2.5.1PID": the end of the line was lost on the way.
bool runs_into_segment(std::string_view version_id) {
  constexpr std::size_t name = 3;
  return version_id.size() > name &&
         hl7v2::is_standard_segment(version_id.substr(version_id.size() - name));
}

std::optional<Verdict> control_id_gate(const Header& header) {
  const auto& id = header.control_id;
  if (id.find_first_not_of(' ') == std::string::npos) {
    return refusal(Situation::structure_broken, "MSH-10", 101, "message control id missing");
  }
  if (id.size() > longest_control_id) {
    return refusal(Situation::structure_broken, "MSH-10", 104, "message control id too long");
  }
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; };
  if (std::any_of(id.begin(), id.end(), is_control)) {
    return refusal(Situation::structure_broken, "MSH-10", 102,
                   "message control id with a control character");
  }
  return std::nullopt;
}

}  // namespace

const char* sender_refusal(const mapping::Sender& sender, const ListenerPolicy& listener,
                           const security::PeerIdentity& peer) {
  if (!among(listener.senders, "*") && !among(listener.senders, sender.name))
    return not_of_listener;
  return may_speak_for(peer, *sender.profile) ? nullptr : not_of_certificate;
}

std::optional<Verdict> gate(const Header& header, const mapping::Sender& sender,
                            const ListenerPolicy& listener, const security::PeerIdentity& peer) {
  if (auto no = sender_gate(sender, listener, peer)) return no;
  if (listener.is_framed && !header.wide.empty()) {
    return refusal(Situation::not_hl7, "MSH-18", 102, "UTF-16 and UTF-32 are not taken over MLLP",
                   "send UTF-8: the frame bytes of MLLP may stand in the others");
  }
  if (auto no = type_gate(header)) return no;
  if (auto no = processing_gate(header, sender, listener)) return no;
  if (runs_into_segment(header.version_id)) {
    return refusal(Situation::structure_broken, "MSH", 100, "several segments stand on line 1",
                   "end every segment with a carriage return");
  }
  const int version = hl7v2::version_number(header.version_id);
  if (version < oldest_version || version >= after_newest_version) {
    return refusal(Situation::not_taken, "MSH-12", 203, "version outside 2.1-2.9");
  }
  return control_id_gate(header);
}

Verdict verdict_of(const base::Error& error) {
  // A field (MSH-10), or a segment that must be there (PID): 101. A line of its own: 100.
  const bool names_field =
      error.where.find('-') != std::string::npos || error.where == "PID" || error.where == "OBR";
  switch (error.kind) {
    case base::ErrorKind::malformed:
      // Delimiters that cannot be used are a wrong value, not a missing one (V2FHIR.md E3).
      return refusal(Situation::structure_broken, error.where,
                     error.where == "MSH-2" ? 102
                     : names_field          ? 101
                                            : 100,
                     error.what, error.remedy);
    case base::ErrorKind::too_large:
      return refusal(Situation::over_limit, error.where, 104, error.what, error.remedy);
    default:  // undecodable under MSH-18
      return refusal(Situation::not_hl7, error.where, 102, error.what, error.remedy);
  }
}

}  // namespace gateway::intake
