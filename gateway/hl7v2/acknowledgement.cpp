#include "gateway/hl7v2/acknowledgement.hpp"

#include <algorithm>
#include <array>

#include "gateway/hl7v2/answer_text.hpp"
#include "gateway/hl7v2/charset.hpp"
#include "gateway/hl7v2/echo.hpp"
#include "gateway/hl7v2/utf8.hpp"

namespace gateway::hl7v2 {
namespace {

struct Condition {
  int code;
  std::string_view text;
};

// HL7 table 0357.
constexpr auto conditions = std::to_array<Condition>({{0, "Message accepted"},
                                                      {100, "Segment sequence error"},
                                                      {101, "Required field missing"},
                                                      {102, "Data type error"},
                                                      {103, "Table value not found"},
                                                      {104, "Value too long"},
                                                      {200, "Unsupported message type"},
                                                      {201, "Unsupported event code"},
                                                      {202, "Unsupported processing id"},
                                                      {203, "Unsupported version id"},
                                                      {204, "Unknown key identifier"},
                                                      {205, "Duplicate key identifier"},
                                                      {206, "Application record locked"},
                                                      {207, "Application internal error"}});

constexpr int since_message_structure = 20301;  // ACK^R01^ACK
constexpr int since_trigger = 20300;            // ACK^R01
constexpr int since_error_location = 20200;     // ERR-1 as segment^sequence^field^code
constexpr int since_error_fields = 20500;       // one ERR an error
constexpr int without_text = 20700;             // MSA-3 withdrawn
constexpr std::size_t longest_text = 80;        // MSA-3 where it exists

std::string_view text_of(int code) {
  const auto found = std::find_if(conditions.begin(), conditions.end(),
                                  [code](const Condition& c) { return c.code == code; });
  return found == conditions.end() ? std::string_view() : found->text;
}

/// Fields or components in order, joined, without trailing empty ones. Without a separator (the
/// message has no such delimiter) the first part alone.
std::string join(std::vector<std::string> parts, const std::string& separator) {
  while (!parts.empty() && parts.back().empty()) parts.pop_back();
  std::string out;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i > 0 && separator.empty()) break;
    if (i > 0) out += separator;
    out += parts[i];
  }
  return out;
}

std::string number_or_nothing(int number) {
  return number > 0 ? std::to_string(number) : std::string();
}

class Writer {
 public:
  Writer(const Acknowledgement& acknowledgement, const Header& header)
      : acknowledgement_(acknowledgement),
        header_(header),
        words_(header),
        version_(version_number(header.version_id)) {
    if (version_ == 0) version_ = 20501;
  }

  std::string run(base::Instant now, std::string_view control_id) {
    std::string out = message_header(now, control_id);
    out += acknowledgement_segment();
    std::vector<ErrorLine> errors = acknowledgement_.errors;
    if (!control_id_echoes()) errors.push_back(unechoed_control_id());
    out += version_ >= since_error_fields ? error_segments(errors) : error_segment(errors);
    return out;
  }

 private:
  const Delimiters& delimiters() const { return header_.delimiters; }
  std::string echo(const std::string& field) const { return words_.echo(field); }

  std::string segment(std::string_view name, const std::vector<std::string>& fields) const {
    const std::string body = join(fields, delimiters().field);
    return std::string(name) + delimiters().field + body + "\r";
  }

  bool control_id_echoes() const { return words_.echoes_control_id(header_.control_id); }

  static ErrorLine unechoed_control_id() {
    ErrorLine line;
    line.segment = "MSH";
    line.sequence = 1;
    line.field = 10;
    line.code = 102;
    line.severity = 'W';
    line.text = "MSH-10 cannot be repeated: longer than 199 bytes or with control characters";
    return line;
  }

