#include "gateway/fhir/json_view.hpp"

#include <algorithm>
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
  explicit JsonViewReader(JsonView& view)
      : view_(view),
        at_(view.buffer_->data()),
        end_(at_ + view.buffer_->size() - 1) {}  // there stands a NUL

  bool document() {
    while (value()) {
      // Something is complete: so is whatever ends behind it.
      while (!open_.empty() && skip() == bracket()) close();
      if (open_.empty()) return skip() == '\0' && at_ == end_;
      if (*at_ != ',') return false;
      ++at_;
    }
    return false;
  }

 private:
  /// The value that is due here, with the name before it in an object; of what is not empty, all
  /// that opens up to the first value inside.
  bool value() {
    for (;;) {
      if (!open_.empty() && bracket() == '}' && !name()) return false;
      const char first = skip();
      if (first == '"') return text(Json::Kind::string);
      if (first != '{' && first != '[') return word();
      ++at_;
      open_.push_back(size());
      add(first == '{' ? Json::Kind::object : Json::Kind::array, {});
      if (skip() != bracket()) continue;
      close();
      return true;
    }
  }

  bool name() {
    std::string_view name;
    if (skip() != '"' || !read_text(name) || skip() != ':') return false;
    ++at_;
    name_ = name;
    return true;
  }

  bool text(Json::Kind kind) {
    std::string_view text;
    if (!read_text(text)) return false;
    add(kind, text);
    return true;
  }

  /// A number or one of the three words, which end where no letter or digit follows.
  bool word() {
    const char* from = at_;
    while (is_of_word(*at_)) ++at_;
    const std::string_view said(from, static_cast<std::size_t>(at_ - from));
    if (said == "null") {
      add(Json::Kind::null, {});
    } else if (said == "true" || said == "false") {
      add(Json::Kind::boolean, said);
    } else {
      if (!is_number(said)) return false;
      add(Json::Kind::number, said);
    }
    return true;
  }

  bool read_text(std::string_view& out) {
    const std::string_view rest(at_ + 1, static_cast<std::size_t>(end_ - at_ - 1));
    const std::size_t size = find_escape(rest, 0);
    if (size == rest.size()) return false;
    if (rest[size] == '"') {
      out = rest.substr(0, size);
      at_ += size + 2;
      return true;
    }
    return read_escaped(out);
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
    while (*at_ == ' ' || *at_ == '\n' || *at_ == '\r' || *at_ == '\t') ++at_;
    return *at_;
  }
  char bracket() const {  // that closes what is open
    return view_.cells_[open_.back()].kind == Json::Kind::object ? '}' : ']';
  }
  std::uint32_t size() const { return static_cast<std::uint32_t>(view_.cells_.size()); }
  void add(Json::Kind kind, std::string_view text) {
    view_.cells_.push_back({kind, size() + 1, std::exchange(name_, {}), text});
  }
  void close() {
    ++at_;
    view_.cells_[open_.back()].end = size();
    open_.pop_back();
  }

  JsonView& view_;
  char* at_;
  const char* end_;
  std::vector<std::uint32_t> open_;
  std::string_view name_;  // of the member whose value comes next
};

std::optional<JsonView> JsonView::read(std::string_view body) {
  constexpr std::size_t bytes_a_value = 16;  // about, in what we write
  JsonView view;
  view.buffer_ = std::make_shared<std::vector<char>>();
  view.buffer_->reserve(body.size() + 1);
  view.buffer_->assign(body.begin(), body.end());
  view.buffer_->push_back('\0');
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
