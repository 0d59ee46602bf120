#include <algorithm>
#include <array>
#include <limits>
#include <string>
#include <unordered_map>
#include <utility>

#include "gateway/hl7v2/charset.hpp"
#include "gateway/hl7v2/delimiters.hpp"
#include "gateway/hl7v2/header_fields.hpp"
#include "gateway/hl7v2/message.hpp"
#include "gateway/hl7v2/segment_names.hpp"

namespace gateway::hl7v2 {
namespace {

constexpr std::uint16_t most_parts = 10'000;  // fields, repetitions, components, subcomponents each
constexpr std::size_t most_remarks = 1'000;   // a hostile message does not get one a line
constexpr std::uint16_t last_open_obx_field = 10;  // OBX-11 is required: before it the row goes on

enum class Cut : std::uint8_t { none, field, repetition, component, subcomponent, other };

/// What a byte may begin. `other`: the first byte of a delimiter beyond ASCII, to be compared
/// whole.
class CutTable {
 public:
  explicit CutTable(const Delimiters& d) : delimiters_(d) {
    enter(d.field, Cut::field);
    enter(d.repetition, Cut::repetition);
    enter(d.component, Cut::component);
    enter(d.subcomponent, Cut::subcomponent);
  }

  Cut at(std::string_view text, std::size_t i, std::size_t& size) const {
    const Cut cut = table_[static_cast<unsigned char>(text[i])];
    size = 1;
    return cut == Cut::other ? compare(text.substr(i), size) : cut;
  }

 private:
  void enter(const std::string& delimiter, Cut cut) {
    if (delimiter.empty()) return;
    table_[static_cast<unsigned char>(delimiter[0])] = delimiter.size() == 1 ? cut : Cut::other;
  }

  Cut compare(std::string_view text, std::size_t& size) const {
    const std::pair<const std::string&, Cut> all[] = {
        {delimiters_.field, Cut::field},
        {delimiters_.repetition, Cut::repetition},
        {delimiters_.component, Cut::component},
        {delimiters_.subcomponent, Cut::subcomponent}};
    for (const auto& [delimiter, cut] : all) {
      if (delimiter.empty() || !text.starts_with(delimiter)) continue;
      size = delimiter.size();
      return cut;
    }
    return Cut::none;
  }

  const Delimiters& delimiters_;
  std::array<Cut, 256> table_{};
};

/// Where in a segment the reader stands: the leaf that is open, and where it began.
struct Position {
  Leaf leaf;
  std::size_t content_end = 0;  // end of the last line that has text
};

}  // namespace

/// Walks the decoded text once. A segment stays open until the next one begins, so that a line
/// that is no segment can go on where the line before it broke off.
class Parser {
 public:
  static base::Result<Message> run(DecodedText decoded, const ReadOptions& options) {
    Message message;
    message.buffer_ = std::move(decoded.text);
    message.charset_ = std::move(decoded.charset);
    const std::string_view text = message.buffer_.text();
    if (text.size() >= std::numeric_limits<std::uint32_t>::max())
      return too_large("the message", "");
    const std::size_t begin = skip_to_text(text);
    if (!text.substr(begin).starts_with("MSH")) {
      return base::Error{base::ErrorKind::malformed, "no MSH segment begins the message", "MSH",
                         ""};
    }
    auto reading = read_delimiters(text.substr(begin + 3));
    if (!reading) return reading.error();
    message.delimiters_ = reading->delimiters;
    Parser parser(message, text, *reading, options);
    if (!decoded.assumed.empty())
      parser.remark("charset-assumed", {0, 18}, std::move(decoded.assumed));
    if (reading->assumed)
      parser.remark("delimiters-assumed", {0, 2}, "MSH-2 was read by rule E2 or E3");
    parser.leaves_.reserve(text.size() / 12 + 16);
    parser.walk();
    parser.check_lost_line_ends();
    if (parser.error_) return *std::move(parser.error_);
    return message;
  }

 private:
  struct Known {
    std::uint32_t count = 0, first = 0;
  };
  struct Suspect {
    std::string_view name;
    std::uint32_t segment = 0;
  };

  Parser(Message& message, std::string_view text, const DelimiterReading& reading,
         const ReadOptions& options)
      : message_(message),
        text_(text),
        reading_(reading),
        options_(options),
        table_(message.delimiters_) {}

  static base::Error too_large(std::string what, std::string where) {
    return {base::ErrorKind::too_large, what + " is above its limit", std::move(where), ""};
  }

