#pragma once
#include <functional>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "gateway/mapping/actors.hpp"

namespace gateway::mapping {

/// Whoever orders, and whoever measures, is named alike in message after message. What the first
/// mention within a message becomes – a resource, and where each of its leaves went – follows from
/// its leaves, the sender and the mappings, so it is kept by these and said again. Keeps a thousand
/// mentions of one catalogue. One thread.
class ActorMemory {
 public:
  /// What `read` would return, write and note down of the mention at `place`: a repetition of a
  /// field.
  ActorReference actor(Desk& desk, const Place& place, const std::function<ActorReference()>& read);

 private:
  struct Mention {
    fhir::ResourceKey key;
    std::string members;  // of its resource
    // Leaves, paths and the resource counted from where these of the mention begin.
    std::vector<LeafFate> fates;
    std::vector<PathStep> steps;
    std::vector<Landing> landings;
    std::uint32_t origin_leaf = 0, origin_begin = 0, origin_size = 0;
  };
  /// How much the desk held before the mention was read.
  struct Before {
    std::size_t drafts, issues, steps, landings;
  };
  static std::optional<Mention> mention_of(Desk& desk, const Text& leaves, const Before& before,
                                           const ActorReference& actor);
  static ActorReference say_again(Desk& desk, const Place& place, const Text& leaves,
                                  const Mention& mention);

  std::string catalogue_;  // version
  std::unordered_map<std::string, Mention> known_;
};

}  // namespace gateway::mapping
