#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/time.hpp"

namespace gateway::intake {

/// "AA", "AE" or "AR" of an answer as it is kept with an arrival (store::Arrival::answer); "" of
/// what is none.
std::string_view application_code(std::string_view kept_answer);

/// What the sender of a message was told, as a duplicate of it is told it now: the same MSA and
/// ERR; MSH-7 and MSH-10 of the answer are not kept (INTERFACE.md §4), and here are those of
/// `when`.
std::vector<std::string> said_again(std::string_view kept_answer, std::string_view message,
                                    base::Instant when);

}  // namespace gateway::intake
