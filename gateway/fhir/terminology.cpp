#include "gateway/fhir/terminology.hpp"

#include <set>

namespace gateway::fhir {
namespace {

constexpr int deepest = 8;  // value sets in value sets

/// A concept and those below it.
void add_all(const Json& concepts, const std::string& system, std::vector<Coded>& out) {
  for (const Json& one : concepts.items()) {
    out.push_back({system, one["code"].text(), one["display"].text()});
    add_all(one["concept"], system, out);
  }
}

const Json* find_concept(const Json& concepts, std::string_view code) {
  for (const Json& one : concepts.items()) {
    if (one["code"].text() == code) return &one;
    if (const Json* below = find_concept(one["concept"], code)) return below;
  }
  return nullptr;
}

void add_translations(const Json& map, std::string_view system, std::string_view code,
                      std::vector<Translated>& out) {
  for (const Json& group : map["group"].items()) {
    const auto& source = group["source"].text();
    if (!system.empty() && !source.empty() && source != system) continue;
    for (const Json& element : group["element"].items()) {
      if (element["code"].text() != code) continue;
      for (const Json& target : element["target"].items())
        out.push_back({{group["target"].text(), target["code"].text(), target["display"].text()},
                       target["equivalence"].text(),
                       map["url"].text()});
    }
  }
}

bool add_include(const Artefacts& artefacts, const Json& include, int depth,
                 std::vector<Coded>& out);

bool add_value_set(const Artefacts& artefacts, const Json& value_set, int depth,
                   std::vector<Coded>& out) {
  if (depth > deepest || value_set["compose"].has("exclude")) return false;
  for (const Json& include : value_set["compose"]["include"].items())
    if (!add_include(artefacts, include, depth, out)) return false;
  return true;
}

bool add_include(const Artefacts& artefacts, const Json& include, int depth,
                 std::vector<Coded>& out) {
  // Several of them in one include mean what is in all (R4, ValueSet.compose); none of ours does.
  if (include.has("filter") || include["valueSet"].items().size() > 1 ||
      (include.has("valueSet") && include.has("system")))
    return false;
  for (const Json& url : include["valueSet"].items()) {
    const auto* other = artefacts.by_url(url.text());
    if (other == nullptr || !add_value_set(artefacts, other->content, depth + 1, out)) return false;
  }
  const std::string& system = include["system"].text();
  if (system.empty()) return true;
  const auto* own = artefacts.by_url(system);
  if (!include.has("concept")) {
    if (own == nullptr || own->content["content"].text() != "complete") return false;
    add_all(own->content["concept"], system, out);
    return true;
  }
  for (const Json& one : include["concept"].items()) {
    const Json* said = own != nullptr && !one.has("display")
                           ? find_concept(own->content["concept"], one["code"].text())
                           : &one;
    out.push_back({system, one["code"].text(), said != nullptr ? (*said)["display"].text() : ""});
  }
  return true;
}

}  // namespace

std::optional<std::vector<Coded>> expansion(const Artefacts& artefacts, const Json& value_set) {
  std::vector<Coded> out;
  if (!add_value_set(artefacts, value_set, 0, out)) return std::nullopt;
  std::set<std::pair<std::string_view, std::string_view>> seen;
  std::vector<Coded> once;
  for (const Coded& one : out)
    if (seen.emplace(one.system, one.code).second) once.push_back(one);
  return once;
}

Lookup look_up(const Artefacts& artefacts, std::string_view system, std::string_view code) {
  if (const auto* own = artefacts.by_url(system); own != nullptr && own->key.type == "CodeSystem")
    return {own, find_concept(own->content["concept"], code)};
  for (const auto* value_set : artefacts.of("ValueSet"))
    for (const Json& include : value_set->content["compose"]["include"].items()) {
      if (include["system"].text() != system) continue;
      if (const Json* found = find_concept(include["concept"], code)) return {nullptr, found};
    }
  return {};
}

std::vector<Translated> translations(const Artefacts& artefacts, const Artefacts::Artefact* map,
                                     std::string_view system, std::string_view code) {
  std::vector<Translated> out;
  if (map != nullptr) {
    add_translations(map->content, system, code, out);
  } else {
    for (const auto* one : artefacts.of("ConceptMap"))
      add_translations(one->content, system, code, out);
  }
  return out;
}

}  // namespace gateway::fhir
