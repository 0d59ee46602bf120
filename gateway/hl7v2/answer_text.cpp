#include "gateway/hl7v2/answer_text.hpp"

#include "gateway/hl7v2/charset.hpp"
#include "gateway/hl7v2/echo.hpp"
#include "gateway/hl7v2/escape.hpp"
#include "gateway/hl7v2/utf8.hpp"

namespace gateway::hl7v2 {

AnswerText::AnswerText(const Header& header)
    : delimiters_(header.delimiters),
      separator_(header.delimiters.field),
      charset_(iconv_name(header.charset, header.delimiters.repetition)) {
  if (!header.wide.empty()) charset_ = "UTF-8";
  // Unknown, or wide by name while the bytes are not: it says nothing of them.
  if (charset_.empty() || charset_ == "UTF-16" || charset_ == "UTF-32") charset_ = "US-ASCII";
  if (charset_ == "US-ASCII" || charset_ == "UTF-8") return;
  for (std::string* one :
       {&delimiters_.field, &delimiters_.component, &delimiters_.repetition, &delimiters_.escape,
        &delimiters_.subcomponent, &delimiters_.truncation}) {
    if (const auto text = convert(*one, charset_, "UTF-8")) one->assign(text->begin(), text->end());
  }
}

std::string AnswerText::encode(std::string_view text) const {
  const std::string_view valid = text.substr(0, utf8_valid_size(text));
  if (charset_ == "UTF-8") return encode_escapes(valid, delimiters_);
  std::string out;
  for (std::size_t at = 0; at < valid.size();) {
    const std::size_t size = valid.substr(at).starts_with("\r\n") ? 2 : utf8_size(valid.substr(at));
    const std::string_view character = valid.substr(at, size);
    const std::string escaped = encode_escapes(character, delimiters_);
    const bool sequence = escaped != character;
    if (ascii_size(character) != size && !sequence) {
      out += encode_character(escaped);
    } else if (charset_ == "SHIFT_JIS" && sequence) {
      out += "?";  // the escape character itself is no ASCII there
    } else {
      out += escaped;
    }
    at += size;
  }
  return out;
}

std::string AnswerText::encode_character(const std::string& character) const {
  // JIS X 0201 would take the two bytes of Shift-JIS, which it has not.
  if (charset_ != "US-ASCII" && charset_ != "SHIFT_JIS") {
    if (const auto bytes = convert(character, "UTF-8", charset_))
      return {bytes->begin(), bytes->end()};
  }
  if (delimiters_.escape.empty() || charset_ == "SHIFT_JIS") return "?";
  constexpr char digits[] = "0123456789ABCDEF";
  std::string out = delimiters_.escape + "X";
  for (const char c : character) {
    out += digits[static_cast<unsigned char>(c) >> 4];
    out += digits[static_cast<unsigned char>(c) & 15];
  }
  return out + delimiters_.escape;
}

std::string AnswerText::echo(std::string_view field) const {
  const bool plain =
      ascii_size(field) == field.size() && field.find('\x1B') == std::string_view::npos;
  if (plain) return echoable(field, separator_);
  if (charset_ == "US-ASCII") return echoable(field, separator_);  // as sent: it names no set
  if (charset_ == "UTF-8")  // a byte that is none does not go back under that name
    return utf8_valid_size(field) == field.size() ? echoable(field, separator_) : std::string();
  // Bytes 80–9F under 8859/1 are Windows-1252 in practice, no controls.
  const std::string from = charset_ == "ISO-8859-1" ? "CP1252" : charset_;
  const auto text = convert(field, from, "UTF-8");
  const auto with_next = convert(std::string(field) + separator_ + "x", from, "UTF-8");
  if (!text || !with_next) return {};
  const std::string decoded(text->begin(), text->end());
  const bool closed =
      std::string(with_next->begin(), with_next->end()) == decoded + delimiters_.field + "x";
  return closed && !echoable(decoded, delimiters_.field).empty() ? std::string(field)
                                                                 : std::string();
}

bool AnswerText::echoes_control_id(std::string_view control_id) const {
  constexpr std::size_t longest = 199;
  return control_id.empty() || (control_id.size() <= longest &&
                                control_id.find_first_of("\t\x1B") == std::string_view::npos &&
                                !echo(control_id).empty());
}

}  // namespace gateway::hl7v2
