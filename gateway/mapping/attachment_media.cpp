#include "gateway/mapping/attachment_media.hpp"

#include <algorithm>
#include <optional>
#include <span>

#include "gateway/base/hash.hpp"
#include "gateway/fhir/canonical.hpp"
#include "gateway/mapping/folding.hpp"

namespace gateway::mapping {
namespace {

struct MediaType {
  std::string_view name, type;
};
// Subtypes of table 0291 and what laboratories write for them.
constexpr MediaType media_types[] = {{"pdf", "application/pdf"},
                                     {"application/pdf", "application/pdf"},
                                     {"html", "text/html"},
                                     {"text/html", "text/html"},
                                     {"rtf", "text/rtf"},
                                     {"xml", "application/xml"},
                                     {"text/xml", "text/xml"},
                                     {"plain", "text/plain"},
                                     {"jpeg", "image/jpeg"},
                                     {"jpg", "image/jpeg"},
                                     {"image/jpeg", "image/jpeg"},
                                     {"png", "image/png"},
                                     {"tiff", "image/tiff"},
                                     {"gif", "image/gif"},
                                     {"dicom", "application/dicom"},
                                     {"octet-stream", any_bytes}};
// Types of table 0191 and those of MIME.
constexpr MediaType top_types[] = {{"ap", "application"}, {"application", "application"},
                                   {"au", "audio"},       {"audio", "audio"},
                                   {"im", "image"},       {"image", "image"},
                                   {"ft", "text"},        {"text", "text"},
                                   {"tx", "text"},        {"multipart", "multipart"},
                                   {"video", "video"},    {"model", "model"},
                                   {"message", "message"}};

std::string_view meaning_in(std::span<const MediaType> table, std::string_view name) {
  for (const MediaType& known : table)
    if (known.name == name) return known.type;
  return {};
}

/// What MIME may call a kind of document (RFC 6838, restricted names).
bool may_be_subtype(std::string_view text) {
  constexpr std::size_t longest = 127;
  constexpr std::string_view signs = "!#$&-^_.+";
  const auto fits = [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || signs.find(c) != signs.npos;
  };
  return !text.empty() && text.size() <= longest && signs.find(text[0]) == signs.npos &&
         std::all_of(text.begin(), text.end(), fits);
}

std::optional<std::string> hex_decode(std::string_view text) {
  std::string bytes;
  int high = -1;
  for (const char c : text) {
    if (c == ' ' || c == '\n' || c == '\r') continue;
    const std::size_t digit = std::string_view("0123456789abcdef").find(lower_case({&c, 1}));
    if (digit == std::string_view::npos) return std::nullopt;
    if (high < 0) {
      high = static_cast<int>(digit);
    } else {
      bytes += static_cast<char>(high * 16 + static_cast<int>(digit));
      high = -1;
    }
  }
  return high < 0 ? std::optional(bytes) : std::nullopt;
}

/// Words that stand side by side, as they were sent.
std::string joined(std::initializer_list<Text> words, std::string_view delimiter) {
  std::string text, gap;
  for (const Text& word : words) {
    if (!word.empty()) {
      (text += gap) += word.text;
      gap.clear();
    }
    gap += delimiter;
  }
  return text;
}

}  // namespace

SaidMedia said_media(FieldReader& fields, const Place& type, const Place& subtype) {
  SaidMedia said{fields.at(type), fields.at(subtype), {}, std::string(any_bytes), false};
  std::string name = lower_case(said.type.text), part = lower_case(said.subtype.text);
  if (name.empty() != part.empty()) {  // `^application/msword`: both in one
    const std::string whole = name.empty() ? part : name;
    const auto slash = whole.find('/');
    name = slash == whole.npos ? "" : whole.substr(0, slash);
    part = slash == whole.npos ? whole : whole.substr(slash + 1);
  }
  const std::string_view top = meaning_in(top_types, name);
  std::string_view known = meaning_in(media_types, name + "/" + part);
  if (known.empty()) known = meaning_in(media_types, part);
  if (!known.empty())
    said.media = known;
  else if (!top.empty() && may_be_subtype(part))  // MIME could have it, though we do not know it
    said.media = std::string(top) + "/" + part;
  else
    return said;
  said.is_whole = name.empty() || (!top.empty() && said.media.starts_with(top));
  return said;
}

void write_media(Desk& desk, Pen& pen, const SaidMedia& said, std::string_view media,
                 const Text& pointer) {
  const bool is_told = said.is_whole && said.media == media && said.encoding.empty();
  {
    const auto extensions = pen.array("extension");
    if (!is_told && !said.empty()) {
      const auto item = pen.item();
      pen.say("url", fhir::canonical::extension("attachment-media"));
      pen.say("valueString", joined({said.type, said.subtype, said.encoding},
                                    desk.message().delimiters().component));
      for (const Text& word : {said.type, said.subtype, said.encoding})
        pen.land("valueString", word);
    }
    if (!pointer.empty()) {
      const auto item = pen.item();
      pen.say("url", fhir::canonical::extension("attachment-pointer"));
      pen.text("valueString", pointer);
    }
  }
  pen.say("contentType", media);
  if (!is_told) return;
  for (const Text& word : {said.type, said.subtype}) pen.land("contentType", word);
}

std::string_view sniffed(std::string_view bytes) {
  constexpr std::size_t pdf_begins_within = 1024;  // ISO 32000 readers look no further
  if (bytes.substr(0, pdf_begins_within).find("%PDF-") != bytes.npos) return "application/pdf";
  if (bytes.starts_with("\x89PNG\r\n")) return "image/png";
  if (bytes.starts_with("\xFF\xD8\xFF")) return "image/jpeg";
  if (bytes.starts_with("{\\rtf")) return "text/rtf";
  return {};
}

bool is_told_by_bytes(std::string_view media) {
  return media == "application/pdf" || media == "image/png" || media == "image/jpeg";
}

Decoded decode_attachment(std::string_view data, std::string_view encoding) {
  const std::string how = lower_case(encoding);
  std::optional<std::string> bytes;
  if (how.empty()) {  // taken as Base64 only where that gives a document
    bytes = base::base64_decode(data);
    if (bytes && !sniffed(*bytes).empty()) return {*bytes, true, true};
    return {std::string(data)};
  }
  if (how == "base64")
    bytes = base::base64_decode(data);
  else if (how == "hex")
    bytes = hex_decode(data);
  else
    bytes = std::string(data);
  if (bytes) return {*bytes};
  return {std::string(data), false};
}

bool is_known_encoding(std::string_view encoding) {
  const std::string how = lower_case(encoding);
  return how == "base64" || how == "hex" || how == "a";
}

}  // namespace gateway::mapping
