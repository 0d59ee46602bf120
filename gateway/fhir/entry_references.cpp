#include "gateway/fhir/entry_references.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include "gateway/fhir/outcome.hpp"

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

/// "http://a/fhir" of "http://a/fhir/Patient/17"; "" where there is none.
std::string_view root_of(std::string_view url) {
  if (!url.starts_with("http")) return {};
  const auto id = url.rfind('/');
  const auto type = id == url.npos || id == 0 ? url.npos : url.rfind('/', id - 1);
  if (type == url.npos || std::isupper(static_cast<unsigned char>(url[type + 1])) == 0) return {};
  return url.substr(0, type);
}

class Resolving {
 public:
  Resolving(const EntryReferences& entries, std::string_view root, const FindReferred& find)
      : entries_(entries), root_(root), find_(find) {}

  /// Recursion is bounded by the depth the reader allowed.
  base::Result<void> look(Json& value, const std::string& path) {
    if (value.is_array()) {
      std::size_t number = 0;
      for (Json& item : value.items()) {
        const std::string place = path + '[' + std::to_string(number++) + ']';
        if (!item.is_object()) continue;
        if (auto done = look(item, place); !done) return done;
      }
      return {};
    }
    for (auto& [name, member] : value.members()) {
      if (member.is_string()) {
        if (auto done = text(name, member, path); !done) return done;
      } else if (member.is_object() || member.is_array()) {
        if (auto done = look(member, path + '.' + place_name(name)); !done) return done;
      }
    }
    return {};
  }

 private:
  const std::string* found(const std::string& text) const {
    if (const std::string* entry = entries_.find(text)) return entry;
    if (root_.empty() || !entries_.is_claimed(text)) return nullptr;
    return entries_.find(std::string(root_) + '/' + text);
  }

  base::Result<void> text(const std::string& name, Json& value, const std::string& path) {
    if (name == "div") {
      if (!entries_.is_plain()) value = Json::string(with_links(value.text()));
      return {};
    }
    if (!holds_uri(name)) return {};
    const std::string& said = value.text();
    if (const std::string* entry = found(said)) {
      value = Json::string(*entry);
      return {};
    }
    if (name != "reference") return {};
    if (entries_.is_claimed(said))
      return base::Error{base::ErrorKind::malformed,
                         "unresolved-reference this may be an entry of another server, or a "
                         "resource of this one",
                         path + '.' + name, "refer by the fullUrl of the entry that is meant"};
    if (!is_conditional_reference(said)) return {};
    auto referred = find_(said);
    if (!referred) {
      auto error = referred.error();
      error.where = path + '.' + name;
      return error;
    }
    value = Json::string(*std::move(referred));
    return {};
  }

  /// `href="urn:uuid:…"` of a narrative, each as often as it stands there, in one pass.
  std::string with_links(const std::string& div) const {
    std::string out;
    std::size_t from = 0;
    for (auto open = div.find('"'); open != div.npos; open = div.find('"', open)) {
      const auto close = div.find('"', open + 1);
      if (close == div.npos) break;
      const std::string* entry = found(div.substr(open + 1, close - open - 1));
      if (entry == nullptr) {
        open = close;  // which may begin the next: quotes stand in the text as well
        continue;
      }
      out.append(div, from, open + 1 - from).append(*entry);
      from = close;
      open = close + 1;
    }
    return from == 0 ? div : out.append(div, from);
  }

  const EntryReferences& entries_;
  const std::string_view root_;
  const FindReferred& find_;
};

}  // namespace

void EntryReferences::name(const std::string& full_url, const ResourceKey& key, bool ours) {
  const std::string reference = key.reference();
  by_url_[full_url] = reference;
  is_plain_ = is_plain_ && ours;
  const auto root = root_of(full_url);
  if (ours || root.empty()) return;
  if (const auto relative = full_url.substr(root.size() + 1); relative != reference)
    claimed_.insert(relative);
}

const std::string* EntryReferences::find(const std::string& url) const {
  const auto at = by_url_.find(url);
  return at != by_url_.end() ? &at->second : nullptr;
}

bool is_conditional_reference(std::string_view reference) {
  const auto question = reference.find('?');
  return question != reference.npos && question > 0 && reference.find_first_of("/:#") > question;
}

base::Result<void> resolve_references(Json& resource, const EntryReferences& entries,
                                      const std::string& full_url, const FindReferred& find,
                                      const std::string& path) {
  return Resolving(entries, root_of(full_url), find).look(resource, path);
}

}  // namespace gateway::fhir
