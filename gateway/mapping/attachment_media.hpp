#pragma once
#include <string>
#include <string_view>

#include "gateway/mapping/desk.hpp"

/// What an attached document is, by its sender's words and by its bytes (V2FHIR.md §3.9).
namespace gateway::mapping {

/// ED.2 to ED.4, RP.3 and RP.4.
struct SaidMedia {
  Text type, subtype;
  Text encoding;          // only one that nobody knows
  std::string media;      // MIME; of bytes alone where the words say nothing
  bool is_whole = false;  // `media` says all that type and subtype do
  bool empty() const { return type.empty() && subtype.empty() && encoding.empty(); }
};
SaidMedia said_media(FieldReader& fields, const Place& type, const Place& subtype);

/// `contentType` of the attachment that is open. What it does not say of the sender's words stands
/// beside, as does a `pointer` that is no URL.
void write_media(Desk& desk, Pen& pen, const SaidMedia& said, std::string_view media,
                 const Text& pointer = {});

/// What the bytes say they are, whatever the sender called them; "" where they do not tell.
std::string_view sniffed(std::string_view bytes);
/// Types whose bytes tell what they are: others nobody can check.
bool is_told_by_bytes(std::string_view media);

inline constexpr std::string_view any_bytes = "application/octet-stream";

struct Decoded {
  std::string bytes;
  bool valid = true;
  bool guessed = false;  // no encoding was named
};
/// ED.5 by ED.4: Base64, Hex, A or any other word for text as it stands.
Decoded decode_attachment(std::string_view data, std::string_view encoding);
bool is_known_encoding(std::string_view encoding);

}  // namespace gateway::mapping
