#include "gateway/mapping/convert_bytes.hpp"

#include <utility>

#include "gateway/hl7v2/batch.hpp"
#include "gateway/hl7v2/header.hpp"

namespace gateway::mapping {

base::Result<ConvertedBytes> convert_bytes(std::string_view bytes, const Catalogue& catalogue) {
  const auto header = hl7v2::read_header(hl7v2::without_framing(bytes));
  if (!header) return header.error();
  Sender sender = identify_sender(*header, catalogue);
  hl7v2::ReadOptions options;
  options.charset = sender.profile->charset;
  auto message = hl7v2::parse(base::Buffer(bytes), options);
  if (!message) return message.error();
  auto conversion = convert(*message, sender, catalogue);
  if (!conversion) return conversion.error();
  return ConvertedBytes{*std::move(message), std::move(sender), *std::move(conversion)};
}

}  // namespace gateway::mapping
