#include "tests/unit/hl7v2/reading.hpp"

#include <stdexcept>

namespace tests {

gateway::hl7v2::Message read(const std::string& bytes, const std::string& charset) {
  auto message = gateway::hl7v2::parse(gateway::base::Buffer(bytes), {charset});
  if (!message) throw std::runtime_error(message.error().text());
  return *std::move(message);
}

std::string msh(std::string_view charset, std::string_view version) {
  std::string out = "MSH|^~\\&|LAB||||||ORU^R01|M1|P|" + std::string(version);
  if (!charset.empty()) out += "||||||" + std::string(charset);
  return out + "\r";
}

std::string at(const gateway::hl7v2::Message& message, std::string_view address) {
  for (const auto& leaf : message.leaves()) {
    if (message.address(leaf) == address) return message.decoded(leaf);
  }
  return "nothing";
}

std::vector<std::string> addresses(const gateway::hl7v2::Message& message) {
  std::vector<std::string> out;
  for (const auto& leaf : message.leaves()) out.push_back(message.address(leaf));
  return out;
}

std::vector<std::string> remarks(const gateway::hl7v2::Message& message) {
  std::vector<std::string> out;
  for (const auto& remark : message.remarks())
    out.push_back(remark.code + " " + message.address(remark.where));
  return out;
}

}  // namespace tests
