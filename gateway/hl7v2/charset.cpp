#include "gateway/hl7v2/charset.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <utility>

#include <iconv.h>

#include "gateway/hl7v2/header_fields.hpp"
#include "gateway/hl7v2/lines.hpp"
#include "gateway/hl7v2/utf8.hpp"

namespace gateway::hl7v2 {
namespace {

struct Name {
  std::string_view hl7, iconv;
};

// V2FHIR.md §1.2; table 0211 and what stands in the field beside it.
constexpr auto names = std::to_array<Name>({
    {"", "US-ASCII"},
    {"ASCII", "US-ASCII"},
    {"US-ASCII", "US-ASCII"},
    {"ISO IR6", "US-ASCII"},
    {"UNICODE UTF-8", "UTF-8"},
    {"UNICODE", "UTF-8"},
    {"UTF-8", "UTF-8"},
    {"UTF8", "UTF-8"},
    {"8859", "ISO-8859-1"},
    {"8859/1", "ISO-8859-1"},
    {"8859/2", "ISO-8859-2"},
    {"8859/3", "ISO-8859-3"},
    {"8859/4", "ISO-8859-4"},
    {"8859/5", "ISO-8859-5"},
    {"8859/6", "ISO-8859-6"},
    {"8859/7", "ISO-8859-7"},
    {"8859/8", "ISO-8859-8"},
    {"8859/9", "ISO-8859-9"},
    {"8859/15", "ISO-8859-15"},
    {"GB 18030-2000", "GB18030"},
    {"GB18030", "GB18030"},
    {"GB2312", "GB18030"},
    {"GBK", "GB18030"},
    {"BIG-5", "BIG5-HKSCS"},
    {"KS X 1001", "CP949"},
    {"CNS 11643-1992", "EUC-TW"},
    {"ISO IR14", "SHIFT_JIS"},
    {"ISO IR87", "ISO-2022-JP"},
    {"ISO IR159", "ISO-2022-JP-2"},
    {"UNICODE UTF-16", "UTF-16"},
    {"UNICODE UTF-32", "UTF-32"},
});

// The right halves (G1) that ISO 2022 designates by `ESC - F`, by F (ISO-IR).
constexpr auto right_halves = std::to_array<Name>({
    {"A", "ISO-8859-1"},
    {"B", "ISO-8859-2"},
    {"C", "ISO-8859-3"},
    {"D", "ISO-8859-4"},
    {"F", "ISO-8859-7"},
    {"G", "ISO-8859-6"},
    {"H", "ISO-8859-8"},
    {"L", "ISO-8859-5"},
    {"M", "ISO-8859-9"},
    {"b", "ISO-8859-15"},
});

std::string tidy(std::string_view name) {
  const auto first = name.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  std::string out(name.substr(first, name.find_last_not_of(" \t") - first + 1));
  for (char& c : out) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return out;
}

std::string_view known(std::string_view name) {
  const std::string wanted = tidy(name);
  const auto found =
      std::find_if(names.begin(), names.end(), [&](const Name& n) { return n.hl7 == wanted; });
  return found == names.end() ? std::string_view() : found->iconv;
}

class Converter {
 public:
  Converter(const std::string& from, const std::string& to)
      : handle_(iconv_open(to.c_str(), from.c_str())) {}
  ~Converter() {
    if (open()) iconv_close(handle_);
  }
  Converter(const Converter&) = delete;
  Converter& operator=(const Converter&) = delete;

  bool open() const { return handle_ != iconv_t(-1); }

  /// Converts all; false at the first byte that cannot be, `bad_at` its offset.
  bool run(std::string_view bytes, std::vector<char>& out, std::size_t& bad_at) {
    out.resize(bytes.size() + bytes.size() / 4 + 16);
    char* in = const_cast<char*>(bytes.data());  // iconv's signature; it does not write there
    std::size_t left = bytes.size(), used = 0;
    for (bool flushed = false; !flushed;) {
      const bool flushing = left == 0;
      char* target = out.data() + used;
      std::size_t room = out.size() - used;
      const auto result = flushing ? iconv(handle_, nullptr, nullptr, &target, &room)
                                   : iconv(handle_, &in, &left, &target, &room);
      used = out.size() - room;
      if (result != static_cast<std::size_t>(-1)) {
        flushed = flushing;
      } else if (errno == E2BIG) {
        out.resize(out.size() + out.size() / 2 + 16);
      } else {
        bad_at = bytes.size() - left;
        return false;
      }
    }
    out.resize(used);
    return true;
  }

