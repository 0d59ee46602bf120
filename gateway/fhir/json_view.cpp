#include "gateway/fhir/json_view.hpp"

#include <algorithm>
#include <bit>
#include <utility>

#include <rapidjson/reader.h>

#include "gateway/fhir/escape.hpp"

namespace gateway::fhir {
namespace {

/// RFC 8259 §6, of any length.
bool is_number(std::string_view text) {
  const auto digits = [&text] {
    const std::size_t count = std::min(text.find_first_not_of("0123456789"), text.size());
    text.remove_prefix(count);
    return count;
  };
  if (text.starts_with('-')) text.remove_prefix(1);
  const bool begins_with_zero = text.starts_with('0');
  const std::size_t whole = digits();
  if (whole == 0 || (begins_with_zero && whole > 1)) return false;
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    if (digits() == 0) return false;
  }
  if (text.starts_with('e') || text.starts_with('E')) {
    text.remove_prefix(1);
    if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
    if (digits() == 0) return false;
  }
  return text.empty();
}

}  // namespace

/// Reads JSON once, from front to back, into the list. An event reader that must take anything
/// costs three times as much; here most texts are found whole and stay where they are.
class JsonViewReader {
 public:
  /// Behind the text stand a NUL, which ends everything, and what a look of 16 bytes may touch.
  static constexpr std::size_t padding = 16;

  explicit JsonViewReader(JsonView& view)
      : cells_(view.cells_),
        at_(view.buffer_->data()),
        end_(at_ + view.buffer_->size() - padding) {}

  bool document() {
    for (;;) {
      if (!value()) return false;
      // Something is complete: so is whatever ends behind it.
      char next = skip();
      while (next == closing_ && !open_.empty()) {
        close();
        next = skip();
      }
      if (open_.empty()) return next == '\0' && at_ == end_;
      if (next != ',') return false;
      ++at_;
    }
  }

 private:
  struct Open {
    std::uint32_t cell = 0;
    char closing_outside = '\0';
  };

  /// The value that is due here, with the name before it in an object; of what is not empty, all
  /// that opens up to the first value inside.
  bool value() {
    for (;;) {
      std::string_view name;
      if (closing_ == '}') {
        if (skip() != '"' || !read_text(name) || skip() != ':') return false;
        ++at_;
      }
      const char first = skip();
      if (first == '"') {
        std::string_view text;
        if (!read_text(text)) return false;
        add(Json::Kind::string, name, text);
        return true;
      }
      if (first != '{' && first != '[') return word(name);
      ++at_;
      open_.push_back({size(), std::exchange(closing_, first == '{' ? '}' : ']')});
      add(first == '{' ? Json::Kind::object : Json::Kind::array, name, {});
      if (skip() != closing_) continue;
      close();
      return true;
    }
  }

  /// A number or one of the three words, which end where no letter or digit follows.
  bool word(std::string_view name) {
    const char* from = at_;
    while (is_of_word(*at_)) ++at_;
    const std::string_view said(from, static_cast<std::size_t>(at_ - from));
    if (said == "null") {
      add(Json::Kind::null, name, {});
    } else if (said == "true" || said == "false") {
      add(Json::Kind::boolean, name, said);
    } else {
      if (!is_number(said)) return false;
      add(Json::Kind::number, name, said);
    }
    return true;
  }

  bool read_text(std::string_view& out) {
    const char* from = at_ + 1;
    const char* to = from;
    unsigned bits = escape_bits(to);
    for (; bits == 0; bits = escape_bits(to)) to += 16;  // the NUL ends it
    to += std::countr_zero(bits);
    if (*to != '"') return to < end_ && read_escaped(out);
    out = {from, static_cast<std::size_t>(to - from)};
    at_ += out.size() + 2;
    return true;
  }

  /// RapidJSON resolves the escapes of the one text, in place.
  bool read_escaped(std::string_view& out) {
    struct OneText : rapidjson::BaseReaderHandler<rapidjson::UTF8<>, OneText> {
      std::string_view text;
      bool String(const char* begin, rapidjson::SizeType size, bool) {
        text = {begin, size};
        return true;
      }
    } one;
    rapidjson::InsituStringStream stream(at_);
    constexpr unsigned in_place = rapidjson::kParseInsituFlag | rapidjson::kParseStopWhenDoneFlag;
    if (rapidjson::Reader().Parse<in_place>(stream, one).IsError()) return false;
    at_ += stream.Tell();
    out = one.text;
    return true;
  }

  static bool is_of_word(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == '-' || c == '+' || c == '.' ||
           c == 'E';
  }
  char skip() {
    while (*at_ <= ' ' && (*at_ == ' ' || *at_ == '\n' || *at_ == '\r' || *at_ == '\t')) ++at_;
    return *at_;
  }
  std::uint32_t size() const { return static_cast<std::uint32_t>(cells_.size()); }
  void add(Json::Kind kind, std::string_view name, std::string_view text) {
    cells_.push_back({kind, size() + 1, name, text});
  }
  void close() {
    ++at_;
    cells_[open_.back().cell].end = size();
    closing_ = open_.back().closing_outside;
    open_.pop_back();
  }

  std::vector<JsonView::Cell>& cells_;
  char* at_;
  const char* end_;
  std::vector<Open> open_;
  char closing_ = '\0';  // the bracket that ends what is open
};

std::optional<JsonView> JsonView::read(std::string_view body) {
  constexpr std::size_t bytes_a_value = 16;  // about, in what we write
  JsonView view;
  view.buffer_ = std::make_shared<std::vector<char>>();
  view.buffer_->reserve(body.size() + JsonViewReader::padding);
  view.buffer_->assign(body.begin(), body.end());
  view.buffer_->resize(body.size() + JsonViewReader::padding);
  view.cells_.reserve(body.size() / bytes_a_value + 1);
  if (!JsonViewReader(view).document()) return std::nullopt;
  return view;
}

JsonView::Node JsonView::root() const {
  return {*this, 0};
}

JsonView::Node JsonView::Node::operator[](std::string_view name) const {
  if (!is_object()) return {};
  const Cell* const cells = view_->cells_.data();
  const std::uint32_t end = cells[at_].end;
  for (std::uint32_t at = at_ + 1; at < end; at = cells[at].end)
    if (cells[at].is_named(name)) return {*view_, at};
  return {};
}

JsonView::Items JsonView::Node::members() const {
  if (!is_object()) return {view_, 0, 0};
  return {view_, at_ + 1, cell().end};
}

JsonView::Items JsonView::Node::items() const {
  if (!is_array()) return {view_, 0, 0};
  return {view_, at_ + 1, cell().end};
}

}  // namespace gateway::fhir
