#include "gateway/fhir/search/words.hpp"

#include "gateway/fhir/search/plan.hpp"
#include "gateway/fhir/search/query.hpp"

namespace gateway::fhir::search {
namespace {

using Node = JsonView::Node;

/// Calls `look(element)` for each that the parameter is about, until it says true.
template <class Look>
bool any_element(const JsonView& body, const Parameter& parameter, const Look& look) {
  IndexStep root;
  add_paths(root, parameter);
  bool found = false;
  walk(body.root(), root, [&](const auto&, Node element) { found = found || look(element); });
  return found;
}

bool is_in_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || static_cast<unsigned char>(c) >= 0x80;
}

/// Words may stand beside one another in what is looked for.
bool begins_a_word(std::string_view text, std::string_view beginning) {
  const auto plain = folded(text);
  for (auto at = plain.find(beginning); at != plain.npos; at = plain.find(beginning, at + 1))
    if (at == 0 || !is_in_word(plain[at - 1])) return true;
  return false;
}

}  // namespace

bool says(const JsonView& body, const Parameter& parameter, std::string_view folded) {
  const auto in = [folded](Node text) {
    return text.is_string() && begins_a_word(text.text(), folded);
  };
  return any_element(body, parameter, [&](Node element) {
    bool found = in(element["text"]) || in(element["display"]) || in(element["type"]["text"]);
    for (const Node coding : element["coding"].items()) found = found || in(coding["display"]);
    return found;
  });
}

bool has_code_like(const JsonView& body, const Parameter& parameter, std::string_view folded) {
  const auto in = [folded](Node code) {
    return code.is_string() && search::folded(code.text()).starts_with(folded);
  };
  return any_element(body, parameter, [&](Node element) {
    if (!element.is_object()) return in(element);
    bool found = in(element["code"]) || in(element["value"]);
    for (const Node coding : element["coding"].items()) found = found || in(coding["code"]);
    return found;
  });
}

}  // namespace gateway::fhir::search