 private:
  iconv_t handle_;
};

/// "OBX[3]" or "PID" for the segment that holds a byte. For undecodable text, so in raw bytes.
std::string segment_at(std::string_view bytes, std::size_t offset) {
  std::string name = "MSH";
  std::size_t here = 1, all = 1;
  const auto name_at = [bytes](std::size_t begin) { return bytes.substr(begin, 3); };
  std::size_t line = skip_to_text(bytes);
  for (std::size_t at = line; at < std::min(offset, bytes.size()); ++at) {
    if ((bytes[at] == '\r' || bytes[at] == '\n') && at + 1 < bytes.size()) line = at + 1;
  }
  const auto is_name_character = [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  };
  const auto sent = name_at(line);
  if (sent.size() == 3 && std::all_of(sent.begin(), sent.end(), is_name_character)) name = sent;
  here = all = 0;
  for (std::size_t at = skip_to_text(bytes); at < bytes.size();) {
    if (name_at(at) == name) {
      ++all;
      if (at <= line) ++here;
    }
    at = end_of_line(bytes, at) + 1;
  }
  return all > 1 ? name + "[" + std::to_string(here) + "]" : name;
}

base::Error undecodable(std::string_view bytes, std::size_t offset, std::string_view charset) {
  return {base::ErrorKind::unsupported,
          "the byte at offset " + std::to_string(offset) + " is no character of " +
              std::string(charset),
          segment_at(bytes, offset), "name the character set the text is in, in MSH-18"};
}

/// UTF-8, validated where it lies.
base::Result<DecodedText> as_utf8(base::Buffer bytes, std::string assumed) {
  const std::size_t valid = utf8_valid_size(bytes.text());
  if (valid != bytes.size()) return undecodable(bytes.text(), valid, "UTF-8");
  return DecodedText{std::move(bytes), "UTF-8", std::move(assumed)};
}

base::Result<DecodedText> by_iconv(base::Buffer bytes, std::size_t skip, const std::string& from,
                                   std::string assumed) {
  std::size_t bad_at = 0;
  auto text = convert(bytes.text().substr(skip), from, "UTF-8", &bad_at);
  if (!text) return undecodable(bytes.text(), bad_at + skip, from);
  return DecodedText{base::Buffer(std::move(*text)), from, std::move(assumed)};
}

bool has_c1(std::string_view bytes) {
  return std::any_of(bytes.begin(), bytes.end(),
                     [](char c) { return (static_cast<unsigned char>(c) & 0xE0) == 0x80; });
}

/// Empty MSH-18 or ASCII with bytes ≥ 0x80: the profile's set, else UTF-8 if it is that.
base::Result<DecodedText> undeclared(base::Buffer bytes, std::string_view profile) {
  if (!tidy(profile).empty()) {
    std::string from = iconv_name(profile, "");
    if (from.empty()) from = tidy(profile);
    if (from == "UTF-8") return as_utf8(std::move(bytes), "");
    if (from != "US-ASCII") return by_iconv(std::move(bytes), 0, from, "");
  }
  if (utf8_valid_size(bytes.text()) != bytes.size()) {
    return undecodable(bytes.text(), ascii_size(bytes.text()), "US-ASCII");
  }
  return as_utf8(std::move(bytes),
                 "MSH-18 names no set with such characters; the text is valid UTF-8");
}

base::Result<DecodedText> declared(base::Buffer bytes, const std::string& charset) {
  if (charset == "UTF-8") return as_utf8(std::move(bytes), "");
  if (charset == "UTF-16" ||
      charset == "UTF-32") {  // neither mark nor zeros: it is not what it says
    return undecodable(bytes.text(), 0, charset);
  }
  if (charset == "ISO-8859-1" && has_c1(bytes.text())) {
    return by_iconv(std::move(bytes), 0, "CP1252",
                    "MSH-18 says 8859/1, the bytes are of Windows-1252");
  }
  if (charset == "SHIFT_JIS") {  // single bytes only: the set meant is JIS X 0201
    const auto text = bytes.text();
    const auto pair = std::find_if(text.begin(), text.end(), [](char c) {
      const auto byte = static_cast<unsigned char>(c);
      return byte >= 0x80 && (byte < 0xA1 || byte > 0xDF);
    });
    if (pair != text.end())
      return undecodable(text, static_cast<std::size_t>(pair - text.begin()), "ISO IR14");
  }
  if (charset == "BIG5-HKSCS") {
    std::size_t bad_at = 0;
    if (auto text = convert(bytes.text(), charset, "UTF-8", &bad_at)) {
      return DecodedText{base::Buffer(std::move(*text)), charset, ""};
    }
    return by_iconv(std::move(bytes), 0, "CP950", "");
  }
  return by_iconv(std::move(bytes), 0, charset, "");
}

}  // namespace

std::optional<std::vector<char>> convert(std::string_view bytes, const std::string& from,
                                         const std::string& to, std::size_t* bad_at) {
  Converter converter(from, to);
  std::vector<char> out;
  std::size_t bad = 0;
  const bool done = converter.open() && converter.run(bytes, out, bad);
  if (bad_at != nullptr) *bad_at = bad;
  if (!done) return std::nullopt;
  return out;
}

std::string right_half(std::string_view designator) {
  if (designator.size() != 2 || designator[0] != '-') return {};
  const auto* found = std::find_if(right_halves.begin(), right_halves.end(),
                                   [&](const Name& n) { return n.hl7[0] == designator[1]; });
  return found == right_halves.end() ? std::string() : std::string(found->iconv);
}

std::string iconv_name(std::string_view msh18, std::string_view repetition) {
  std::string_view first = msh18, others;
  if (const auto at = repetition.empty() ? std::string_view::npos : msh18.find(repetition);
      at != std::string_view::npos) {
    first = msh18.substr(0, at);
    others = msh18.substr(at);
  }
  const std::string_view name = known(first);
  if (name == "US-ASCII" || name == "SHIFT_JIS") {  // switched to by escape sequences in the text
    if (others.find("ISO IR159") != std::string_view::npos) return "ISO-2022-JP-2";
    if (others.find("ISO IR87") != std::string_view::npos) return "ISO-2022-JP";
  }
  return std::string(name);
}

std::string wide_charset(std::string_view bytes, std::size_t& mark) {
  using namespace std::string_view_literals;
  struct Sign {
    std::string_view begin;
    std::size_t mark;
    std::string_view charset;
  };
  static constexpr std::array<Sign, 8> signs{{{"\xFF\xFE\0\0"sv, 4, "UTF-32LE"},
                                              {"\0\0\xFE\xFF"sv, 4, "UTF-32BE"},
                                              {"\xFF\xFE"sv, 2, "UTF-16LE"},
                                              {"\xFE\xFF"sv, 2, "UTF-16BE"},
                                              {"M\0\0\0S"sv, 0, "UTF-32LE"},
                                              {"\0\0\0M"sv, 0, "UTF-32BE"},
                                              {"M\0S\0"sv, 0, "UTF-16LE"},
                                              {"\0M\0S"sv, 0, "UTF-16BE"}}};
  for (const Sign& sign : signs) {
    if (!bytes.starts_with(sign.begin)) continue;
    mark = sign.mark;
    return std::string(sign.charset);
  }
  return {};
}

base::Result<DecodedText> decode_text(base::Buffer bytes, std::string_view profile) {
  std::size_t mark = 0;
  if (const std::string wide = wide_charset(bytes.text(), mark); !wide.empty()) {
    return by_iconv(std::move(bytes), mark, wide, "");
  }
  const auto header = header_fields(bytes.text());
  if (!header) return header.error();
  const std::string_view msh18 = header->field(18);
  const std::string charset = iconv_name(msh18, header->reading.delimiters.repetition);
  const bool pure_ascii = ascii_size(bytes.text()) == bytes.size();
  if (bytes.text().starts_with("\xEF\xBB\xBF")) {
    const bool differs = charset != "UTF-8" && !tidy(msh18).empty();
    return as_utf8(std::move(bytes),
                   differs ? "the byte order mark says UTF-8, MSH-18 does not" : "");
  }
  const bool shifts = charset.starts_with("ISO-2022") || charset == "SHIFT_JIS";
  if (pure_ascii && !shifts) {
    const bool wide = charset == "UTF-16" || charset == "UTF-32";
    std::string assumed;
    if (charset.empty()) assumed = "MSH-18 names no known set; every byte is ASCII";
    if (wide) assumed = "MSH-18 names a wide set; every byte is ASCII";
    const std::string set = charset.empty() || wide ? "US-ASCII" : charset;
    return DecodedText{std::move(bytes), set, std::move(assumed)};
  }
  if (charset.empty()) {
    return base::Error{base::ErrorKind::unsupported, "the character set is not known", "MSH-18",
                       "send one of table 0211"};
  }
  if (charset == "US-ASCII") return undeclared(std::move(bytes), profile);
  return declared(std::move(bytes), charset);
}

}  // namespace gateway::hl7v2
