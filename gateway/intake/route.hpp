#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/result.hpp"
#include "gateway/fhir/search/index.hpp"
#include "gateway/fhir/search/query.hpp"
#include "gateway/intake/intake.hpp"
#include "gateway/observe/metrics.hpp"
#include "gateway/store/store.hpp"

namespace gateway::intake {

/// Who gets what, read once from the configuration.
class Routes {
 public:
  /// Broken invariant if a route is not one `check_route` lets through.
  /// `metrics`: where what is stopped in a loop is counted; null: nowhere.
  Routes(const std::vector<Route>& routes, std::string instance,
         observe::Metrics* metrics = nullptr);

  /// The targets an arrival's new versions go to: those that want at least one of them, except
  /// where the arrival has been there or here already (`path`: instances it passed, with commas).
  std::vector<store::DeliveryWrite> deliveries(const std::vector<store::VersionWrite>& versions,
                                               std::string_view path) const;

 private:
  struct Filter {
    Route route;
    fhir::search::Query query;  // type "": everything
    observe::Counter* stopped = nullptr;
  };
  std::vector<Filter> filters_;
  std::string instance_;
};

}  // namespace gateway::intake
