#include <algorithm>
#include <charconv>
#include <memory>
#include <optional>
#include <unordered_map>
#include <utility>

#include "gateway/fhir/canonical.hpp"
#include "gateway/fhir/terminology.hpp"
#include "gateway/fhir/validation.hpp"

namespace gateway::fhir {
namespace {

/// An element of a differential with those below it: "component:etRatio" below "Observation".
struct Node {
  std::string name;  // without its slice
  const Json* said = nullptr;
  bool is_slice = false;
  std::vector<std::unique_ptr<Node>> parts;
};

/// A value, where it stands, and of a choice which type it is ("Quantity").
struct Place {
  const Json* value = nullptr;
  std::string path, type;
};

Node tree_of(const Json& definition) {
  Node root;
  for (const Json& element : definition["differential"]["element"].items()) {
    std::string_view id = element["id"].text();
    Node* at = &root;
    id.remove_prefix(std::min(id.find('.'), id.size() - 1) + 1);
    if (element["id"].text().find('.') == std::string::npos) {
      root.said = &element;
      continue;
    }
    while (!id.empty()) {
      const auto end = std::min(id.find('.'), id.size());
      const auto segment = id.substr(0, end);
      id.remove_prefix(std::min(end + 1, id.size()));
      const auto colon = segment.find(':');
      const auto found = std::ranges::find_if(at->parts, [&](const auto& part) {
        return (part->said != nullptr || part->is_slice || colon == segment.npos) &&
               std::string_view(part->name) == segment.substr(0, colon) &&
               part->is_slice == (colon != segment.npos) &&
               (!part->is_slice || (part->said != nullptr && (*part->said)["sliceName"].text() ==
                                                                 segment.substr(colon + 1)));
      });
      if (found != at->parts.end()) {
        at = found->get();
        continue;
      }
      at->parts.push_back(std::make_unique<Node>());
      at = at->parts.back().get();
      at->name = segment.substr(0, colon);
      at->is_slice = colon != segment.npos;
      if (id.empty()) at->said = &element;
    }
    if (at->said == nullptr) at->said = &element;
  }
  return root;
}

/// Does the value have all that the pattern has?
bool contains(const Json& value, const Json& pattern) {
  if (pattern.is_object())
    return std::ranges::all_of(pattern.members(), [&value](const auto& member) {
      return contains(value[member.first], member.second);
    });
  if (pattern.is_array())
    return std::ranges::all_of(pattern.items(), [&value](const Json& item) {
      return std::ranges::any_of(value.items(),
                                 [&item](const Json& one) { return contains(one, item); });
    });
  return value == pattern;
}

/// `fixedUri`, `patternCodeableConcept` and their like; nullptr: none.
const Json* constant(const Json& said, bool& is_pattern) {
  for (const auto& [name, value] : said.members()) {
    is_pattern = name.starts_with("pattern");
    if (is_pattern || name.starts_with("fixed")) return &value;
  }
  return nullptr;
}

bool meets_constant(const Json& said, const Json& value) {
  bool is_pattern = false;
  const Json* wanted = constant(said, is_pattern);
  return wanted == nullptr || (is_pattern ? contains(value, *wanted) : value == *wanted);
}

std::vector<Place> places_below(const Place& parent, const std::string& name) {
  std::vector<Place> found;
  const bool is_choice = name.ends_with("[x]");
  const std::string stem = is_choice ? name.substr(0, name.size() - 3) : name;
  for (const auto& [member, value] : parent.value->members()) {
    const bool fits = is_choice ? member.size() > stem.size() && member.starts_with(stem) &&
                                      member[stem.size()] >= 'A' && member[stem.size()] <= 'Z'
                                : member == stem;
    if (!fits) continue;
    const std::string path = parent.path + '.' + place_name(member);
    const std::string type = is_choice ? member.substr(stem.size()) : "";
    if (!value.is_array()) {
      found.push_back({&value, path, type});
      continue;
    }
    for (std::size_t i = 0; i < value.items().size(); ++i)
      found.push_back({&value.items()[i], path + '[' + std::to_string(i) + ']', type});
  }
  return found;
}

std::optional<std::size_t> number(const Json& said) {
  std::size_t value = 0;
  const auto& text = said.text();
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || read.ec != std::errc()) return std::nullopt;
  return value;
}

class Checking {
 public:
  Checking(const Artefacts& artefacts, Findings& findings)
      : artefacts_(artefacts), findings_(findings) {}

