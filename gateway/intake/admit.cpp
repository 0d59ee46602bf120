#include "gateway/intake/admit.hpp"

#include <exception>
#include <iterator>
#include <utility>

#include "gateway/base/log.hpp"
#include "gateway/fhir/json.hpp"
#include "gateway/intake/gate.hpp"

namespace gateway::intake {
namespace {

/// Bytes of a name from outside that go into an index; the hash beside it tells the rest apart.
constexpr std::size_t longest_key = 199;

void identify(MessageWork& message, const security::PeerIdentity& peer) {
  message.sender = mapping::identify_sender(message.header, *message.catalogue);
  if (message.over_limit) {
    message.refused = refusal(Situation::over_limit, "", 104, "message over the size limit");
    return;
  }
  message.refused = gate(message.header, message.sender, *message.listener, peer);
  if (message.refused) {
    // Not the sender's name: it is text from outside.
    if (const auto* why = sender_refusal(message.sender, *message.listener, peer)) {
      base::log(base::Level::warning, "intake.sender_refused",
                {{"listener", base::ConfiguredName(message.listener->name)},
                 {"reason", base::ConfiguredName(why)},
                 {"peer", base::NumericText(peer.address)},
                 {"key", base::NumericText(peer.spki_sha256.substr(0, 16))}});
    }
    return;
  }
  auto parsed =
      hl7v2::parse(base::Buffer(message.bytes), {.charset = message.sender.profile->charset});
  if (parsed) {
    message.message = std::move(*parsed);
  } else {
    message.refused = verdict_of(parsed.error());
  }
}

std::vector<base::PatientKey> patients_of(const std::vector<fhir::RequestedWrite>& writes) {
  std::vector<base::PatientKey> patients;
  for (const auto& write : writes) {  // no id twice in a bundle
    if (write.key.type == "Patient") patients.push_back({write.key.id});
  }
  if (!patients.empty()) return patients;
  for (const auto& write : writes) {
    if (!write.about.empty()) return {{write.about}};
    if (write.body.empty()) continue;
    const auto json = fhir::JsonView::read(write.body);
    if (!json) continue;
    if (auto id = fhir::search::patient_of(write.key, *json); !id.empty()) return {{std::move(id)}};
  }
  return {{writes.empty() ? std::string() : writes.front().key.reference()}};
}

void file(Work& work, std::vector<base::PatientKey> patients) {
  work.patient = std::move(patients.front());
  work.further_patients.assign(std::make_move_iterator(patients.begin() + 1),
                               std::make_move_iterator(patients.end()));
}

}  // namespace

std::unique_ptr<Work> admit(std::string_view bytes, const Received& received,
                            std::shared_ptr<const mapping::Catalogue> catalogue) {
  auto work = std::make_unique<Work>();
  work->message = std::make_unique<MessageWork>();
  work->listener = received.listener->name;
  work->agent = received.peer.present() ? received.peer.subject_text() : "anonymous";
  work->received = received.received;

  auto& message = *work->message;
  message.listener = received.listener;
  message.bytes = bytes;
  message.over_limit = received.over_limit;
  message.size = received.over_limit ? received.size : bytes.size();
  message.catalogue = std::move(catalogue);
  message.sender.profile = &message.catalogue->default_profile();
  message.key.bytes = received.over_limit ? received.hash : base::sha256(bytes);
  try {
    if (auto header = hl7v2::read_header(bytes)) {
      message.header = std::move(*header);
      identify(message, received.peer);
    } else {
      message.refused = refusal(message.over_limit ? Situation::over_limit : Situation::not_hl7,
                                "MSH", 100, "no HL7 v2 message");
    }
    if (message.message) {
      file(*work, mapping::patient_keys(*message.message, message.sender, *message.catalogue));
    }
  } catch (const std::exception&) {
    message.refused =
        refusal(Situation::conversion_broken, "", 207, "internal error while reading");
  }
  message.key.sender = message.sender.name.substr(0, longest_key);
  message.key.control_id = message.header.control_id.substr(0, longest_key);
  if (message.refused) {
    message.key.state = store::ArrivalState::rejected;
    message.message.reset();
    file(*work, {base::nobody_of(message.key.sender)});
  }
  return work;
}

std::unique_ptr<Work> admit(ReceivedBundle bundle, BundleAnswer answer) {
  auto work = std::make_unique<Work>();
  work->listener = bundle.listener;
  work->agent = bundle.who.name;
  work->received = bundle.received;
  file(*work, patients_of(bundle.writes));
  work->bundle = std::make_unique<BundleWork>();
  work->bundle->digest = base::sha256(bundle.bytes);
  work->bundle->bundle = std::move(bundle);
  work->bundle->answer = std::move(answer);
  return work;
}

}  // namespace gateway::intake
