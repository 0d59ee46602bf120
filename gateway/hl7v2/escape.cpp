#include "gateway/hl7v2/escape.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <vector>

#include "gateway/hl7v2/charset.hpp"
#include "gateway/hl7v2/utf8.hpp"

namespace gateway::hl7v2 {
namespace {

constexpr std::size_t longest_sequence = 16;
constexpr std::size_t longest_bytes_sequence = 64 * 1024;
constexpr std::string_view to_ascii = "(B";  // ISO 2022, behind ESC
constexpr int most_blanks =
    99;  // what one formatting command may write: it must not inflate a text

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

/// The bytes of hexadecimal digits; an odd count loses its leading zero (`00d` is seen), any other
/// odd count is none.
std::optional<std::string> bytes_of(std::string_view digits) {
  if (digits.size() % 2 == 1) {
    if (digits[0] != '0') return std::nullopt;
    digits.remove_prefix(1);
  }
  if (digits.empty()) return std::nullopt;
  std::string out;
  for (std::size_t i = 0; i < digits.size(); i += 2) {
    const int high = hex_digit(digits[i]), low = hex_digit(digits[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    out.push_back(static_cast<char>(high * 16 + low));
  }
  return out;
}

/// The number of a formatting command: "", "3", " 3", "+3", "-3"; nullopt if it is something else.
std::optional<int> count_of(std::string_view text, int when_empty) {
  while (!text.empty() && text[0] == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  if (text.empty()) return when_empty;
  if (text[0] == '+') text.remove_prefix(1);
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number > most_blanks)
    return std::nullopt;
  return std::max(number, 0);
}

/// Bytes to UTF-8 with CR, LF and CRLF as one newline.
std::optional<std::string> text_of(const std::string& bytes, const std::string& charset) {
  std::optional<std::vector<char>> text;
  if (charset == "UTF-8" || charset == "US-ASCII") {  // ASCII alone says nothing of a byte ≥ 0x80
    if (utf8_valid_size(bytes) != bytes.size()) return std::nullopt;
    text.emplace(bytes.begin(), bytes.end());
  } else {
    text = convert(bytes, charset, "UTF-8");
  }
  if (!text) return std::nullopt;
  std::string out;
  for (std::size_t i = 0; i < text->size(); ++i) {
    const char c = (*text)[i];
    const bool pair = c == '\r' && i + 1 < text->size() && (*text)[i + 1] == '\n';
    if (!pair) out.push_back(c == '\r' ? '\n' : c);
  }
  return out;
}

/// `A2`, `Z01`, `ZAB`, `.xx 3`: a capital letter and digits, anything local, a command's form.
bool looks_like_sequence(std::string_view name) {
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  const auto capital = [](char c) { return c >= 'A' && c <= 'Z'; };
  const auto small = [](char c) { return c >= 'a' && c <= 'z'; };
  if (name[0] == '.') {
    return name.size() >= 3 && small(name[1]) && small(name[2]) &&
           name.find_first_not_of("0123456789 +-", 3) == std::string_view::npos;
  }
  if (!capital(name[0]) || name[0] == 'X') return false;
  return std::all_of(name.begin() + 1, name.end(),
                     [&](char c) { return digit(c) || (name[0] == 'Z' && capital(c)); });
}

class Decoder {
 public:
  Decoder(std::string_view raw, const Delimiters& delimiters, const std::string& charset)
      : raw_(raw), delimiters_(delimiters), charset_(charset) {}

  std::string run() {
    const std::string& escape = delimiters_.escape;
    out_.reserve(raw_.size());
    while (at_ < raw_.size()) {
      if (!escape.empty() && raw_.substr(at_).starts_with(escape)) {
        if (!sequence()) literal();
      } else if (!bare_designator()) {
        plain();
      }
    }
    return std::move(out_);
  }

  bool unknown() const { return unknown_; }

 private:
  /// What is no sequence of ours stays as it was sent: `\\` and `\A2\` whole, so that their second
  /// character opens nothing; else the escape character alone, as in `C:\temp`.
  void literal() {
    unknown_ = true;
    const std::size_t size = delimiters_.escape.size();
    const std::string_view rest = raw_.substr(at_ + size);
    std::size_t length = size;
    if (rest.starts_with(delimiters_.escape)) {
      length = 2 * size;
    } else if (const auto name = body(at_); name && looks_like_sequence(*name)) {
      length = 2 * size + name->size();
    }
    out_ += raw_.substr(at_, length);
    at_ += length;
  }

  /// Text up to the next escape character or line end.
  void plain() {
    const char c = raw_[at_];
    if (c == '\r' || c == '\n') {
      at_ += raw_.substr(at_).starts_with("\r\n") ? 2 : 1;
      out_ += '\n';
      return;
    }
    const char stop[] = {'\r', '\n', '\x1B',
                         delimiters_.escape.empty() ? '\r' : delimiters_.escape[0]};
    std::size_t end = raw_.find_first_of(std::string_view(stop, 4), at_ + 1);
    end = std::min(end, raw_.size());
    out_ += reread(raw_.substr(at_, end - at_));
    at_ = end;
  }

  /// The same as `\Cxxyy\`, as MSH-20 `ISO 2022-1994` sends it: the escape character of ASCII.
  bool bare_designator() {
    if (raw_[at_] != '\x1B') return false;
    const std::string_view designator = raw_.substr(at_ + 1, 2);
    std::string half = right_half(designator);
    if (half.empty() && designator != to_ascii) return false;
    if (!half.empty()) right_half_ = std::move(half);
    at_ += 3;
    return true;
  }

  /// Text that was decoded by the message's set, by the right half that is in force. Only sets of
  /// one byte a character have halves.
  std::string reread(std::string_view text) {
    const bool halves = charset_.starts_with("ISO-8859") || charset_.starts_with("CP125");
    const auto is_ascii = [](char c) { return static_cast<unsigned char>(c) < 0x80; };
    if (right_half_.empty() || !halves || std::all_of(text.begin(), text.end(), is_ascii))
      return std::string(text);
    const auto bytes = convert(text, "UTF-8", charset_);
    const auto read =
        bytes ? convert({bytes->data(), bytes->size()}, right_half_, "UTF-8") : std::nullopt;
    if (read) return {read->begin(), read->end()};
    unknown_ = true;
    return std::string(text);
  }

  /// What stands between the escape character at `at` and the next one; nullopt if it is
  /// unterminated.
  std::optional<std::string_view> body(std::size_t at) const {
    std::string_view rest = raw_.substr(std::min(raw_.size(), at + delimiters_.escape.size()));
    const bool bytes = rest.starts_with('X');
    const std::string_view window =
        rest.substr(0, bytes ? longest_bytes_sequence : longest_sequence + 1);
    const std::size_t end = window.find(delimiters_.escape);
    if (end == std::string_view::npos || end == 0) return std::nullopt;
    return rest.substr(0, end);
  }

  std::size_t after(std::size_t at, std::string_view sequence) const {
    return at + sequence.size() + 2 * delimiters_.escape.size();
  }

  /// Decodes the sequence at `at_`; false if it is none we know, then nothing has moved.
  bool sequence() {
    const auto found = body(at_);
    if (!found) return false;
    const std::string_view name = *found;
    if (name[0] == 'X') return bytes_sequences();
    if (name[0] == 'C' && name.size() == 5) return designated(name);
    if (name[0] == 'M' && (name.size() == 5 || name.size() == 7)) return shifted();
    const bool known = name[0] == '.' ? formatting(name.substr(1)) : letter(name);
    if (known) at_ = after(at_, name);
    return known;
  }

  bool letter(std::string_view name) {
    if (name == "H" || name == "N") return true;
    const std::string* character = name == "F"   ? &delimiters_.field
                                   : name == "S" ? &delimiters_.component
                                   : name == "T" ? &delimiters_.subcomponent
                                   : name == "R" ? &delimiters_.repetition
                                   : name == "E" ? &delimiters_.escape
                                   : name == "P" ? &delimiters_.truncation
                                                 : nullptr;
    if (character == nullptr || character->empty()) return false;
    out_ += *character;
    return true;
  }

  bool formatting(std::string_view command) {
    if (command.size() < 2) return false;
    char name[2];
    for (std::size_t i = 0; i < 2; ++i) {
      name[i] = command[i] >= 'A' && command[i] <= 'Z' ? static_cast<char>(command[i] - 'A' + 'a')
                                                       : command[i];
    }
    const std::string_view two(name, 2);
    const std::string_view rest = command.substr(2);
    const auto number = count_of(rest, two == "sp" || two == "sk" ? 1 : 0);
    if (!number) return false;
    const auto times = static_cast<std::size_t>(*number);
    const bool line_start = out_.empty() || out_.back() == '\n';
    if (two == "sp") {
      out_.append(times, '\n');
    } else if (two == "sk") {
      out_.append(times, ' ');
    } else if (two == "in" || two == "ti") {
      if (!line_start) out_ += '\n';
      out_.append(times, ' ');
    } else if ((two == "br" || two == "ce") && rest.empty()) {
      out_ += '\n';
    } else {
      return (two == "fi" || two == "nf") && rest.empty();
    }
    return true;
  }

  /// `\Xdd..\` and all that follow it directly: a character may be spread over several.
  bool bytes_sequences() {
    std::string bytes;
    std::size_t at = at_;
    while (raw_.substr(std::min(at, raw_.size())).starts_with(delimiters_.escape)) {
      const auto name = body(at);
      if (!name || (*name)[0] != 'X') break;
      const auto some = bytes_of(name->substr(1));
      if (!some) break;
      bytes += *some;
      at = after(at, *name);
    }
    if (bytes.empty()) return false;
    if (const auto text = text_of(bytes, right_half_.empty() ? charset_ : right_half_)) {
      out_ += *text;
    } else {  // not of the message's set: the sequences stay as they were sent
      out_ += raw_.substr(at_, at - at_);
      unknown_ = true;
    }
    at_ = at;
    return true;
  }

  /// `\Cxxyy\`: a set of one byte a character. The right half stays in force to the end of the
  /// leaf; the left one is ASCII, or Japanese (JIS X 0201).
  bool designated(std::string_view name) {
    const auto designator = bytes_of(name.substr(1));
    if (!designator) return false;
    if (std::string half = right_half(*designator); !half.empty()) {
      right_half_ = std::move(half);
    } else if (*designator != to_ascii) {
      return shifted();
    }
    at_ = after(at_, name);
    return true;
  }

  /// An ISO 2022 shift, and the 7-bit text after it up to the shift to ASCII or the end of the
  /// leaf, further shifts included. Only what ISO-2022-JP-2 knows (Japanese, Chinese, Korean) is
  /// decoded.
  bool shifted() {
    std::string bytes;
    std::size_t at = at_;
    for (bool back = false; at < raw_.size() && !back;) {
      if (!raw_.substr(at).starts_with(delimiters_.escape)) {
        bytes += raw_[at++];
        continue;
      }
      const auto name = body(at);
      if (!name || ((*name)[0] != 'C' && (*name)[0] != 'M')) break;
      const auto shift = bytes_of(name->substr(1));
      if (!shift || !right_half(*shift).empty()) break;
      bytes += '\x1B' + *shift;
      back = *shift == to_ascii;
      at = after(at, *name);
    }
    if (at == at_) return false;
    // What iconv does not know as a shift it passes on as it stands.
    const auto text = convert(bytes, "ISO-2022-JP-2", "UTF-8");
    if (text && std::find(text->begin(), text->end(), '\x1B') == text->end()) {
      out_.append(text->begin(), text->end());
    } else {
      out_ += raw_.substr(at_, at - at_);
      unknown_ = true;
    }
    at_ = at;
    return true;
  }

  std::string_view raw_;
  const Delimiters& delimiters_;
  const std::string& charset_;
  std::string right_half_ = {};  // that `\C..\` called; empty: the message's own
  std::string out_;
  std::size_t at_ = 0;
  bool unknown_ = false;
};

}  // namespace

std::string decode_escapes(std::string_view raw, const Delimiters& delimiters,
                           const std::string& charset, bool* unknown) {
  const char special[] = {'\r', '\n', '\x1B',
                          delimiters.escape.empty() ? '\r' : delimiters.escape[0]};
  if (raw.find_first_of(std::string_view(special, 4)) == std::string_view::npos)
    return std::string(raw);
  Decoder decoder(raw, delimiters, charset);
  std::string out = decoder.run();
  if (unknown != nullptr && decoder.unknown()) *unknown = true;
  return out;
}

}  // namespace gateway::hl7v2
