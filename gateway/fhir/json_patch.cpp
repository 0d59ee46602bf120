#include "gateway/fhir/json_patch.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>
#include <vector>

namespace gateway::fhir {
namespace {

using Pointer = std::vector<std::string>;

/// RFC 6901 §3; nullopt: no pointer.
std::optional<Pointer> read_pointer(const Json& value) {
  const std::string& text = value.text();
  if (!value.is_string() || (!text.empty() && text.front() != '/')) return std::nullopt;
  Pointer pointer;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '/') {
      pointer.emplace_back();
    } else if (text[i] != '~') {
      pointer.back() += text[i];
    } else {
      const char escaped = i + 1 < text.size() ? text[++i] : ' ';
      if (escaped != '0' && escaped != '1') return std::nullopt;
      pointer.back() += escaped == '0' ? '~' : '/';
    }
  }
  return pointer;
}

/// An array's index as RFC 6901 §4 writes it: digits, no zero before others.
std::optional<std::size_t> index_of(const std::string& token) {
  std::size_t index = 0;
  const auto [end, error] = std::from_chars(token.data(), token.data() + token.size(), index);
  const bool is_plain = !token.empty() && (token.size() == 1 || token.front() != '0');
  if (error != std::errc() || end != token.data() + token.size() || !is_plain) return std::nullopt;
  return index;
}

Json* step(Json& value, const std::string& token) {
  if (value.is_object()) return value.find(token);
  if (!value.is_array()) return nullptr;
  const auto index = index_of(token);
  return index && *index < value.items().size() ? &value.items()[*index] : nullptr;
}

Json* find(Json& document, const Pointer& pointer) {
  Json* at = &document;
  for (const std::string& token : pointer)
    if ((at = step(*at, token)) == nullptr) return nullptr;
  return at;
}

/// What holds the place that the pointer names; nullptr: nothing does.
Json* holder_of(Json& document, const Pointer& pointer) {
  return find(document, {pointer.begin(), pointer.end() - 1});
}

bool add(Json& document, const Pointer& pointer, Json value) {
  if (pointer.empty()) {
    document = std::move(value);
    return true;
  }
  Json* const holder = holder_of(document, pointer);
  if (holder == nullptr) return false;
  if (holder->is_object()) {
    holder->set(pointer.back(), std::move(value));
    return true;
  }
  if (!holder->is_array()) return false;
  auto& items = holder->items();
  const auto index = pointer.back() == "-" ? std::optional(items.size()) : index_of(pointer.back());
  if (!index || *index > items.size()) return false;
  items.insert(items.begin() + static_cast<std::ptrdiff_t>(*index), std::move(value));
  return true;
}

bool remove(Json& document, const Pointer& pointer) {
  if (pointer.empty() || find(document, pointer) == nullptr) return false;
  Json& holder = *holder_of(document, pointer);
  if (holder.is_object())
    holder.erase(pointer.back());
  else
    holder.items().erase(holder.items().begin() +
                         static_cast<std::ptrdiff_t>(*index_of(pointer.back())));
  return true;
}

/// Does `inner` name something within what `outer` names?
bool is_within(const Pointer& inner, const Pointer& outer) {
  return inner.size() > outer.size() && std::equal(outer.begin(), outer.end(), inner.begin());
}

/// RFC 6902 §4.6: members in whatever order, numbers by their value – which for us are their
/// digits.
bool is_same(const Json& a, const Json& b) {
  if (!a.is_object() || !b.is_object()) {
    if (!a.is_array() || !b.is_array()) return a == b;
    return std::ranges::equal(a.items(), b.items(), is_same);
  }
  return a.members().size() == b.members().size() &&
         std::ranges::all_of(a.members(), [&b](const Json::Member& member) {
           const Json* other = b.find(member.first);
           return other != nullptr && is_same(member.second, *other);
         });
}