  void walk() {
    std::size_t at = 0;
    const std::size_t start = skip_to_text(text_);
    for (std::uint32_t number = 1; at < text_.size() && !error_; ++number) {
      std::size_t end = std::min(text_.find_first_of("\r\n", at), text_.size());
      if (end > start) line(std::max(at, start), end, number);
      at = end + (text_.substr(end).starts_with("\r\n") ? 2 : 1);
    }
    if (!error_) close_segment();
  }

  void line(std::size_t begin, std::size_t end, std::uint32_t number) {
    std::size_t first = begin;
    while (first < end && (text_[first] == ' ' || text_[first] == '\t')) ++first;
    if (first == end) return;
    const std::string_view content = text_.substr(first, end - first);
    const std::string_view name = content.substr(0, 3);
    const bool bare = content.size() == 3 && is_standard_segment(name);
    if (may_name_segment(name) &&
        (bare || content.substr(3).starts_with(message_.delimiters_.field))) {
      open_segment(name, first, end, number);
      if (first != begin && !error_)
        remark("segment-indented", {here(), 0}, "blanks before the segment");
    } else if (goes_on()) {
      continue_segment(begin, end);
    } else {
      open_segment({}, begin, end, number);
      remark("line-without-segment", {here(), 0}, "the line begins with no segment name");
    }
  }

  std::uint32_t here() const { return static_cast<std::uint32_t>(segments_.size() - 1); }

  /// May the text of a line that is no segment belong to the open one?
  bool goes_on() const {
    if (segments_.empty()) return false;
    const std::string_view name = segments_.back().name;
    if (name == "OBX") return at_.leaf.field <= last_open_obx_field;
    return name == "NTE" || name.starts_with('Z');
  }

  void open_segment(std::string_view name, std::size_t begin, std::size_t end,
                    std::uint32_t line_number) {
    close_segment();
    if (segments_.size() >= options_.most_segments) {
      error_ = too_large("the number of segments", "");
      return;
    }
    Segment segment;
    segment.name = name;
    segment.line = line_number;
    segment.begin = static_cast<std::uint32_t>(begin);
    segment.first_leaf = static_cast<std::uint32_t>(leaves_.size());
    segments_.push_back(segment);
    if (!name.empty()) count(segments_.back());
    at_ = {};
    at_.leaf.segment = here();
    at_.leaf.begin = static_cast<std::uint32_t>(begin);
    at_.content_end = end;
    if (name.empty()) return;  // one leaf, whatever is in it
    const std::string& field = message_.delimiters_.field;
    std::size_t at = std::min(begin + name.size() + field.size(), end);
    at_.leaf.begin = static_cast<std::uint32_t>(at);
    if (carries_delimiters(name)) at = delimiter_fields(begin + name.size(), end);
    cut(at, end);
  }

  void count(Segment& segment) {
    const auto c = [&segment](std::size_t i) {
      return std::uint32_t{static_cast<unsigned char>(segment.name[i])};
    };
    Known& known = names_[c(0) << 16 | c(1) << 8 | c(2)];
    segment.occurrence = ++known.count;
    if (known.count == 1) known.first = here();
    segment.repeated = known.count > 1;
    if (segment.repeated) segments_[known.first].repeated = true;
  }

  /// MSH-1 and MSH-2, one leaf each; returns where MSH-3 or the line's end begins.
  std::size_t delimiter_fields(std::size_t begin, std::size_t end) {
    const std::size_t field_size = message_.delimiters_.field.size();
    if (begin >= end) return end;
    at_.leaf.begin = static_cast<std::uint32_t>(begin);
    close_leaf(begin + field_size);
    begin += field_size;
    const std::size_t stop = std::min(text_.find(message_.delimiters_.field, begin), end);
    at_.leaf.field = 2;
    at_.leaf.begin = static_cast<std::uint32_t>(begin);
    return stop;
  }

  void continue_segment(std::size_t begin, std::size_t end) {
    remark("line-continued",
           {here(), at_.leaf.field, at_.leaf.repetition, at_.leaf.component, at_.leaf.subcomponent},
           "a line that is no segment was read as going on here");
    if (at_.leaf.begin >= at_.content_end) at_.leaf.begin = static_cast<std::uint32_t>(begin);
    at_.content_end = end;
    cut(begin, end);
  }

  void close_segment() {
    if (segments_.empty()) return;
    close_leaf(at_.content_end);
    Segment& segment = segments_.back();
    segment.leaf_count = static_cast<std::uint32_t>(leaves_.size()) - segment.first_leaf;
    segment.size = static_cast<std::uint32_t>(at_.content_end) - segment.begin;
  }

