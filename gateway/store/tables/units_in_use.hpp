#pragma once
#include <cstdint>
#include <vector>

#include "gateway/fhir/search/unit.hpp"
#include "gateway/store/tables/database.hpp"

namespace gateway::store::tables {

/// The UCUM units that stored numbers are in. Stored numbers stay as the laboratory wrote them;
/// what is asked is told in each of these. Belongs to one reading connection, and grows with the
/// table, whose rows never change.
class UnitsInUse {
 public:
  struct Group {
    fhir::search::Unit unit;
    std::vector<std::int64_t> numbers;  // of table `unit`
  };
  /// Those like `asked`, in groups of one size.
  std::vector<Group> like(Connection& connection, const fhir::search::Unit& asked);

 private:
  struct Known {
    std::int64_t number = 0;
    fhir::search::Unit unit;
  };
  std::vector<Known> known_;
  std::int64_t last_ = 0;  // of the table's rows looked at
};

}  // namespace gateway::store::tables
