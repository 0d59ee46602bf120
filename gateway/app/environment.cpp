#include "gateway/app/environment.hpp"

#include <algorithm>
#include <cctype>
#include <optional>

namespace gateway::app {
namespace {

using fhir::Json;

constexpr std::string_view prefix = "IMMUNOGATE_";

std::string in_capitals(std::string_view name) {
  std::string out(name);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return out;
}

const Json& resolved(const Json& root, const Json& schema) {
  const auto& reference = schema["$ref"].text();
  return reference.empty() ? schema : root["$defs"][reference.substr(reference.rfind('/') + 1)];
}

Json value_of(const Json& schema, const std::string& text) {
  const std::string& type = schema["type"].text();
  if (type == "integer") return Json::number(text);
  if (type == "boolean") return Json::boolean(text == "true" || text == "1");
  if (type != "array") return Json::string(text);
  std::vector<Json> items;
  for (std::size_t from = 0; from <= text.size() && !text.empty();) {
    const auto comma = std::min(text.find(',', from), text.size());
    items.push_back(Json::string(text.substr(from, comma - from)));
    from = comma + 1;
  }
  return Json::array(std::move(items));
}

/// Sets what `rest` ("STORE_URL") names below `document`, and says its path (".store.url"); "" if
/// the schema has none. A key may hold underscores itself, so every key that fits as a beginning is
/// tried.
std::string set(Json& document, const Json& root, const Json& reference, std::string_view rest,
                const std::string& text) {
  const Json& schema = resolved(root, reference);
  if (schema["type"].text() == "array" && schema["items"]["type"].text() != "string") {
    const auto end = std::min(rest.find('_'), rest.size());
    std::size_t index = 0;
    for (const char c : rest.substr(0, end)) {
      if (c < '0' || c > '9' || index > 10'000) return {};
      index = index * 10 + static_cast<std::size_t>(c - '0');
    }
    if (end == 0 || end >= rest.size() || index >= document.items().size()) return {};
    const auto path =
        set(document.items()[index], root, schema["items"], rest.substr(end + 1), text);
    return path.empty() ? "" : "[" + std::to_string(index) + "]" + path;
  }
  for (const auto& [name, member_schema] : schema["properties"].members()) {
    const std::string capitals = in_capitals(name);
    const Json& member = resolved(root, member_schema);
    const bool whole = rest == capitals;
    const std::string& type = member["type"].text();
    if (whole && type != "object" &&
        (type != "array" || member["items"]["type"].text() == "string")) {
      document.set(name, value_of(member, text));
      return "." + name;
    }
    if (rest.size() > capitals.size() && rest.substr(0, capitals.size()) == capitals &&
        rest[capitals.size()] == '_') {
      Json* below = document.find(name);
      Json made = type == "object" ? Json::object() : Json::array();
      Json& inside = below == nullptr ? made : *below;
      const auto path = set(inside, root, member, rest.substr(capitals.size() + 1), text);
      if (path.empty()) continue;
      if (below == nullptr) document.set(name, std::move(made));
      return "." + name + path;
    }
  }
  return {};
}

}  // namespace

Overrides override_by_environment(Json& document, const Json& schema,
                                  const std::vector<std::string>& environment) {
  Overrides overrides;
  for (const std::string& variable : environment) {
    if (variable.rfind(prefix, 0) != 0) continue;
    const auto equals = std::min(variable.find('='), variable.size());
    const std::string name = variable.substr(0, equals);
    const std::string text = equals < variable.size() ? variable.substr(equals + 1) : "";
    const auto path =
        set(document, schema, schema, std::string_view(name).substr(prefix.size()), text);
    if (!path.empty())
      overrides.variables[path.substr(1)] = name;
    else
      overrides.problems.push_back(
          {name, 0, "is no key of the configuration",
           "write the path in capital letters with underscores, such as "
           "IMMUNOGATE_STORE_URL; list elements by number, of those in the file"});
  }
  return overrides;
}

}  // namespace gateway::app
