#include "gateway/app/converted_files.hpp"

#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>

#include "gateway/hl7v2/batch.hpp"
#include "gateway/hl7v2/header.hpp"
#include "gateway/mapping/convert.hpp"

namespace gateway::app {
namespace {

base::Result<ConvertedMessage> convert_one(std::string_view bytes,
                                           const mapping::Catalogue& catalogue) {
  const auto header = hl7v2::read_header(hl7v2::without_framing(bytes));
  if (!header) return header.error();
  const mapping::Sender sender = mapping::identify_sender(*header, catalogue);
  hl7v2::ReadOptions options;
  options.charset = sender.profile->charset;
  auto message = hl7v2::parse(base::Buffer(bytes), options);
  if (!message) return message.error();
  auto conversion = mapping::convert(*message, sender, catalogue);
  if (!conversion) return conversion.error();
  return ConvertedMessage{std::move(*message), std::move(*conversion)};
}

}  // namespace

base::Result<std::string> read_input(const std::string& name) {
  if (name == "-")
    return std::string(std::istreambuf_iterator<char>(std::cin), std::istreambuf_iterator<char>());
  std::ifstream in(name, std::ios::binary);
  if (!in.is_open() || std::filesystem::is_directory(name)) {
    return base::Error{base::ErrorKind::not_found, "cannot be read", name,
                       "give the path of a file with messages, or -"};
  }
  return std::string(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
}

base::Result<void> for_each_message(
    const std::vector<std::string>& names, const mapping::Catalogue& catalogue,
    const std::function<void(const base::Result<ConvertedMessage>&)>& each) {
  for (const std::string& name : names) {
    const auto bytes = read_input(name);
    if (!bytes) return bytes.error();
    for (const std::string_view message : hl7v2::split_messages(*bytes).messages)
      each(convert_one(message, catalogue));
  }
  return {};
}

}  // namespace gateway::app
