#include "gateway/hl7v2/delimiters.hpp"

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "gateway/hl7v2/utf8.hpp"

namespace gateway::hl7v2 {
namespace {

bool is_ascii_alphanumeric(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/// Letters and digits beyond ASCII, by block: enough to tell `é` from `¥`, `˜` and `‾`.
bool is_letter(std::uint32_t c) {
  return c == 0xAA || c == 0xB5 || c == 0xBA ||
         (c >= 0xC0 && c <= 0x24F && c != 0xD7 && c != 0xF7) || (c >= 0x370 && c <= 0x1FFF) ||
         (c >= 0x3040 && c <= 0xDFFF) || c >= 0xFF10;
}

bool may_delimit(std::string_view character) {
  if (character.size() == 1) {
    const char c = character[0];
    return static_cast<unsigned char>(c) >= 0x80 ||
           (c > ' ' && c < 0x7F && !is_ascii_alphanumeric(c));
  }
  const auto point = code_point(character);
  return point >= 0xA0 && !is_letter(point);
}

base::Error unusable(std::string_view where, std::string what) {
  return {base::ErrorKind::malformed, std::move(what), std::string(where),
          "send any printable, different characters that are no letters or digits, as `^~\\&`"};
}

/// The characters of MSH-2, five at the most; `more` is set if there were others.
std::vector<std::string_view> characters_of(std::string_view text, bool& more) {
  std::vector<std::string_view> out;
  while (!text.empty() && out.size() < 6) {
    out.push_back(text.substr(0, character_size(text)));
    text.remove_prefix(out.back().size());
  }
  more = !text.empty();
  return out;
}

}  // namespace

std::size_t character_size(std::string_view text) {
  if (text.empty()) return 0;
  const std::size_t size = utf8_size(text);
  return size == 0 ? 1 : size;
}

base::Result<DelimiterReading> read_delimiters(std::string_view after_name) {
  DelimiterReading out;
  const std::string_view field = after_name.substr(0, character_size(after_name));
  if (field.empty() || !may_delimit(field))
    return unusable("MSH-1", "no field separator follows MSH");
  out.field_size = field.size();
  out.delimiters.field = field;
  std::string_view encoding = after_name.substr(field.size());
  encoding = encoding.substr(0, std::min(encoding.find(field), encoding.find_first_of("\r\n")));
  out.encoding_size = encoding.size();
  if (encoding.empty()) return unusable("MSH-2", "MSH-2 is empty");

  bool more = false;
  auto characters = characters_of(encoding, more);
  if (characters.size() >= 5 && characters[2] == characters[3]) {
    characters.erase(characters.begin() + 3);  // `^~\\&`: the backslash doubled by a source literal
    out.assumed = true;
  }
  if (characters.size() == 3 && characters[2] == "&") {
    characters.insert(characters.begin() + 2,
                      std::string_view());  // `^~&`: the backslash was eaten
    out.assumed = true;
  }
  if (more || characters.size() > 5) out.assumed = true;
  characters.resize(5);

  for (std::size_t i = 0; i < 5; ++i) {
    const std::string_view one = characters[i];
    if (one.empty()) continue;
    const bool twice = std::find(characters.begin(), characters.begin() + static_cast<long>(i),
                                 one) != characters.begin() + static_cast<long>(i);
    if (!twice && may_delimit(one)) {
      if (static_cast<unsigned char>(one[0]) >= 0x80) out.assumed = true;
      continue;
    }
    if (i == 4) {  // no truncation character then; it splits nothing
      characters[4] = {};
      out.assumed = true;
      continue;
    }
    return unusable("MSH-2", twice ? "two delimiters are equal"
                                   : "a delimiter is a letter, a digit or not printable");
  }
  out.delimiters.component = characters[0];
  out.delimiters.repetition = characters[1];
  out.delimiters.escape = characters[2];
  out.delimiters.subcomponent = characters[3];
  out.delimiters.truncation = characters[4];
  return out;
}

std::string Delimiters::encoding_characters() const {
  return component + repetition + escape + subcomponent + truncation;
}

}  // namespace gateway::hl7v2
