#include "gateway/mapping/convert.hpp"

namespace gateway::mapping {

Sender identify_sender(const hl7v2::Header& header, const Catalogue& catalogue) {
  const std::string application = hl7v2::first_component(header, header.sending_application);
  const std::string facility = hl7v2::first_component(header, header.sending_facility);
  Sender sender;
  sender.profile = catalogue.profile(application, facility);
  if (sender.profile != nullptr) {
    sender.name = sender.profile->name;
  } else {
    sender.profile = &catalogue.default_profile();
    sender.name = application + "|" + facility;
  }
  return sender;
}

}  // namespace gateway::mapping
