#include "gateway/security/scope.hpp"

#include <algorithm>
#include <cctype>

namespace gateway::security {

namespace {

bool is_type(std::string_view type) {
  if (type == "*") return true;
  if (type.empty() || type.size() > 64 || type[0] < 'A' || type[0] > 'Z') return false;
  return std::all_of(type.begin(), type.end(),
                     [](unsigned char c) { return std::isalpha(c) != 0; });
}

/// "cruds", a part of it in that order, or a word of SMART v1. False if it is neither.
bool read_permissions(std::string_view text, Scope& scope) {
  if (text == "read") text = "rs";
  if (text == "write") text = "cud";
  if (text == "*") text = "cruds";
  std::string_view order = "cruds";
  bool* const flags[] = {&scope.create, &scope.read, &scope.update, &scope.remove, &scope.search};
  std::size_t from = 0;
  for (const char letter : text) {
    const auto at = order.find(letter, from);
    if (at == std::string_view::npos) return false;
    *flags[at] = true;
    from = at + 1;
  }
  return !text.empty();
}

bool is_restriction(std::string_view text) {
  return !text.empty() && text.front() != '&' && text.find('=') != std::string_view::npos &&
         text.find('=') != 0 && std::all_of(text.begin(), text.end(), [](unsigned char c) {
           return c > 0x20 && c != 0x7f;
         });
}

std::optional<Scope> parse_scope(std::string_view text) {
  constexpr std::string_view prefix = "system/";
  if (!text.starts_with(prefix)) return std::nullopt;
  text.remove_prefix(prefix.size());
  Scope scope;
  if (const auto question = text.find('?'); question != std::string_view::npos) {
    scope.restriction = text.substr(question + 1);
    if (!is_restriction(scope.restriction)) return std::nullopt;
    text = text.substr(0, question);
  }
  const auto dot = text.find('.');
  if (dot == std::string_view::npos) return std::nullopt;
  scope.type = text.substr(0, dot);
  if (!is_type(scope.type)) return std::nullopt;
  if (!read_permissions(text.substr(dot + 1), scope)) return std::nullopt;
  return scope;
}

bool permits(const Scope& scope, Interaction interaction) {
  switch (interaction) {
    case Interaction::create:
      return scope.create;
    case Interaction::read:
      return scope.read;
    case Interaction::update:
      return scope.update;
    case Interaction::remove:
      return scope.remove;
    case Interaction::search:
      return scope.search;
  }
  return false;
}

/// Is `_tag=raw-message` one of the query's parameters?
bool names_raw_messages(std::string_view restriction) {
  const std::string framed = "&" + std::string(restriction) + "&";
  return framed.find("&_tag=raw-message&") != std::string::npos;
}

/// Must the type, or that part of it, be granted by its own name?
bool is_by_name_alone(const Scope& scope) {
  return scope.type == "AuditEvent" ||
         (scope.type == "Binary" && names_raw_messages(scope.restriction));
}

std::optional<Scope> common_of(const Scope& one, const Scope& other) {
  const bool same = one.type == other.type;
  const Scope& narrower = one.type == "*" ? other : one;
  const Scope& wider = one.type == "*" ? one : other;
  if (!same && (wider.type != "*" || is_by_name_alone(narrower))) return std::nullopt;
  Scope both{.type = narrower.type,
             .create = one.create && other.create,
             .read = one.read && other.read,
             .update = one.update && other.update,
             .remove = one.remove && other.remove,
             .search = one.search && other.search,
             .restriction = one.restriction};
  if (both.restriction.empty())
    both.restriction = other.restriction;
  else if (!other.restriction.empty() && other.restriction != one.restriction)
    both.restriction += '&' + other.restriction;
  if (!both.create && !both.read && !both.update && !both.remove && !both.search)
    return std::nullopt;
  return both;
}

bool is_reading(Interaction interaction) {
  return interaction == Interaction::read || interaction == Interaction::search;
}

}  // namespace

base::Result<std::vector<Scope>> parse_scopes(std::string_view text) {
  std::vector<Scope> scopes;
  std::size_t at = 0;
  while (at < text.size()) {
    const auto end = std::min(text.find(' ', at), text.size());
    const auto word = text.substr(at, end - at);
    at = end + 1;
    if (word.empty()) continue;
    auto scope = parse_scope(word);
    if (!scope) {
      return base::Error{
          base::ErrorKind::malformed, "scope `" + std::string(word) + "` is not understood", "",
          "write system/TYPE.cruds with the letters that apply, in this order, as in "
          "system/Observation.rs"};
    }
    scopes.push_back(*std::move(scope));
  }
  return scopes;
}

std::string to_text(const std::vector<Scope>& scopes) {
  std::string text;
  for (const Scope& scope : scopes) {
    text += (text.empty() ? "system/" : " system/") + scope.type + '.';
    if (scope.create) text += 'c';
    if (scope.read) text += 'r';
    if (scope.update) text += 'u';
    if (scope.remove) text += 'd';
    if (scope.search) text += 's';
    if (!scope.restriction.empty()) text += '?' + scope.restriction;
  }
  return text;
}

std::vector<Scope> common(const std::vector<Scope>& asked, const std::vector<Scope>& held) {
  std::vector<Scope> out;
  for (const Scope& one : asked)
    for (const Scope& other : held)
      if (auto both = common_of(one, other); both && std::ranges::find(out, *both) == out.end())
        out.push_back(*std::move(both));
  return out;
}

std::optional<std::vector<std::string>> allowed(const Principal& principal, Interaction interaction,
                                                std::string_view type) {
  if (!principal.authenticated) return std::nullopt;
  if (type == "AuditEvent" && !is_reading(interaction)) return std::nullopt;  // by nobody
  if (type == "AuditEvent" && principal.role == "auditor") return std::vector<std::string>{};
  std::vector<std::string> restrictions;
  bool any = false;
  for (const Scope& scope : principal.scopes) {
    const bool by_name = scope.type == type;
    const bool by_wildcard = scope.type == "*" && type != "AuditEvent";
    if ((!by_name && !by_wildcard) || !permits(scope, interaction)) continue;
    any = true;
    std::string restriction = scope.restriction;
    if (type == "Binary" && is_reading(interaction) &&
        !(by_name && names_raw_messages(restriction))) {
      if (!restriction.empty()) restriction += '&';
      restriction += all_but_raw_messages;
    }
    if (restriction.empty()) return std::vector<std::string>{};  // wholly: nothing can add to it
    if (std::find(restrictions.begin(), restrictions.end(), restriction) == restrictions.end()) {
      restrictions.push_back(std::move(restriction));
    }
  }
  if (!any) return std::nullopt;
  return restrictions;
}

bool may_read_raw_messages(const Principal& principal) {
  return principal.authenticated && std::ranges::any_of(principal.scopes, [](const Scope& scope) {
           return scope.type == "Binary" && scope.read && names_raw_messages(scope.restriction);
         });
}

}  // namespace gateway::security
