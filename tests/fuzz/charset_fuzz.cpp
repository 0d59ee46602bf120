// Character sets: whatever the bytes and whatever MSH-18 says, the text is valid UTF-8 or the
// message is refused with a reason; ASCII and UTF-8 come through byte for byte.
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "gateway/hl7v2/charset.hpp"
#include "gateway/hl7v2/utf8.hpp"

namespace {

using namespace gateway;

constexpr std::array<std::string_view, 24> sets = {
    "",         "ASCII",         "UNICODE UTF-8", "UTF-8",     "8859/1",         "8859/2",
    "8859/3",   "8859/5",        "8859/6",        "8859/7",    "8859/8",         "8859/9",
    "8859/15",  "GB 18030-2000", "BIG-5",         "KS X 1001", "CNS 11643-1992", "ISO IR6",
    "ISO IR14", "ISO IR87",      "~ISO IR87",     "ISO IR159", "UNICODE",        "NONSENSE"};

void require(bool holds) {
  if (!holds) std::abort();
}

void decode(std::string_view bytes, std::string_view profile) {
  const auto decoded = hl7v2::decode_text(base::Buffer(bytes), profile);
  if (!decoded) {
    require(!decoded.error().what.empty());
    return;
  }
  require(hl7v2::utf8_valid_size(decoded->text.text()) == decoded->text.size());
  require(!decoded->charset.empty());
  const auto& name = decoded->charset;
  if (name != "US-ASCII" && name != "UTF-8") return;
  require(decoded->text.text() == bytes);  // no copy that differs
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto set = sets[data[0] % sets.size()];
  decode(bytes, {});
  decode(bytes, set);
  std::string message = "MSH|^~\\&|A|B|C|D|20250101||ORU^R01|1|P|2.5||||||";
  message.append(set).append("\rPID|1||").append(bytes);
  decode(message, {});
  return 0;
}
