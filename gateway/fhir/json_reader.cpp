#include <algorithm>
#include <functional>
#include <memory>
#include <set>

#include <rapidjson/reader.h>

#include "gateway/fhir/json.hpp"

namespace gateway::fhir {
namespace {

/// Objects with more members than this are checked for duplicate names by a set.
constexpr std::size_t few_members = 16;

/// The input as RapidJSON reads it, counting lines. Behind the end it reads NUL, which RapidJSON
/// takes for the end: so a NUL inside must be looked for behind its back (`at_end`).
class Input {
 public:
  using Ch = char;
  explicit Input(std::string_view text)
      : begin_(text.data()), at_(begin_), end_(at_ + text.size()) {}

  Ch Peek() const { return at_ == end_ ? '\0' : *at_; }
  Ch Take() {
    if (at_ == end_) return '\0';
    if (*at_ == '\n') ++line_;
    return *at_++;
  }
  std::size_t Tell() const { return static_cast<std::size_t>(at_ - begin_); }
  // The writing half of RapidJSON's stream concept, which only in-situ parsing calls.
  Ch* PutBegin() { return nullptr; }
  void Put(Ch) {}
  void Flush() {}
  std::size_t PutEnd(Ch*) { return 0; }

  bool at_end() const { return at_ == end_; }
  std::uint32_t line() const { return line_; }

 private:
  const char* begin_;
  const char* at_;
  const char* end_;
  std::uint32_t line_ = 1;
};

std::string place(std::string_view text, std::size_t offset) {
  const std::string_view before = text.substr(0, std::min(offset, text.size()));
  const std::size_t line_at = before.rfind('\n') + 1;  // npos + 1 = 0
  const auto line = 1 + std::ranges::count(before, '\n');
  const auto column = 1 + std::ranges::count_if(before.substr(line_at), [](char c) {
                        return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
                      });
  return "line " + std::to_string(line) + ", column " + std::to_string(column);
}

std::string_view words(rapidjson::ParseErrorCode code) {
  switch (code) {
    case rapidjson::kParseErrorDocumentRootNotSingular:
      return "something stands behind the document";
    case rapidjson::kParseErrorObjectMissName:
      return "a member name is missing";
    case rapidjson::kParseErrorObjectMissColon:
      return "a colon is missing behind a member name";
    case rapidjson::kParseErrorObjectMissCommaOrCurlyBracket:
      return "a comma or closing brace is missing behind a member";
    case rapidjson::kParseErrorArrayMissCommaOrSquareBracket:
      return "a comma or closing bracket is missing behind an item";
    case rapidjson::kParseErrorStringUnicodeEscapeInvalidHex:
      return "an escape \\u needs four hexadecimal digits";
    case rapidjson::kParseErrorStringUnicodeSurrogateInvalid:
      return "a surrogate pair is incomplete";
    case rapidjson::kParseErrorStringEscapeInvalid:
      return "a string holds an unknown escape or a bare control character";
    case rapidjson::kParseErrorStringMissQuotationMark:
      return "a string is not closed";
    case rapidjson::kParseErrorStringInvalidEncoding:
      return "a string is not UTF-8";
    case rapidjson::kParseErrorNumberTooBig:
      return "a number is out of range";
    case rapidjson::kParseErrorNumberMissFraction:
      return "a number lacks digits behind its point";
    case rapidjson::kParseErrorNumberMissExponent:
      return "a number lacks digits in its exponent";
    default:
      return "this is no JSON value";
  }
}

}  // namespace

/// Builds a Json from RapidJSON's events. Numbers come as their text (`RawNumber`); the iterative
/// parser and the stack here bound what depth costs.
class JsonReader {
 public:
  JsonReader(const Input& input, const JsonLimits& limits) : input_(input), limits_(limits) {}

