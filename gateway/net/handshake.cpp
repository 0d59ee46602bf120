#include "gateway/net/handshake.hpp"

#include "gateway/observe/names.hpp"

namespace gateway::net {

void count_handshake(observe::Metrics& metrics, const std::string& door, const char* result) {
  metrics.counter(observe::names::handshakes, {{"door", door}, {"result", result}}).add();
}

void note_refused_handshake(observe::Metrics& metrics, const std::string& door, const char* event,
                            const base::LogField& which, const Wire& wire) {
  base::log(base::Level::warning, event,
            {which,
             {"reason", base::ConfiguredName(wire.refusal())},
             {"peer", base::NumericText(wire.peer_address())},
             {"certificate", base::NumericText(wire.shown_certificate())}});
  count_handshake(metrics, door, wire.refusal());
}

void note_crowded_address(observe::Metrics& metrics, const std::string& door, const Wire& wire) {
  base::log(
      base::Level::warning, "net.address_crowded",
      {{"door", base::ConfiguredName(door)}, {"peer", base::NumericText(wire.peer_address())}});
  metrics.counter(observe::names::connections_closed, {{"door", door}, {"reason", "address"}})
      .add();
}

void note_disbelieved_peer(observe::Metrics& metrics, const std::string& door, const Wire& wire) {
  base::log(base::Level::warning, "net.peer_no_longer_believed",
            {{"door", base::ConfiguredName(door)},
             {"peer", base::NumericText(wire.peer_address())},
             {"certificate", base::NumericText(wire.shown_certificate())}});
  metrics.counter(observe::names::connections_closed, {{"door", door}, {"reason", "certificate"}})
      .add();
}

}  // namespace gateway::net