  std::string message_header(base::Instant now, std::string_view control_id) const {
    // A version that is none (`2.5.1PID` where line ends were lost) is not repeated.
    const bool numbered = header_.version_id.find_first_not_of("0123456789.") == std::string::npos;
    const std::string version = numbered ? echo(header_.version) : std::string();
    // Nor is a set of characters that nobody knows: the answer could not be read by it.
    const bool known_set = !iconv_name(header_.charset, delimiters().repetition).empty();
    const std::string processing_id = echo(header_.processing_id);  // an answer must have one
    // MSH-1 is the separator itself and MSH-2 its own field: `segment` writes the first.
    return segment(
        "MSH", {delimiters().encoding_characters(), echo(header_.receiving_application),
                echo(header_.receiving_facility), echo(header_.sending_application),
                echo(header_.sending_facility), hl7_time(now), "", type(), std::string(control_id),
                processing_id.empty() ? "P" : processing_id, version.empty() ? "2.5.1" : version,
                "", "", "", "", "", known_set ? echo(header_.charset) : std::string()});
  }

  std::string type() const {
    const bool sane = !header_.trigger.empty() && header_.trigger.size() <= 3 &&
                      std::all_of(header_.trigger.begin(), header_.trigger.end(), [](char c) {
                        return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
                      });
    if (!sane || version_ < since_trigger) return "ACK";
    if (version_ < since_message_structure)
      return join({"ACK", header_.trigger}, delimiters().component);
    return join({"ACK", header_.trigger, "ACK"}, delimiters().component);
  }

  std::string acknowledgement_segment() const {
    std::string text = version_ < without_text ? acknowledgement_.text : std::string();
    if (text.empty() && version_ < since_error_fields && !acknowledgement_.errors.empty()) {
      text = acknowledgement_.errors.front().text;
    }
    return segment("MSA",
                   {acknowledgement_.code, control_id_echoes() ? header_.control_id : std::string(),
                    words_.encode(shortened(text)), echo(header_.sequence)});
  }

  /// At most 80 characters, cut between two.
  static std::string_view shortened(std::string_view text) {
    std::size_t at = 0;
    for (std::size_t n = 0; n < longest_text && at < text.size(); ++n) {
      at += std::max<std::size_t>(utf8_size(text.substr(at)), 1);
    }
    return text.substr(0, at);
  }

  /// Up to v2.4: one ERR, one repetition an error. It knows no severity, so warnings stay in MSA-3.
  std::string error_segment(const std::vector<ErrorLine>& errors) const {
    std::vector<std::string> locations;
    for (const ErrorLine& error : errors) {
      if (error.severity != 'E') continue;
      if (version_ < since_error_location) {
        if (!error.segment.empty()) locations.push_back(words_.encode(error.segment));
        continue;
      }
      const std::string coded =
          join({std::to_string(error.code), std::string(text_of(error.code)), "HL70357"},
               delimiters().subcomponent);
      locations.push_back(join({words_.encode(error.segment), number_or_nothing(error.sequence),
                                number_or_nothing(error.field), coded},
                               delimiters().component));
    }
    if (locations.empty()) return {};
    return segment("ERR", {join(std::move(locations), delimiters().repetition)});
  }

  /// From v2.5 on: one ERR an error.
  std::string error_segments(const std::vector<ErrorLine>& errors) const {
    std::string out;
    const std::string& component = delimiters().component;
    for (const ErrorLine& error : errors) {
      std::string where;
      if (!error.segment.empty()) {
        where = join({words_.encode(error.segment), number_or_nothing(error.sequence),
                      number_or_nothing(error.field), number_or_nothing(error.repetition),
                      number_or_nothing(error.component), number_or_nothing(error.subcomponent)},
                     component);
      }
      const std::string code = join(
          {std::to_string(error.code), std::string(text_of(error.code)), "HL70357"}, component);
      const std::string issue =
          error.issue.empty()
              ? ""
              : join({words_.encode(error.issue), "", "99gateway-issue"}, component);
      out += segment("ERR", {"", where, code, std::string(1, error.severity), issue, "",
                             words_.encode(error.diagnostic), words_.encode(error.text)});
    }
    return out;
  }

  const Acknowledgement& acknowledgement_;
  const Header& header_;
  AnswerText words_;
  int version_;
};

}  // namespace

std::string write(const Acknowledgement& acknowledgement, const Header& header, base::Instant now,
                  std::string_view control_id) {
  std::string out = Writer(acknowledgement, header).run(now, control_id);
  if (header.wide.empty()) return out;
  const auto wide = convert("\xEF\xBB\xBF" + out, "UTF-8", header.wide);
  return wide ? std::string(wide->begin(), wide->end()) : out;
}

}  // namespace gateway::hl7v2
