#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

#include "gateway/fhir/json_members.hpp"
#include "gateway/fhir/search/index.hpp"

namespace gateway::fhir::search {

struct IndexPlan;

/// Makes index rows from bodies, and remembers by its bytes what a member gave: within an order
/// nearly every member is said with each result, and a laboratory's codes, units and references
/// come again with each order. A member's rows follow from its bytes and the type alone. Keeps
/// some thousand small members, each in the only place it may have, so that one takes the place of
/// another. One thread.
class IndexMemory {
 public:
  /// As `gather_rows`: what the body gives but for the rows that `settle_rows` adds.
  IndexRows gather(const ResourceKey& key, std::string_view body);

 private:
  struct Kept {
    std::uint64_t hash = 0;
    const IndexPlan* plan = nullptr;
    std::size_t size = 0;  // of the member
    IndexRows rows;        // looks into `{member}`
    std::size_t patient_rank = 0;
  };
  const Kept& kept(const IndexPlan& plan, const JsonMember& member);

  std::vector<Kept> kept_;  // by hash; empty before the first question
  Kept passing_;            // what is too large to be kept
  std::vector<JsonMember> members_;
};

}  // namespace gateway::fhir::search
