#include "gateway/base/hash.hpp"
#include "gateway/mapping/convert.hpp"

namespace gateway::mapping {
namespace {

/// The name of a sender without a profile. Theirs are words from outside, and no index holds any
/// length of them.
std::string name_of(std::string name) {
  constexpr std::size_t longest = 600, kept = 500;
  if (name.size() <= longest) return name;
  return name.substr(0, kept) + base::hex(base::bytes_of(base::sha256(name)));
}

}  // namespace

Sender identify_sender(const hl7v2::Header& header, const Catalogue& catalogue) {
  const std::string application = hl7v2::first_component(header, header.sending_application);
  const std::string facility = hl7v2::first_component(header, header.sending_facility);
  Sender sender;
  sender.profile = catalogue.profile(application, facility);
  if (sender.profile != nullptr) {
    sender.name = sender.profile->name;
  } else {
    sender.profile = &catalogue.default_profile();
    sender.name = name_of(application + "|" + facility);
  }
  return sender;
}

}  // namespace gateway::mapping
