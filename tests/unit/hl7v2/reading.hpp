#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "gateway/hl7v2/message.hpp"

/// Short ways to a message and its leaves for the tests of this room.
namespace tests {

/// The message; throws std::runtime_error with the error's text if it cannot be read.
gateway::hl7v2::Message read(const std::string& bytes, const std::string& charset = "");

/// An MSH line, ended by CR, with `charset` in MSH-18.
std::string msh(std::string_view charset = "", std::string_view version = "2.5.1");

/// Decoded text of the leaf with this address; "nothing" if there is none.
std::string at(const gateway::hl7v2::Message& message, std::string_view address);

std::vector<std::string> addresses(const gateway::hl7v2::Message& message);

/// "line-continued OBX[1]-5" for each remark.
std::vector<std::string> remarks(const gateway::hl7v2::Message& message);

}  // namespace tests
