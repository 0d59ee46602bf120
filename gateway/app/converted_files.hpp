#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "gateway/app/command.hpp"
#include "gateway/base/result.hpp"
#include "gateway/hl7v2/message.hpp"
#include "gateway/mapping/catalogue.hpp"
#include "gateway/mapping/conversion.hpp"

/// What `convert`, `explain` and `check --messages` share: messages out of files, each converted by
/// the rules of its sender, without any of a door's refusals (INTERFACE.md §2).
namespace gateway::app {

struct ConvertedMessage {
  hl7v2::Message message;
  mapping::Conversion conversion;
  const mapping::SenderProfile* profile = nullptr;  // whose rules; lives as long as the catalogue
  std::vector<std::string> envelope;  // lines of FHS to FTS; of the input's first message alone
};

/// Reads a file (`-`: standard input) whole; error `not_found`.
base::Result<std::string> read_input(const std::string& name);

using Each = std::function<void(const base::Result<ConvertedMessage>&)>;

/// Calls `each` for every message of some input in order; the error is that message's own.
void for_each_message_in(std::string_view bytes, const mapping::Catalogue& catalogue,
                         const Each& each);
/// Calls `each` for every message of the files in order; the error is that message's own. Error of
/// the function itself: a file that cannot be read.
base::Result<void> for_each_message(const std::vector<std::string>& names,
                                    const mapping::Catalogue& catalogue, const Each& each);

/// A whole command whose words are files with messages: reads the mappings, calls `each` for every
/// message, then `at_end` unless a file could not be read. What goes wrong is said; returns the
/// exit status (INTERFACE.md §2).
int over_messages(std::string_view command, const Arguments& arguments, const Each& each,
                  const std::function<void()>& at_end = {});

}  // namespace gateway::app
