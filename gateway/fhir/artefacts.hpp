#pragma once
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/base/result.hpp"
#include "gateway/fhir/json.hpp"
#include "gateway/fhir/resource.hpp"

namespace gateway::fhir {

/// What FHIR calls conformance resources: definitions that are served and not written over FHIR
/// (FHIR.md §1, §11). Immutable; any thread.
class Artefacts {
 public:
  struct Artefact {
    ResourceKey key;
    Json content;
    Body body;         // as it is served
    std::string etag;  // of its bytes: W/"…"
  };
  /// Name of a file and its text.
  using Files = std::vector<std::pair<std::string, std::string>>;

  /// Error `malformed`: a file that is no resource of a served type; `where` is "NAME: place".
  static base::Result<Artefacts> read(const Files& files);

  /// One more, made by the gateway itself, in place of one with that id.
  base::Result<void> add(std::string_view text, std::string name, std::string where);

  /// A file that goes with them and is no resource: a notice.
  void attach(std::string name, std::string text) { files_[std::move(name)] = std::move(text); }

  const Artefact* find(const ResourceKey& key) const;
  /// By canonical URL, a version behind `|` left out; nullptr: it is none of ours.
  const Artefact* by_url(std::string_view url) const;
  /// Of one type, by id.
  std::vector<const Artefact*> of(std::string_view type) const;
  /// The files as they were read, by name.
  const std::map<std::string, std::string>& files() const { return files_; }

  /// Types that are served so.
  static bool is_served(std::string_view type);
  static const std::vector<std::string_view>& types();

 private:
  std::map<ResourceKey, Artefact> by_key_;
  std::map<std::string, ResourceKey, std::less<>> by_url_;
  std::map<std::string, std::string> files_;
};

}  // namespace gateway::fhir
