// What a stranger's bytes meet first: splitting, parsing, decoding, naming, answering.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "gateway/hl7v2/acknowledgement.hpp"
#include "gateway/hl7v2/batch.hpp"
#include "gateway/hl7v2/message.hpp"

namespace {

using namespace gateway;

void require(bool holds) {
  if (!holds) std::abort();
}

void read_one(std::string_view bytes) {
  const auto message = hl7v2::parse(base::Buffer(bytes));
  if (!message) return require(!message.error().what.empty());
  std::size_t most = 0;
  for (const auto& leaf : message->leaves()) {
    const auto found =
        message->find(leaf.segment, leaf.field, leaf.repetition, leaf.component, leaf.subcomponent);
    require(found && &message->leaves()[*found] == &leaf);
    require(!message->address(leaf).empty());
    most += message->decoded(leaf).size();
  }
  require(most <= 15 * message->text().size());
}

void answer_one(std::string_view bytes) {
  const auto read = hl7v2::read_header(bytes);
  const hl7v2::Header header = read ? *read : hl7v2::Header();
  hl7v2::ErrorLine line;
  line.segment = "OBX";
  line.sequence = 3;
  line.text =
      header.control_id + "\r|^~\\& \xC3\x96\xE5\xB1\xB1";  // texts must not break out either
  const std::string answer = hl7v2::write({"AE", line.text, {line}}, header, {}, "A1");
  if (!answer.starts_with("MSH")) return;  // UTF-16
  std::string names;
  for (std::size_t at = 0; at < answer.size(); at = answer.find('\r', at) + 1)
    names += answer.substr(at, 3);
  require(names == "MSHMSA" || names == "MSHMSAERR" || names == "MSHMSAERRERR");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  read_one(hl7v2::without_framing(bytes));
  answer_one(bytes);
  const auto envelope = hl7v2::split_messages(bytes);
  for (const auto one : envelope.messages) read_one(one);
  hl7v2::write_batch(hl7v2::frame_of(envelope), {}, {});
  return 0;
}
