// Meaning: any message that parses becomes sound FHIR with valid, distinct ids and references that
// lead somewhere, the loss account sums up, and the same bytes give the same result.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/fhir/bundle.hpp"
#include "gateway/fhir/json.hpp"
#include "gateway/hl7v2/batch.hpp"
#include "gateway/hl7v2/header.hpp"
#include "gateway/hl7v2/message.hpp"
#include "gateway/mapping/convert.hpp"

#include "tests/support/mappings.hpp"
#include "tests/support/sound_fhir.hpp"

namespace {

using namespace gateway;

void require(bool holds) {
  if (!holds) std::abort();
}

void references_lead(const fhir::Json& value, const std::set<std::string>& known) {
  for (const auto& item : value.items()) references_lead(item, known);
  for (const auto& [name, member] : value.members()) {
    if (name == "reference" && member.text().find(':') == std::string::npos)
      require(known.contains(std::string(member.text())));
    references_lead(member, known);
  }
}

/// "code.coding[0].code" leads to something (V2FHIR.md §5.1, L2).
bool leads(const fhir::Json& resource, std::string_view path) {
  const fhir::Json* at = &resource;
  while (!path.empty()) {
    const std::size_t end = std::min(path.find_first_of(".["), path.size());
    if (end > 0) {
      at = &(*at)[path.substr(0, end)];
      path.remove_prefix(end);
    } else if (path.front() == '.') {
      path.remove_prefix(1);
      continue;
    } else {
      const std::size_t close = path.find(']');
      const auto index = std::stoul(std::string(path.substr(1, close - 1)));
      if (at->items().size() <= index) return false;
      at = &at->items()[index];
      path.remove_prefix(close + 1);
    }
    if (at->kind() == fhir::Json::Kind::null) return false;
  }
  return true;
}

void accounted(const mapping::Conversion& converted, std::size_t leaves) {
  const auto& account = converted.account;
  require(account.leaves.size() == leaves);
  std::vector<bool> landed(leaves);
  std::vector<fhir::Json> bodies;
  for (const auto& resource : converted.resources)
    bodies.push_back(*fhir::parse_json(resource.body));
  for (const auto& landing : account.landings) {
    require(landing.leaf < leaves && landing.resource < bodies.size());
    require(leads(bodies[landing.resource], account.text_of(landing.path)));
    landed[landing.leaf] = true;
  }
  for (std::size_t leaf = 0; leaf < leaves; ++leaf) {
    const mapping::LeafFate& fate = account.leaves[leaf];
    require((fate.fate == mapping::Fate::mapped) == landed[leaf]);
    if (fate.fate == mapping::Fate::set_aside && fate.reason == mapping::Reason::duplicate)
      require(landed.at(fate.of));  // it names who says the same
  }
}

void convert_one(std::string_view bytes) {
  static const mapping::Catalogue* catalogue = tests::shipped_catalogue();
  require(catalogue != nullptr);
  const auto header = hl7v2::read_header(bytes);
  if (!header) return;
  const auto message = hl7v2::parse(base::Buffer(bytes));
  if (!message) return;
  const auto sender = mapping::identify_sender(*header, *catalogue);
  const auto converted = mapping::convert(*message, sender, *catalogue);
  if (!converted) return require(!converted.error().what.empty());
  std::set<std::string> known;
  for (const auto& resource : converted->resources) {
    require(fhir::is_id(resource.key.id));
    require(known.insert(resource.key.reference()).second);
  }
  for (const auto& resource : converted->resources) {
    const auto json = fhir::parse_json(resource.body);
    require(static_cast<bool>(json));
    require((*json)["id"].text() == resource.key.id);
    require(tests::fault_of(*json).empty());
    references_lead(*json, known);
  }
  accounted(*converted, message->leaves().size());
  const auto again = mapping::convert(*message, sender, *catalogue);
  require(again && again->resources.size() == converted->resources.size());
  for (std::size_t k = 0; k < again->resources.size(); ++k)
    require(again->resources[k].body == converted->resources[k].body);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  for (const auto one : hl7v2::split_messages(bytes).messages) convert_one(one);
  return 0;
}
