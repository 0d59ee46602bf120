#include "gateway/app/schema.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

#include "gateway/app/loopback.hpp"
#include "gateway/app/nearest.hpp"

namespace gateway::app {
namespace {

using fhir::Json;

class Check {
 public:
  explicit Check(const Json& schema) : root_(schema) {}

  void value(Json& value, const Json& schema, const std::string& where);
  std::vector<ConfigProblem> problems;

 private:
  void object(Json& value, const Json& schema, const std::string& where);
  void text(const Json& value, const Json& schema, const std::string& where);
  void number(const Json& value, const Json& schema, const std::string& where);
  void complain(const Json& at, const std::string& where, std::string what, std::string remedy) {
    problems.push_back({where, at.line(), std::move(what), std::move(remedy)});
  }
  const Json& resolved(const Json& schema) const {
    const auto& reference = schema["$ref"].text();
    return reference.empty() ? schema : root_["$defs"][reference.substr(reference.rfind('/') + 1)];
  }
  /// What stands beside a reference says more than what it refers to.
  const std::string& description(const Json& schema) const {
    const auto& own = schema["description"].text();
    return own.empty() ? resolved(schema)["description"].text() : own;
  }
  const Json& root_;
};

std::string_view kind_word(const Json& value) {
  switch (value.kind()) {
    case Json::Kind::null:
      return "null";
    case Json::Kind::boolean:
      return "boolean";
    case Json::Kind::number:
      return value.text().find_first_of(".eE") == std::string::npos ? "integer" : "number";
    case Json::Kind::string:
      return "string";
    case Json::Kind::array:
      return "array";
    case Json::Kind::object:
      return "object";
  }
  return "null";
}

std::string listed(const std::vector<Json>& words) {
  std::string out;
  for (const Json& word : words) out += (out.empty() ? "" : ", ") + word.text();
  return out;
}

std::optional<long long> integer(const std::string& text) {
  long long value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_';
  });
}

/// As a browser writes it: nothing behind host and port. Plain only of this host, and never `*`.
bool is_origin(std::string_view text) {
  const bool is_plain = text.starts_with("http://") && is_loopback(host_of(std::string(text)));
  const auto host = text.substr(std::min(text.find("//") + 2, text.size()));
  return (is_plain || text.starts_with("https://")) && !host.empty() &&
         std::none_of(host.begin(), host.end(), [](char c) {
           return c == '/' || c == '*' || c == '?' || c == '#' || c == '@' ||
                  (c >= 'A' && c <= 'Z') || static_cast<unsigned char>(c) <= ' ';
         });
}

bool is_address(const std::string& text) {
  const auto colon = text.rfind(':');
  if (colon == std::string::npos || colon == 0) return false;
  const auto port = integer(text.substr(colon + 1));
  return port && *port >= 0 && *port <= 65535;
}

void Check::value(Json& value, const Json& reference, const std::string& where) {
  const Json& schema = resolved(reference);
  const std::string& type = schema["type"].text();
  if (kind_word(value) != type) {
    complain(value, where, "is " + std::string(kind_word(value)) + ", not " + type,
             description(reference));
    return;
  }
  if (type == "object") {
    object(value, schema, where);
  } else if (type == "array") {
    for (std::size_t i = 0; i < value.items().size(); ++i)
      this->value(value.items()[i], schema["items"], where + "[" + std::to_string(i) + "]");
  } else if (type == "integer") {
    number(value, schema, where);
  } else if (type == "string") {
    text(value, schema, where);
  }
}

void Check::object(Json& value, const Json& schema, const std::string& where) {
  const auto& known = schema["properties"].members();
  const auto path = [&](const std::string& name) {
    return where.empty() ? name : where + "." + name;
  };
  for (auto& [name, member] : value.members()) {
    const Json* rule = schema["properties"].find(name);
    if (rule != nullptr) {
      this->value(member, *rule, path(name));
      continue;
    }
    if (const Json* why = schema["x-not-built-yet"].find(name)) {
      complain(member, path(name), "is not built yet: " + why->text(), "take it out");
      continue;
    }
    std::vector<std::string> names;
    for (const auto& [known_name, unused] : known) names.push_back(known_name);
    const auto near = nearest(name, names);
    complain(member, path(name), "is not a key of the configuration",
             near.empty() ? "take it out" : "did you mean " + near + "?");
  }
  for (const Json& required : schema["required"].items())
    if (!value.has(required.text()))
      complain(value, path(required.text()), "is missing",
               "add it: " + description(schema["properties"][required.text()]));
  for (const auto& [name, rule] : known) {
    if (value.has(name)) continue;
    const Json& whole = resolved(rule);
    if (const Json* standard = whole.find("default"))
      value.set(name, *standard);
    else if (whole["type"].text() == "object" && whole["required"].items().empty()) {
      Json made = Json::object();  // so that the defaults inside it are found
      object(made, whole, path(name));
      value.set(name, std::move(made));
    }
  }
}

void Check::text(const Json& value, const Json& schema, const std::string& where) {
  const std::string& word = value.text();
  const std::string& format = schema["format"].text();
  const auto& choices = schema["enum"].items();
  if (!choices.empty() && std::none_of(choices.begin(), choices.end(),
                                       [&](const Json& choice) { return choice.text() == word; }))
    complain(value, where, "is none of the words it may be", "one of: " + listed(choices));
  if (schema["pattern"].text() == "name" && !is_name(word))
    complain(value, where, "is no name", "use letters, digits, '-', '.', '_', at most 64");
  if (format == "url" && (word.rfind("https://", 0) != 0 || word.size() < 10 || word.back() == '/'))
    complain(value, where, "is no https URL without a slash at the end",
             "write it as https://host:port/fhir");
  if (format == "origin" && !is_origin(word))
    complain(value, where, "is no origin of a page",
             "write scheme, host and port as browsers do: https://app.clinic.example");
  if (format == "address" && !is_address(word))
    complain(value, where, "is no address", "write HOST:PORT, such as 127.0.0.1:2575");
}

void Check::number(const Json& value, const Json& schema, const std::string& where) {
  const auto number = integer(value.text());
  const auto least = integer(schema["minimum"].text());
  const auto most = integer(schema["maximum"].text());
  if (!number || (least && *number < *least) || (most && *number > *most))
    complain(value, where, "is out of range",
             "use a whole number" + (least ? " from " + std::to_string(*least) : std::string()) +
                 (most ? " to " + std::to_string(*most) : std::string()));
}

}  // namespace

std::vector<ConfigProblem> check_and_complete(fhir::Json& document, const fhir::Json& schema) {
  Check check(schema);
  check.value(document, schema, "");
  return check.problems;
}

}  // namespace gateway::app
