#include "gateway/outbox/without_ids.hpp"

#include <set>

#include "gateway/base/hash.hpp"
#include "gateway/fhir/canonical.hpp"
#include "gateway/fhir/json.hpp"
#include "gateway/fhir/writer.hpp"

namespace gateway::outbox {
namespace {

using fhir::Json;

std::string system() {
  return fhir::canonical::identifier_system("resource");
}

/// `Type?identifier=system|Type/id`: finds it again.
std::string query_of(const fhir::ResourceKey& key) {
  return key.type + "?identifier=" + fhir::canonical::percent_encoded(system()) + "%7C" +
         fhir::canonical::percent_encoded(key.reference());
}

/// The same for the same resource, in the form of RFC 4122 §3 (version 8, RFC 9562).
std::string urn_of(const std::string& reference) {
  std::string hex = base::hex(base::bytes_of(base::sha256(reference))).substr(0, 32);
  hex[12] = '8';
  hex[16] = 'a';
  return "urn:uuid:" + hex.substr(0, 8) + "-" + hex.substr(8, 4) + "-" + hex.substr(12, 4) + "-" +
         hex.substr(16, 4) + "-" + hex.substr(20);
}

bool has_identifier(const std::string& type) {
  return type != "Provenance" && type != "Binary";
}

void turn_references(Json& json, const std::set<std::string>& here) {
  for (auto& [name, value] : json.members()) {
    if (name != "reference" || !value.is_string()) {
      turn_references(value, here);
      continue;
    }
    const std::string reference = value.text();
    const auto slash = reference.find('/');
    if (slash == std::string::npos || reference.find(':') != std::string::npos) continue;
    const fhir::ResourceKey key{reference.substr(0, slash), reference.substr(slash + 1)};
    value = Json::string(here.contains(reference) ? urn_of(reference) : query_of(key));
  }
  for (auto& item : json.items()) turn_references(item, here);
}

Json identified(Json resource, const fhir::ResourceKey& key) {
  resource.erase("id");
  std::vector<Json> identifiers = resource["identifier"].items();
  identifiers.push_back(
      Json::object({{"system", Json::string(system())}, {"value", Json::string(key.reference())}}));
  resource.set("identifier", Json::array(std::move(identifiers)));
  if (const auto* meta = resource.find("meta"); meta != nullptr && meta->members().empty())
    resource.erase("meta");
  return resource;
}

}  // namespace

std::string transaction_without_ids(const std::vector<fhir::TransactionEntry>& entries) {
  std::set<std::string> here;
  for (const auto& entry : entries)
    if (has_identifier(entry.key.type)) here.insert(entry.key.reference());
  fhir::JsonWriter out;
  out.begin_object().member("resourceType", "Bundle").member("type", "transaction");
  out.key("entry").begin_array();
  for (const auto& entry : entries) {
    if (!has_identifier(entry.key.type)) continue;
    out.begin_object().member("fullUrl", urn_of(entry.key.reference()));
    auto resource = entry.body.empty() ? base::Result<Json>(Json()) : fhir::parse_json(entry.body);
    base::invariant(static_cast<bool>(resource), "a body we keep is JSON");
    if (!entry.body.empty()) {
      turn_references(*resource, here);
      out.key("resource").raw(identified(*std::move(resource), entry.key).write());
    }
    out.key("request").begin_object().member("method", entry.body.empty() ? "DELETE" : "PUT");
    out.member("url", query_of(entry.key)).end_object().end_object();
  }
  return out.end_array().end_object().take();
}

}  // namespace gateway::outbox
