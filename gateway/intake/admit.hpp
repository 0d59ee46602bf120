#pragma once
#include <memory>
#include <string_view>

#include "gateway/intake/intake.hpp"
#include "gateway/intake/work.hpp"

namespace gateway::intake {

/// One message from a door, read as far as it takes to know who sends it, about whom, and whether
/// it may come in. What may not is marked and walks on. `bytes` is the message, or all there is.
/// `Received` gives the rest.
std::unique_ptr<Work> admit(std::string_view bytes, const Received& received,
                            std::shared_ptr<const mapping::Catalogue> catalogue);

/// A FHIR transaction as a work: its patient is that of its first write that has one.
std::unique_ptr<Work> admit(ReceivedBundle bundle, BundleAnswer answer);

}  // namespace gateway::intake
