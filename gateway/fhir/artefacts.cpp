#include "gateway/fhir/artefacts.hpp"

#include <algorithm>

#include "gateway/base/hash.hpp"
#include "gateway/fhir/bundle.hpp"

namespace gateway::fhir {

const std::vector<std::string_view>& Artefacts::types() {
  static const std::vector<std::string_view> all = {"Basic",
                                                    "CapabilityStatement",
                                                    "CodeSystem",
                                                    "ConceptMap",
                                                    "ImplementationGuide",
                                                    "NamingSystem",
                                                    "OperationDefinition",
                                                    "SearchParameter",
                                                    "StructureDefinition",
                                                    "ValueSet"};
  return all;
}

bool Artefacts::is_served(std::string_view type) {
  return std::ranges::find(types(), type) != types().end();
}

base::Result<Artefacts> Artefacts::read(const Files& files) {
  Artefacts all;
  for (const auto& [name, text] : files)
    if (auto added = all.add(text, name, name); !added) return added.error();
  return all;
}

base::Result<void> Artefacts::add(std::string_view text, std::string name, std::string where) {
  auto content = parse_json(text);
  const auto misplaced = [&where](base::Error error) {
    error.where = where + (error.where.empty() ? "" : ": " + error.where);
    return error;
  };
  if (!content) return misplaced(content.error());
  const std::string& type = (*content)["resourceType"].text();
  ResourceKey key{type, (*content)["id"].text()};
  if (!is_served(type))
    return misplaced({base::ErrorKind::malformed, "this is no conformance resource", "",
                      "keep CodeSystem, StructureDefinition and their like here"});
  auto body = normalised(*content, key, type);
  if (!body) return misplaced(body.error());
  std::string etag = "W/\"" + base::base32(base::sha256(*body), 16) + '"';
  if (const auto& url = (*content)["url"].text(); !url.empty()) by_url_[url] = key;
  if (!name.empty()) files_[std::move(name)] = text;
  by_key_[key] = {key, *std::move(content), *std::move(body), std::move(etag)};
  return {};
}

const Artefacts::Artefact* Artefacts::find(const ResourceKey& key) const {
  const auto at = by_key_.find(key);
  return at != by_key_.end() ? &at->second : nullptr;
}

const Artefacts::Artefact* Artefacts::by_url(std::string_view url) const {
  const auto at = by_url_.find(url.substr(0, url.find('|')));
  return at != by_url_.end() ? find(at->second) : nullptr;
}

std::vector<const Artefacts::Artefact*> Artefacts::of(std::string_view type) const {
  std::vector<const Artefact*> found;
  for (const auto& [key, artefact] : by_key_)
    if (key.type == type) found.push_back(&artefact);
  return found;
}

}  // namespace gateway::fhir
