#include <algorithm>
#include <limits>
#include <string>
#include <unordered_map>
#include <utility>

#include "gateway/hl7v2/charset.hpp"
#include "gateway/hl7v2/cut_table.hpp"
#include "gateway/hl7v2/delimiters.hpp"
#include "gateway/hl7v2/header_fields.hpp"
#include "gateway/hl7v2/lines.hpp"
#include "gateway/hl7v2/message.hpp"
#include "gateway/hl7v2/segment_names.hpp"

namespace gateway::hl7v2 {
namespace {

constexpr std::uint16_t most_parts = 10'000;  // fields, repetitions, components, subcomponents each
constexpr std::size_t most_remarks = 1'000;   // a hostile message does not get one a line
constexpr std::uint16_t last_open_obx_field = 10;  // OBX-11 is required: before it the row goes on

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
      return too_large("bytes", std::numeric_limits<std::uint32_t>::max(), "",
                       "send the orders in messages of their own");
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
    // Untouched pages cost nothing; a vector that grows in a large message would copy for long.
    parser.leaves_.reserve(text.size() / 8 + 16);
    parser.segments_.reserve(text.size() / 128 + 4);
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

  static base::Error too_large(std::string_view what, std::size_t limit, std::string where,
                               std::string remedy) {
    return {
        base::ErrorKind::too_large,
        "the number of " + std::string(what) + " is above its limit of " + std::to_string(limit),
        std::move(where), std::move(remedy)};
  }

  void walk() {
    std::size_t at = 0;
    const std::size_t start = skip_to_text(text_);
    for (std::uint32_t number = 1; at < text_.size() && !error_; ++number) {
      const std::size_t end = end_of_line(text_, at);
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
    // Three letters alone may be a word of a text that was broken; a site's own name hardly is.
    const bool bare = content.size() == 3 && (is_standard_segment(name) || name.starts_with('Z'));
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
      error_ = too_large("segments", options_.most_segments, "",
                         "send the orders in messages of their own");
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

  static std::uint32_t key(std::string_view name) {
    const auto byte = [name](std::size_t i) {
      return std::uint32_t{static_cast<unsigned char>(name[i])};
    };
    return byte(0) << 16 | byte(1) << 8 | byte(2);
  }

  void count(Segment& segment) {
    Known& known = names_[key(segment.name)];
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
    while ((at = table_.next(text_, at, end)) < end) {
      std::size_t size = 1;
      const Cut kind = table_.at(text_, at, size);
      if (kind != Cut::none) {
        close_leaf(at);
        if (kind == Cut::field && at - at_.leaf.begin >= 3) suspect_lost_line_end(at);
        if (!step(kind)) return;
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
      error_ = too_large("parts", most_parts,
                         std::string(segments_.back().name) + "[" +
                             std::to_string(segments_.back().occurrence) + "]-" +
                             std::to_string(path.field),
                         "send what repeats in rows of their own");
      return false;
    }
    ++*part;
    if (kind != Cut::subcomponent) leaf.subcomponent = 1;
    if (kind == Cut::repetition || kind == Cut::field) leaf.component = 1;
    if (kind == Cut::field) leaf.repetition = 1;
    return true;
  }

  /// Remembers the first line that seems to hold another segment, for each name.
  void suspect_lost_line_end(std::size_t at) {
    const auto name = segment_within_line(text_, at, message_.delimiters_.field,
                                          segments_.back().name, at_.leaf.field);
    if (name.empty()) return;
    const auto same = [name](const Suspect& suspect) { return suspect.name == name; };
    if (std::none_of(suspects_.begin(), suspects_.end(), same)) suspects_.push_back({name, here()});
  }

  /// A PID, OBR or OBX within a line is no text if the message has none of its own: then it is
  /// refused, not repaired. Where it has, the row is kept as it is read and pointed out.
  void check_lost_line_ends() {
    for (const Suspect& suspect : suspects_) {
      if (error_) return;
      if (!names_.contains(key(suspect.name))) return refuse_line(suspect.segment);
      remark("segment-ambiguous", {suspect.segment},
             "another segment seems to stand within the line");
    }
  }

  void refuse_line(std::uint32_t segment) {
    std::string where = message_.address(FieldPath{segment});
    if (where.find('[') == where.npos) where += "[1]";  // the line, not a segment that is missing
    error_ =
        base::Error{base::ErrorKind::malformed,
                    "several segments stand on line " + std::to_string(segments_[segment].line),
                    std::move(where), "end every segment with a carriage return"};
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