/// How many values stand within one another. Of what was read or checked, so the depth is bounded.
std::size_t depth_of(const Json& value) {
  std::size_t deepest = 0;
  for (const Json& item : value.items()) deepest = std::max(deepest, depth_of(item));
  for (const auto& [name, member] : value.members()) deepest = std::max(deepest, depth_of(member));
  return value.is_array() || value.is_object() ? deepest + 1 : 0;
}

struct Operation {
  const Json& said;
  Pointer path, from;
};

/// Carries one out; what is wrong with it, or "".
std::string carry_out(Json& document, const Operation& operation) {
  const std::string& op = operation.said["op"].text();
  const Json* const value = operation.said.find("value");
  constexpr const char* nothing_there = "nothing stands at this path";
  if (op == "remove") return remove(document, operation.path) ? "" : nothing_there;
  if (op == "move" || op == "copy") {
    Json* const from = find(document, operation.from);
    if (from == nullptr) return "nothing stands where it takes from";
    if (op == "copy") {
      Json taken = *from;
      return add(document, operation.path, std::move(taken)) ? "" : nothing_there;
    }
    if (is_within(operation.path, operation.from)) return "nothing moves into itself";
    if (operation.path == operation.from) return "";
    if (operation.from.empty()) return "the whole document does not move";
    Json taken = std::move(*from);
    remove(document, operation.from);
    return add(document, operation.path, std::move(taken)) ? "" : nothing_there;
  }
  if (value == nullptr) return "there is no value";
  if (op == "add") return add(document, operation.path, *value) ? "" : nothing_there;
  Json* const at = find(document, operation.path);
  if (at == nullptr) return nothing_there;
  if (op == "test") return is_same(*at, *value) ? "" : "the test fails: something else stands here";
  *at = *value;
  return "";
}

bool is_operation(const std::string& op) {
  static const std::vector<std::string> known = {"add",  "remove", "replace",
                                                 "move", "copy",   "test"};
  return std::ranges::find(known, op) != known.end();
}

}  // namespace

base::Result<Json> patched(Json document, const Json& patch, const PatchLimits& limits) {
  const auto wrong = [](std::string what, std::string where) {
    return base::Error{base::ErrorKind::malformed, "invalid-resource " + std::move(what),
                       std::move(where), "send a JSON Patch (RFC 6902) of what stands now"};
  };
  if (!patch.is_array()) return wrong("a JSON Patch is an array of operations", "");
  if (patch.items().size() > limits.most)
    return base::Error{base::ErrorKind::too_large,
                       "body-too-large more than " + std::to_string(limits.most) + " operations",
                       "", "send it in parts"};
  std::size_t copied = 0;
  for (std::size_t i = 0; i < patch.items().size(); ++i) {
    const Json& said = patch.items()[i];
    const std::string at = '[' + std::to_string(i) + ']';
    const std::string& op = said["op"].text();
    if (!is_operation(op)) return wrong("this is no operation", at + ".op");
    auto path = read_pointer(said["path"]);
    if (!path) return wrong("this is no path", at + ".path");
    auto from = read_pointer(said["from"]);
    if (!from && (op == "move" || op == "copy")) return wrong("this is no path", at + ".from");
    // Only copying makes a document larger than what was sent.
    const Json* const source = op == "copy" ? find(document, *from) : nullptr;
    if (source != nullptr) copied += source->write().size();
    if (copied > limits.most_bytes)
      return base::Error{base::ErrorKind::too_large, "body-too-large it copies without end",
                         at + ".from", "send the resource itself"};
    // What is put somewhere lies as deep as its place: whoever walks the document counts on the
    // depth that a reader allows.
    const Json* const put = op == "move"                     ? find(document, *from)
                            : op == "add" || op == "replace" ? said.find("value")
                                                             : source;
    if (put != nullptr && path->size() + depth_of(*put) > limits.depth)
      return base::Error{base::ErrorKind::too_large, "json-too-deep it nests too deeply",
                         at + ".path", "send what is nested less"};
    const auto what =
        carry_out(document, {said, *std::move(path), from ? *std::move(from) : Pointer()});
    if (!what.empty()) return wrong(what, at + ".path");
  }
  return document;
}

}  // namespace gateway::fhir
