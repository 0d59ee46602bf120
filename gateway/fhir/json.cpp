#include "gateway/fhir/json.hpp"

#include <algorithm>

#include "gateway/fhir/escape.hpp"

namespace gateway::fhir {
namespace {

const Json nothing;

/// `indent` < 0: compact. Recursion is bounded by the depth a value was read or made with.
void append(std::string& out, const Json& value, int indent);

void break_line(std::string& out, int indent) {
  if (indent < 0) return;
  out += '\n';
  out.append(2 * static_cast<std::size_t>(indent), ' ');
}

template <class Items, class Append>
void append_all(std::string& out, const Items& items, int indent, char open, char close,
                Append append_one) {
  out += open;
  const int inner = indent < 0 ? indent : indent + 1;
  bool first = true;
  for (const auto& item : items) {
    if (!first) out += ',';
    first = false;
    break_line(out, inner);
    append_one(item, inner);
  }
  if (!first) break_line(out, indent);
  out += close;
}

void append(std::string& out, const Json& value, int indent) {
  switch (value.kind()) {
    case Json::Kind::null:
      out += "null";
      return;
    case Json::Kind::boolean:
    case Json::Kind::number:
      out += value.text();
      return;
    case Json::Kind::string:
      append_escaped(out, value.text());
      return;
    case Json::Kind::array:
      append_all(out, value.items(), indent, '[', ']',
                 [&](const Json& item, int inner) { append(out, item, inner); });
      return;
    case Json::Kind::object:
      append_all(out, value.members(), indent, '{', '}',
                 [&](const Json::Member& member, int inner) {
                   append_escaped(out, member.first);
                   out += inner < 0 ? ":" : ": ";
                   append(out, member.second, inner);
                 });
      return;
  }
}

}  // namespace

Json Json::boolean(bool value) {
  Json json;
  json.kind_ = Kind::boolean;
  json.text_ = value ? "true" : "false";
  return json;
}

Json Json::number(std::string digits) {
  Json json;
  json.kind_ = Kind::number;
  json.text_ = std::move(digits);
  return json;
}

Json Json::string(std::string text) {
  Json json;
  json.kind_ = Kind::string;
  json.text_ = std::move(text);
  return json;
}

Json Json::array(std::vector<Json> items) {
  Json json;
  json.kind_ = Kind::array;
  json.items_ = std::move(items);
  return json;
}

Json Json::object(std::vector<Member> members) {
  Json json;
  json.kind_ = Kind::object;
  json.members_ = std::move(members);
  return json;
}

const Json& Json::operator[](std::string_view name) const {
  const Json* found = find(name);
  return found != nullptr ? *found : nothing;
}

const Json* Json::find(std::string_view name) const {
  const auto at = std::ranges::find(members_, name, &Member::first);
  return at != members_.end() ? &at->second : nullptr;
}

Json* Json::find(std::string_view name) {
  const auto at = std::ranges::find(members_, name, &Member::first);
  return at != members_.end() ? &at->second : nullptr;
}

Json& Json::set(std::string_view name, Json value) {
  if (kind_ == Kind::null) kind_ = Kind::object;
  if (Json* found = find(name)) return *found = std::move(value);
  return members_.emplace_back(std::string(name), std::move(value)).second;
}

void Json::erase(std::string_view name) {
  std::erase_if(members_, [&](const Member& member) { return member.first == name; });
}

std::string Json::write() const {
  std::string out;
  append(out, *this, -1);
  return out;
}

std::string Json::pretty() const {
  std::string out;
  append(out, *this, 0);
  return out;
}

std::string indented(std::string_view json) {
  std::string out;
  out.reserve(json.size() + json.size() / 2);
  int depth = 0;
  for (std::size_t i = 0; i < json.size(); ++i) {
    const char c = json[i];
    if (c == ' ' || c == '\n' || c == '\r' || c == '\t') continue;
    if (c == '"') {
      const std::size_t begin = i;
      for (++i; i < json.size() && json[i] != '"'; ++i)
        if (json[i] == '\\') ++i;
      out += json.substr(begin, i + 1 - begin);
    } else if (c == '{' || c == '[') {
      out += c;
      const auto next = json.find_first_not_of(" \n\r\t", i + 1);
      if (next != json.npos && (json[next] == '}' || json[next] == ']')) {
        out += json[next];
        i = next;
      } else {
        break_line(out, ++depth);
      }
    } else if (c == '}' || c == ']') {
      break_line(out, depth = std::max(depth - 1, 0));
      out += c;
    } else {
      out += c;
      if (c == ',') break_line(out, depth);
      if (c == ':') out += ' ';
    }
  }
  return out;
}

bool operator==(const Json& a, const Json& b) {
  return a.kind_ == b.kind_ && a.text_ == b.text_ && a.items_ == b.items_ &&
         a.members_ == b.members_;
}

}  // namespace gateway::fhir
