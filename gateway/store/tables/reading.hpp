#pragma once
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gateway/fhir/resource.hpp"
#include "gateway/store/store.hpp"
#include "gateway/store/tables/body_cache.hpp"
#include "gateway/store/tables/codec.hpp"
#include "gateway/store/tables/database.hpp"
#include "gateway/store/tables/pack.hpp"
#include "gateway/store/tables/remembered.hpp"

namespace gateway::store::tables {

/// The packs of the arrivals last read, opened once. Results of one message are asked together.
class Packs {
 public:
  /// `cache`: of what many ask for; null where each is looked at once, or to be seen as it lies.
  Packs(Connection& connection, Codec& codec, BodyCache* cache = nullptr)
      : connection_(connection), codec_(codec), cache_(cache) {}

  /// Null where the arrival is not there or its blob is damaged.
  const Pack* find(std::int64_t arrival);
  /// The version in a slot; nullopt as above.
  std::optional<fhir::Version> version(std::int64_t arrival, std::int64_t slot,
                                       std::int64_t updated);

 private:
  struct Opened {
    Decoded memory;
    std::optional<Pack> pack;  // views into its bytes
  };
  std::optional<fhir::Version> opened_version(const BodyPlace& place);

  Connection& connection_;
  Codec& codec_;
  BodyCache* const cache_;
  std::map<std::int64_t, std::unique_ptr<Opened>> opened_;
};

/// What a delivery carries: the versions the arrival wrote, then the current ones of what it spoke
/// of without changing it.
std::vector<fhir::Version> resources_of_arrival(Connection& connection, Codec& codec,
                                                std::int64_t arrival);

/// Store::current. `remembered`: of the writer's connection, else null.
Known known(Connection& connection, Codec& codec, std::span<const Ask> asks,
            std::span<const ArrivalKey> arrivals, std::span<const OrderAsk> orders,
            Remembered* remembered);

/// Store::observations, of one order: so many, and behind them as many answers of context.
inline constexpr int most_observations = 512;
std::vector<fhir::ResourceKey> observations_of(Connection& connection, std::string_view head);

/// Snapshot::read and ::history. nullopt: never existed.
std::optional<fhir::Version> read_version(Connection& connection, Packs& packs,
                                          const fhir::ResourceKey& key,
                                          std::optional<std::int64_t> version);
std::vector<fhir::Version> read_history(Connection& connection, Packs& packs,
                                        const fhir::ResourceKey& key);

/// Snapshot::origin.
std::optional<Origin> read_origin(Connection& connection, Codec& codec,
                                  const fhir::ResourceKey& key, std::int64_t version);

std::vector<TargetBacklog> read_backlog(Connection& connection);

}  // namespace gateway::store::tables