  bool Null() { return add(value(Json::Kind::null)); }
  bool Bool(bool truth) { return add(value(Json::Kind::boolean, truth ? "true" : "false")); }
  bool RawNumber(const char* digits, rapidjson::SizeType size, bool) {
    return add(value(Json::Kind::number, {digits, size}));
  }
  bool String(const char* text, rapidjson::SizeType size, bool) {
    return clean({text, size}) && add(value(Json::Kind::string, {text, size}));
  }
  bool Key(const char* text, rapidjson::SizeType size, bool) {
    return clean({text, size}) && open_member({text, size});
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

  Json take() { return std::move(root_); }
  /// Why the reading was stopped from here; `what` is empty if it was not.
  const base::Error& refusal() const { return refusal_; }

 private:
  struct Frame {
    Json value;
    std::string name;  // of the member being read
    std::unique_ptr<std::set<std::string, std::less<>>> names;
  };

  Json value(Json::Kind kind, std::string_view text = {}) const {
    Json json;
    json.kind_ = kind;
    json.line_ = input_.line();
    json.text_ = text;
    return json;
  }

  bool refuse(base::ErrorKind kind, std::string what) {
    refusal_ = {kind, std::move(what), "", ""};
    return false;
  }

  /// RapidJSON lets a lone low surrogate (as ED B0 …) and U+0000 through when they are escaped.
  bool clean(std::string_view text) {
    if (text.find('\0') != text.npos)
      return refuse(base::ErrorKind::malformed, "a string holds U+0000");
    for (auto at = text.find('\xED'); at != text.npos; at = text.find('\xED', at + 1))
      if (at + 1 < text.size() && static_cast<unsigned char>(text[at + 1]) >= 0xA0)
        return refuse(base::ErrorKind::malformed, "a surrogate pair is incomplete");
    return true;
  }

  bool count() {
    if (++values_ <= limits_.values) return true;
    return refuse(base::ErrorKind::too_large,
                  "more than " + std::to_string(limits_.values) + " values");
  }

  bool add(Json&& json) {
    if (!count()) return false;
    place(std::move(json));
    return true;
  }

  void place(Json&& json) {
    if (open_.empty()) {
      root_ = std::move(json);
    } else if (Frame& top = open_.back(); top.value.kind_ == Json::Kind::array) {
      top.value.items_.push_back(std::move(json));
    } else {
      top.value.members_.emplace_back(std::move(top.name), std::move(json));
    }
  }

  bool open(Json::Kind kind) {
    if (!count()) return false;
    if (open_.size() >= limits_.depth)
      return refuse(base::ErrorKind::too_large,
                    "nested deeper than " + std::to_string(limits_.depth) + " levels");
    open_.push_back({value(kind), {}, nullptr});
    return true;
  }

  bool close() {
    Json done = std::move(open_.back().value);
    open_.pop_back();
    place(std::move(done));
    return true;
  }

  bool open_member(std::string_view name) {
    Frame& top = open_.back();
    const auto& members = top.value.members_;
    bool fresh = true;
    if (members.size() <= few_members) {
      fresh = std::ranges::find(members, name, &Json::Member::first) == members.end();
    } else {
      if (!top.names) {
        top.names = std::make_unique<std::set<std::string, std::less<>>>();
        for (const auto& member : members) top.names->insert(member.first);
      }
      fresh = top.names->emplace(name).second;
    }
    if (!fresh) return refuse(base::ErrorKind::malformed, "a member name is there twice");
    top.name = name;
    return true;
  }

  const Input& input_;
  const JsonLimits& limits_;
  std::vector<Frame> open_;
  Json root_;
  std::size_t values_ = 0;
  base::Error refusal_;
};

base::Result<Json> parse_json(std::string_view text, const JsonLimits& limits) {
  constexpr unsigned strict = rapidjson::kParseIterativeFlag |
                              rapidjson::kParseValidateEncodingFlag |
                              rapidjson::kParseNumbersAsStringsFlag;
  Input input(text);
  JsonReader values(input, limits);
  rapidjson::Reader reader;
  const rapidjson::ParseResult result =
      limits.comments ? reader.Parse<strict | rapidjson::kParseCommentsFlag>(input, values)
                      : reader.Parse<strict>(input, values);
  if (result.IsError()) {
    base::Error error = values.refusal();
    const bool empty = result.Code() == rapidjson::kParseErrorDocumentEmpty && input.at_end();
    if (error.what.empty()) error.what = empty ? "the document is empty" : words(result.Code());
    error.where = place(text, result.Offset());
    return error;
  }
  if (!input.at_end())
    return base::Error{base::ErrorKind::malformed, "a NUL byte stands behind the document",
                       place(text, input.Tell()), ""};
  return values.take();
}

}  // namespace gateway::fhir