  void close_leaf(std::size_t end) {
    if (end <= at_.leaf.begin) return;
    at_.leaf.size = static_cast<std::uint32_t>(end - at_.leaf.begin);
    leaves_.push_back(at_.leaf);
  }

  void cut(std::size_t at, std::size_t end) {
    while (at < end) {
      std::size_t size = 1;
      const Cut kind = table_.at(text_, at, size);
      if (kind != Cut::none) {
        close_leaf(at);
        if (kind == Cut::field && at - at_.leaf.begin >= 3) suspect_lost_line_end(at);
        if (!step(kind) || error_) return;
        at_.leaf.begin = static_cast<std::uint32_t>(at + size);
      }
      at += size;
    }
  }

  /// Moves to the next part; false if there are too many.
  bool step(Cut kind) {
    Leaf& leaf = at_.leaf;
    std::uint16_t* part = &leaf.subcomponent;
    if (kind == Cut::component) part = &leaf.component;
    if (kind == Cut::repetition) part = &leaf.repetition;
    if (kind == Cut::field) part = &leaf.field;
    if (*part >= most_parts) {
      const FieldPath path{leaf.segment, leaf.field, 0, 0, 0};
      error_ = too_large("the number of parts", std::string(segments_.back().name) + "[" +
                                                    std::to_string(segments_.back().occurrence) +
                                                    "]-" + std::to_string(path.field));
      return false;
    }
    ++*part;
    if (kind != Cut::subcomponent) leaf.subcomponent = 1;
    if (kind == Cut::repetition || kind == Cut::field) leaf.component = 1;
    if (kind == Cut::field) leaf.repetition = 1;
    return true;
  }

  /// Segment terminators that were lost leave `…2.5.1PID|1|` or `…FOBX|2|NM|` within a line. What
  /// can be told for sure is refused; the rest is text. `at` is the field separator after the name.
  void suspect_lost_line_end(std::size_t at) {
    const char tail = text_[at - 1];
    if (tail != 'D' && tail != 'R' && tail != 'X') return;
    const std::string_view name = text_.substr(at - 3, 3);
    if (name != "PID" && name != "OBR" && name != "OBX") return;
    const std::string_view line_name = segments_.back().name;
    const std::string_view field = message_.delimiters_.field;
    std::string_view rest = text_.substr(at + field.size(), 16);
    const std::size_t digits = std::min(rest.find_first_not_of("0123456789"), rest.size());
    rest.remove_prefix(digits);
    if (!rest.starts_with(field)) return;
    rest.remove_prefix(field.size());
    if (name == "OBX" && digits > 0) {
      const std::size_t end = rest.find(field);
      if (end != std::string_view::npos && is_value_type(rest.substr(0, end))) refuse_line(here());
    } else if (name == "OBR" && digits > 0) {
      suspects_.push_back({name, here()});
    } else if (name == "PID" && (line_name == "SFT" || line_name == "EVN" ||
                                 (line_name == "MSH" && at_.leaf.field >= 12))) {
      suspects_.push_back({name, here()});
    }
  }

  /// A PID or OBR within a line is no text if the message has no such segment of its own.
  void check_lost_line_ends() {
    if (error_) return;
    for (const Suspect& suspect : suspects_) {
      const auto c = [&suspect](std::size_t i) {
        return std::uint32_t{static_cast<unsigned char>(suspect.name[i])};
      };
      if (!names_.contains(c(0) << 16 | c(1) << 8 | c(2))) return refuse_line(suspect.segment);
    }
  }

  void refuse_line(std::uint32_t segment) {
    error_ = base::Error{
        base::ErrorKind::malformed,
        "several segments stand on line " + std::to_string(segments_[segment].line),
        message_.address(FieldPath{segment}), "end every segment with a carriage return"};
  }

  void remark(std::string code, FieldPath where, std::string detail) {
    if (error_ || message_.remarks_.size() >= most_remarks) return;
    message_.remarks_.push_back({std::move(code), where, std::move(detail)});
  }

  Message& message_;
  std::string_view text_;
  const DelimiterReading& reading_;
  const ReadOptions& options_;
  CutTable table_;
  std::vector<Segment>& segments_ = message_.segments_;
  std::vector<Leaf>& leaves_ = message_.leaves_;
  std::unordered_map<std::uint32_t, Known> names_;
  std::vector<Suspect> suspects_;
  Position at_;
  std::optional<base::Error> error_;
};

base::Result<Message> parse(base::Buffer bytes, const ReadOptions& options) {
  auto decoded = decode_text(std::move(bytes), options.charset);
  if (!decoded) return decoded.error();
  return Parser::run(std::move(*decoded), options);
}

}  // namespace gateway::hl7v2
