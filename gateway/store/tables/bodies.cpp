#include "gateway/store/tables/bodies.hpp"

#include "gateway/fhir/search/references.hpp"
#include "gateway/store/tables/keys.hpp"

namespace gateway::store::tables {

std::set<std::string, std::less<>> listed_in(std::string_view type, const fhir::JsonView& body) {
  std::set<std::string, std::less<>> out;
  if (const auto* results = fhir::search::find_reference(type, "result"))
    for (const auto& key : fhir::search::follow(type, body, results)) out.insert(locator_key(key));
  return out;
}

void for_each_typed(const fhir::JsonView& body,
                    const std::function<void(std::string_view system, std::string_view code,
                                             std::string_view value)>& see) {
  const auto look = [&](fhir::JsonView::Node identifier) {
    for (const auto coding : identifier["type"]["coding"].items())
      see(coding["system"].text(), coding["code"].text(), identifier["value"].text());
  };
  for (const auto identifier : body.root()["identifier"].items()) look(identifier);
  for (const char* single : {"identifier", "masterIdentifier", "accessionIdentifier"})
    look(body.root()[single]);
}

}  // namespace gateway::store::tables
