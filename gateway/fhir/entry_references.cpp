#include "gateway/fhir/entry_references.hpp"

#include <algorithm>
#include <array>

namespace gateway::fhir {
namespace {

/// Elements whose text is a URI and may so name an entry; others, such as the value of an
/// identifier, only look like one.
bool holds_uri(std::string_view name) {
  static constexpr auto names =
      std::to_array<std::string_view>({"reference", "url", "uri", "valueUri", "valueUrl",
                                       "valueOid", "valueUuid", "valueCanonical"});
  return std::ranges::find(names, name) != names.end();
}

bool is_conditional(std::string_view name, std::string_view text) {
  const auto question = text.find('?');
  return name == "reference" && question != text.npos && question > 0 &&
         text.find_first_of("/:#") > question;
}

/// `href="urn:uuid:…"` of a narrative: each as often as it stands there.
std::string with_links(std::string div, const EntryReferences& entries) {
  for (const auto& [from, to] : entries) {
    const std::string quoted = '"' + from + '"';
    for (auto at = div.find(quoted); at != div.npos; at = div.find(quoted, at + to.size()))
      div.replace(at + 1, from.size(), to);
  }
  return div;
}

class Resolving {
 public:
  Resolving(const EntryReferences& entries, const FindReferred& find)
      : entries_(entries), find_(find) {}

  /// Recursion is bounded by the depth the reader allowed.
  base::Result<void> look(Json& value, const std::string& path) {
    if (value.is_array()) {
      std::size_t number = 0;
      for (Json& item : value.items()) {
        if (!item.is_object()) continue;
        auto done = look(item, path + '[' + std::to_string(number++) + ']');
        if (!done) return done;
      }
      return {};
    }
    for (auto& [name, member] : value.members()) {
      if (member.is_string()) {
        if (auto done = text(name, member, path); !done) return done;
      } else if (member.is_object() || member.is_array()) {
        if (auto done = look(member, path + '.' + name); !done) return done;
      }
    }
    return {};
  }

 private:
  base::Result<void> text(const std::string& name, Json& value, const std::string& path) {
    if (name == "div") {
      if (!entries_.empty()) value = Json::string(with_links(value.text(), entries_));
      return {};
    }
    if (!holds_uri(name)) return {};
    if (const auto at = entries_.find(value.text()); at != entries_.end()) {
      value = Json::string(at->second);
      return {};
    }
    if (!is_conditional(name, value.text())) return {};
    auto found = find_(value.text());
    if (!found) {
      auto error = found.error();
      error.where = path + '.' + name;
      return error;
    }
    value = Json::string(*std::move(found));
    return {};
  }

  const EntryReferences& entries_;
  const FindReferred& find_;
};

}  // namespace

base::Result<void> resolve_references(Json& resource, const EntryReferences& entries,
                                      const FindReferred& find, const std::string& path) {
  return Resolving(entries, find).look(resource, path);
}

}  // namespace gateway::fhir
