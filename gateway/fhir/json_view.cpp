#include "gateway/fhir/json_view.hpp"

#include <utility>

#include <rapidjson/reader.h>

namespace gateway::fhir {

/// Lists the values of RapidJSON's events. Texts lie in the buffer that is parsed in place.
class JsonViewReader {
 public:
  explicit JsonViewReader(JsonView& view) : view_(view) {}

  bool Null() { return add(Json::Kind::null, {}); }
  bool Bool(bool truth) { return add(Json::Kind::boolean, truth ? "true" : "false"); }
  bool RawNumber(const char* digits, rapidjson::SizeType size, bool) {
    return add(Json::Kind::number, {digits, size});
  }
  bool String(const char* text, rapidjson::SizeType size, bool) {
    return add(Json::Kind::string, {text, size});
  }
  bool Key(const char* text, rapidjson::SizeType size, bool) {
    name_ = {text, size};
    return true;
  }
  bool StartObject() { return open(Json::Kind::object); }
  bool StartArray() { return open(Json::Kind::array); }
  bool EndObject(rapidjson::SizeType) { return close(); }
  bool EndArray(rapidjson::SizeType) { return close(); }
  // Never called: numbers come as text.
  bool Int(int) { return false; }
  bool Uint(unsigned) { return false; }
  bool Int64(std::int64_t) { return false; }
  bool Uint64(std::uint64_t) { return false; }
  bool Double(double) { return false; }

 private:
  std::uint32_t size() const { return static_cast<std::uint32_t>(view_.cells_.size()); }

  bool add(Json::Kind kind, std::string_view text) {
    view_.cells_.push_back({kind, size() + 1, std::exchange(name_, {}), text});
    return true;
  }
  bool open(Json::Kind kind) {
    open_.push_back(size());
    return add(kind, {});
  }
  bool close() {
    view_.cells_[open_.back()].end = size();
    open_.pop_back();
    return true;
  }

  JsonView& view_;
  std::vector<std::uint32_t> open_;
  std::string_view name_;  // of the member whose value comes next
};

std::optional<JsonView> JsonView::read(std::string_view body) {
  constexpr unsigned in_place = rapidjson::kParseInsituFlag | rapidjson::kParseIterativeFlag |
                                rapidjson::kParseNumbersAsStringsFlag;
  constexpr std::size_t bytes_a_value = 24;  // about, in what we write
  JsonView view;
  view.buffer_.reserve(body.size() + 1);
  view.buffer_.assign(body.begin(), body.end());
  view.buffer_.push_back('\0');
  view.cells_.reserve(body.size() / bytes_a_value + 1);
  rapidjson::InsituStringStream stream(view.buffer_.data());
  JsonViewReader reader(view);
  if (rapidjson::Reader().Parse<in_place>(stream, reader).IsError()) return std::nullopt;
  return view;
}

JsonView::Node JsonView::root() const {
  return {*this, 0};
}

JsonView::Node JsonView::Node::operator[](std::string_view name) const {
  if (!is_object()) return {};
  for (std::uint32_t at = at_ + 1; at < cell().end; at = view_->cells_[at].end)
    if (view_->cells_[at].name == name) return {*view_, at};
  return {};
}

JsonView::Items JsonView::Node::items() const {
  if (!is_array()) return {view_, 0, 0};
  return {view_, at_ + 1, cell().end};
}

}  // namespace gateway::fhir
