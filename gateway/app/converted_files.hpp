#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "gateway/base/result.hpp"
#include "gateway/hl7v2/message.hpp"
#include "gateway/mapping/catalogue.hpp"
#include "gateway/mapping/conversion.hpp"

/// What `convert` and `explain` share: messages out of files, each converted by the rules of its
/// sender, without any of a door's refusals (INTERFACE.md §2).
namespace gateway::app {

struct ConvertedMessage {
  hl7v2::Message message;
  mapping::Conversion conversion;
};

/// Reads a file (`-`: standard input) whole; error `not_found`.
base::Result<std::string> read_input(const std::string& name);

/// Calls `each` for every message of the files in order; the error is that message's own. Error of
/// the function itself: a file that cannot be read.
base::Result<void> for_each_message(
    const std::vector<std::string>& names, const mapping::Catalogue& catalogue,
    const std::function<void(const base::Result<ConvertedMessage>&)>& each);

}  // namespace gateway::app
