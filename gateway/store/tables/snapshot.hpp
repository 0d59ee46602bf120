#pragma once
#include <cstdint>
#include <memory>
#include <optional>

#include "gateway/base/time.hpp"
#include "gateway/store/store.hpp"
#include "gateway/store/tables/criteria.hpp"
#include "gateway/store/tables/readers.hpp"
#include "gateway/store/tables/reading.hpp"
#include "gateway/store/tables/sql.hpp"

namespace gateway::store::tables {

/// One read transaction on a lent connection.
class TableSnapshot final : public Snapshot {
 public:
  static base::Result<std::unique_ptr<Snapshot>> begin(Readers::Lent reading,
                                                       const base::Clock& clock);
  ~TableSnapshot() override;

  std::int64_t commit() const override;
  base::Result<std::optional<fhir::Version>> read(const fhir::ResourceKey& key,
                                                  std::optional<std::int64_t> version) override;
  base::Result<std::vector<fhir::Version>> history(const fhir::ResourceKey& key) override;
  base::Result<SearchPage> search(const Search& search) override;
  base::Result<SearchPage> changes(const Changes& asked) override;
  base::Result<std::vector<fhir::ResourceKey>> written_with(std::span<const fhir::ResourceKey> keys,
                                                            std::string_view type) override;
  base::Result<std::vector<Event>> events(std::string_view subscription, std::int64_t after,
                                          std::size_t most) override;
  base::Result<EventCount> event_count(std::string_view subscription) override;
  base::Result<std::optional<Origin>> origin(const fhir::ResourceKey& key,
                                             std::int64_t version) override;
  base::Result<std::string> explain(const Search& search) override;

 private:
  base::Result<Found> found_now(const Search& search);
  std::optional<std::int64_t> end_of_look(const Search& search);
  base::Result<SearchPage> page_of(const Search& search, const Sql& where);
  TableSnapshot(Readers::Lent reading, const base::Clock& clock);
  /// The value, or `unavailable` if a read failed on the way.
  template <class T>
  base::Result<T> checked(T value) const;

  Readers::Lent reading_;
  const base::Clock& clock_;
  Connection& db_;
  Packs packs_;
  mutable std::optional<std::int64_t> commit_;  // asked for once, by who needs it
};

}  // namespace gateway::store::tables
