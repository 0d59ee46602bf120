#include "gateway/hl7v2/header.hpp"

#include <charconv>

#include "gateway/hl7v2/charset.hpp"
#include "gateway/hl7v2/header_fields.hpp"
#include "gateway/hl7v2/lines.hpp"
#include "gateway/hl7v2/utf8.hpp"

namespace gateway::hl7v2 {
namespace {

constexpr std::size_t most_header_fields = 64;

bool is_high(char c) {
  return static_cast<unsigned char>(c) >= 0x80;
}

/// Steps over one character: the two bytes of a double-byte character at once where `double_byte`
/// says the set has such, and whatever stands between ESC $ … and the next ESC ( in ISO 2022.
struct Stepper {
  bool double_byte = false;
  bool shifted = false;

  std::size_t step(std::string_view text) {
    if (text[0] == '\x1B' && text.size() >= 3) {
      shifted = text[1] == '$';
      const bool long_form = shifted && (text[2] == '(' || text[2] == ')');
      return long_form && text.size() >= 4 ? 4 : 3;
    }
    const bool pair =
        shifted || (double_byte && is_high(text[0]) && static_cast<unsigned char>(text[0]) > 0x80);
    return pair && text.size() >= 2 ? 2 : 1;
  }
};

std::vector<std::string_view> cut(std::string_view line, std::string_view separator,
                                  bool double_byte) {
  std::vector<std::string_view> out;
  Stepper stepper{double_byte};
  std::size_t begin = 0, at = 0;
  while (at < line.size()) {
    if (!stepper.shifted && line.substr(at).starts_with(separator)) {
      out.push_back(line.substr(begin, at - begin));
      if (out.size() == most_header_fields) return out;
      at += separator.size();
      begin = at;
      continue;
    }
    at += stepper.step(line.substr(at));
  }
  out.push_back(line.substr(begin));
  return out;
}

/// Sets in which the second byte of a character may be a delimiter.
bool splits_unsafely(std::string_view charset) {
  return charset == "GB18030" || charset == "BIG5-HKSCS" || charset == "SHIFT_JIS" ||
         charset == "CP949" || charset == "EUC-TW";
}

std::string part(std::string_view field, std::size_t index, const Delimiters& delimiters) {
  if (!delimiters.component.empty()) {
    for (; index > 0; --index) {
      const auto at = field.find(delimiters.component);
      if (at == std::string_view::npos) return {};
      field.remove_prefix(at + delimiters.component.size());
    }
    field = field.substr(0, field.find(delimiters.component));
  } else if (index > 0) {
    return {};
  }
  if (!delimiters.repetition.empty()) field = field.substr(0, field.find(delimiters.repetition));
  return std::string(field);
}

Header header_of(const HeaderFields& fields) {
  Header out;
  const auto text = [&fields](std::size_t number) { return std::string(fields.field(number)); };
  out.delimiters = fields.reading.delimiters;
  out.sending_application = text(3);
  out.sending_facility = text(4);
  out.receiving_application = text(5);
  out.receiving_facility = text(6);
  out.time = text(7);
  out.type = part(fields.field(9), 0, out.delimiters);
  out.trigger = part(fields.field(9), 1, out.delimiters);
  out.structure = part(fields.field(9), 2, out.delimiters);
  out.control_id = text(10);
  out.processing_id = text(11);
  out.version = text(12);
  out.version_id = part(fields.field(12), 0, out.delimiters);
  out.sequence = text(13);
  out.accept_ack = text(15);
  out.application_ack = text(16);
  out.charset = text(18);
  return out;
}

/// The first lines of a UTF-16 or UTF-32 message in UTF-8; only so much as a header needs.
std::string narrow(std::string_view message, std::string& wide) {
  std::size_t mark = 0;
  wide = wide_charset(message, mark);
  if (wide.empty()) return {};
  const std::size_t most = 64 * 1024;
  message = message.substr(mark, most);
  std::size_t bad_at = 0;
  auto text = convert(message, wide, "UTF-8", &bad_at);
  if (!text) text = convert(message.substr(0, bad_at), wide, "UTF-8");
  return text ? std::string(text->begin(), text->end()) : std::string();
}

}  // namespace

std::size_t skip_to_text(std::string_view bytes) {
  std::size_t at = bytes.starts_with("\xEF\xBB\xBF") ? 3 : 0;
  while (true) {
    at = std::min(bytes.find_first_not_of("\x0B\x1C\r\n \t", at), bytes.size());
    if (!bytes.substr(at).starts_with("\xEF\xBB\xBF")) return at;
    at += 3;
  }
}

base::Result<HeaderFields> header_fields(std::string_view text) {
  text.remove_prefix(skip_to_text(text));
  if (!text.starts_with("MSH") && !text.starts_with("FHS") && !text.starts_with("BHS")) {
    return base::Error{base::ErrorKind::malformed, "no MSH segment begins the message", "MSH", ""};
  }
  auto reading = read_delimiters(text.substr(3));
  if (!reading) return reading.error();
  const std::string_view line = text.substr(0, end_of_line(text));
  HeaderFields out{*reading, {}};
  const std::size_t before = 3 + reading->field_size + reading->encoding_size;
  auto rest = line.substr(std::min(line.size(), before + reading->field_size));
  auto cut_plain = cut(rest, reading->delimiters.field, false);
  if (ascii_size(rest) != rest.size()) {
    auto cut_pairs = cut(rest, reading->delimiters.field, true);
    if (cut_pairs.size() > 15 &&
        splits_unsafely(iconv_name(cut_pairs[15], reading->delimiters.repetition))) {
      cut_plain = std::move(cut_pairs);
    }
  }
  out.fields = {std::string_view(), line.substr(3, reading->field_size),
                line.substr(3 + reading->field_size, reading->encoding_size)};
  out.fields.insert(out.fields.end(), cut_plain.begin(), cut_plain.end());
  return out;
}

base::Result<Header> read_header(std::string_view message) {
  std::string wide;
  const std::string narrowed = narrow(message, wide);
  if (!wide.empty()) message = narrowed;
  const auto fields = header_fields(message);
  if (fields && message.substr(skip_to_text(message)).starts_with("MSH")) {
    Header out = header_of(*fields);
    out.wide = wide;
    return out;
  }
  message.remove_prefix(skip_to_text(message));
  if (fields || !message.starts_with("MSH") || fields.error().where != "MSH-2") {
    return base::Error{base::ErrorKind::malformed,
                       fields ? "no MSH segment begins the message" : fields.error().what, "MSH",
                       ""};
  }
  // The delimiters cannot be used, but the fields stand apart: read them, for the answer's sake,
  // with the usual ones.
  HeaderFields tolerant;
  const std::string_view separator = message.substr(3, character_size(message.substr(3)));
  const std::string_view line = message.substr(0, end_of_line(message));
  tolerant.fields = cut(line.substr(3 + separator.size()), separator, false);
  tolerant.fields.insert(tolerant.fields.begin(), {std::string_view(), separator});
  const Delimiters usual;
  const std::string usual_characters = usual.encoding_characters();
  if (usual_characters.find(separator) == std::string::npos)
    tolerant.reading.delimiters.field = separator;
  return header_of(tolerant);
}

std::string first_component(const Header& header, std::string_view field) {
  return part(field, 0, header.delimiters);
}

int version_number(std::string_view version_id) {
  int parts[3] = {0, 0, 0};
  for (int i = 0; i < 3; ++i) {
    const char* end = version_id.data() + version_id.size();
    const auto [stop, error] = std::from_chars(version_id.data(), end, parts[i]);
    if (error != std::errc() || parts[i] < 0 || parts[i] > 99) return 0;
    version_id.remove_prefix(static_cast<std::size_t>(stop - version_id.data()));
    if (version_id.empty()) return i == 0 ? 0 : parts[0] * 10000 + parts[1] * 100 + parts[2];
    if (version_id[0] != '.') return 0;
    version_id.remove_prefix(1);
  }
  return 0;
}

}  // namespace gateway::hl7v2