  /// A value against a definition, whose elements are put in order once.
  void definition(const Json& said, const Place& place) {
    auto& tree = trees_[&said];
    if (tree == nullptr) tree = std::make_unique<Node>(tree_of(said));
    parts(*tree, place);
  }

 private:
  void parts(const Node& node, const Place& place) {
    for (const auto& part : node.parts) {
      if (findings_.is_full()) return;
      if (part->is_slice) continue;
      const auto found = places_below(place, part->name);
      at(*part, found, place.path + '.' + part->name);
      if (part->said != nullptr && (*part->said)["slicing"]["rules"].text() == "closed")
        closed(node, *part, found);
    }
    for (const auto& part : node.parts) {
      if (findings_.is_full()) return;
      if (!part->is_slice) continue;
      auto found = places_below(place, part->name);
      std::erase_if(found, [&](const Place& one) { return !is_of(*part, *one.value); });
      at(*part, found, place.path + '.' + part->name + ':' + (*part->said)["sliceName"].text());
    }
  }

  /// Is the value this slice's? By the URL of an extension, else by what its parts must be.
  static bool is_of(const Node& slice, const Json& value) {
    const auto& profile = (*slice.said)["type"].items();
    if (!profile.empty() && !profile.front()["profile"].items().empty())
      return value["url"].text() == profile.front()["profile"].items().front().text();
    return std::ranges::all_of(slice.parts, [&value](const auto& part) {
      return part->said == nullptr || meets_constant(*part->said, value[part->name]);
    });
  }

  void closed(const Node& node, const Node& of, const std::vector<Place>& found) {
    for (const Place& one : found) {
      const bool known = std::ranges::any_of(node.parts, [&](const auto& part) {
        return part->is_slice && part->name == of.name && is_of(*part, *one.value);
      });
      if (!known) findings_.error("structure", "the profile has no such part", one.path);
    }
  }

  void at(const Node& node, const std::vector<Place>& found, const std::string& path) {
    if (node.said != nullptr) {
      const Json& said = *node.said;
      const auto least = number(said["min"]), most = number(said["max"]);
      if (least && found.size() < *least)
        findings_.error("required", "the profile wants this " + std::to_string(*least) + " times",
                        path);
      if (most && found.size() > *most)
        findings_.error("structure",
                        "the profile wants this " + std::to_string(*most) + " times at most", path);
      for (const Place& one : found) value(said, one);
    }
    for (const Place& one : found) {
      if (findings_.is_full()) return;
      parts(node, one);
    }
  }

  void value(const Json& said, const Place& one) {
    if (!meets_constant(said, *one.value))
      findings_.error("value", "the profile fixes another value", one.path);
    if (!has_type(said, one))
      findings_.error("structure", "the profile wants another type here", one.path);
    const auto least = number(said["minValueInteger"]);
    if (least && number(*one.value).value_or(0) < *least)
      findings_.error("value", "this is less than " + std::to_string(*least), one.path);
    if (said["binding"]["strength"].text() == "required")
      bound(said["binding"]["valueSet"].text(), one);
  }

  static bool has_type(const Json& said, const Place& one) {
    const auto& types = said["type"].items();
    if (types.empty() || one.type.empty()) return true;
    return std::ranges::any_of(types, [&one](const Json& type) {
      std::string name = type["code"].text();
      if (!name.empty() && name[0] >= 'a' && name[0] <= 'z')
        name[0] = static_cast<char>(name[0] - 'a' + 'A');
      return name == one.type;
    });
  }

  void bound(const std::string& url, const Place& one) {
    const auto* value_set = artefacts_.by_url(url);
    if (value_set == nullptr) return;
    auto& codes = expansions_[value_set];
    if (!codes) codes = std::make_unique<Expansion>(expansion(artefacts_, value_set->content));
    if (!*codes) return;
    const auto is_in = [&codes](const Json* system, const std::string& code) {
      return std::ranges::any_of(**codes, [&](const Coded& coded) {
        return coded.code == code && (system == nullptr || coded.system == system->text());
      });
    };
    const Json& value = *one.value;
    const bool fits =
        value.is_string() ? is_in(nullptr, value.text())
        : value.has("coding")
            ? std::ranges::any_of(value["coding"].items(),
                                  [&](const Json& coding) {
                                    return is_in(&coding["system"], coding["code"].text());
                                  })
            : is_in(&value["system"], value["code"].text());
    if (!fits)
      findings_.error("code-invalid", "the value set " + value_set->key.id + " has no such code",
                      one.path);
  }

  using Expansion = std::optional<std::vector<Coded>>;

  const Artefacts& artefacts_;
  Findings& findings_;
  std::unordered_map<const Json*, std::unique_ptr<Node>> trees_;
  std::unordered_map<const Artefacts::Artefact*, std::unique_ptr<Expansion>> expansions_;
};

/// A definition and those of ours that it is made from, nearest first.
std::vector<const Json*> definitions_of(const Artefacts& artefacts, std::string_view url) {
  constexpr std::size_t longest = 8;
  std::vector<const Json*> all;
  for (const auto* one = artefacts.by_url(url);
       one != nullptr && one->key.type == "StructureDefinition" && all.size() < longest;
       one = artefacts.by_url(one->content["baseDefinition"].text()))
    all.push_back(&one->content);
  return all;
}

void check_extensions(const Json& value, const std::string& path, const Artefacts& artefacts,
                      Checking& checking, Findings& findings) {
  for (const auto& [name, member] : value.members()) {
    const bool extends = name == "extension" || name == "modifierExtension";
    const std::string below = path + '.' + place_name(name);
    std::size_t i = 0;
    for (const Json& item : member.items()) {
      if (findings.is_full()) return;
      const std::string place = below + '[' + std::to_string(i++) + ']';
      if (const auto& url = item["url"].text(); extends && url.starts_with(canonical::base)) {
        const auto all = definitions_of(artefacts, url);
        if (all.empty())
          findings.error("structure", "this gateway defines no such extension", place);
        for (const Json* definition : all) checking.definition(*definition, {&item, place, ""});
      }
      check_extensions(item, place, artefacts, checking, findings);
    }
    if (member.is_object()) check_extensions(member, below, artefacts, checking, findings);
  }
}

void check_profile(const Json& resource, std::string_view profile, const Artefacts& artefacts,
                   Checking& checking, Findings& findings) {
  const std::string& type = resource["resourceType"].text();
  const std::string where = place_name(type) + ".meta.profile";
  const auto all = definitions_of(artefacts, profile);
  if (all.empty())
    return findings.say("warning", "not-found", "a profile is not held here and was not looked at",
                        where);
  for (const Json* definition : all) {
    if ((*definition)["type"].text() != type)
      return findings.error("structure", "the profile is not one of this type", where);
    checking.definition(*definition, {&resource, type, ""});
  }
}

}  // namespace

void check_profiles(const Json& resource, const std::vector<std::string>& profiles,
                    const Artefacts& artefacts, Findings& findings) {
  Checking checking(artefacts, findings);
  for (const std::string& profile : profiles)
    check_profile(resource, profile, artefacts, checking, findings);
  check_extensions(resource, place_name(resource["resourceType"].text()), artefacts, checking,
                   findings);
}

}  // namespace gateway::fhir
