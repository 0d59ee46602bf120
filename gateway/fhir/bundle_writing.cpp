#include "gateway/base/result.hpp"
#include "gateway/fhir/bundle.hpp"
#include "gateway/fhir/canonical.hpp"
#include "gateway/fhir/excerpt.hpp"
#include "gateway/fhir/places.hpp"
#include "gateway/fhir/transaction.hpp"
#include "gateway/fhir/writer.hpp"

namespace gateway::fhir {
namespace {

/// Opens a Bundle up to where `type` stands.
JsonWriter bundle_of(std::size_t bytes) {
  JsonWriter out;
  out.reserve(bytes + 256);
  out.begin_object().member("resourceType", "Bundle");
  return out;
}

void write_links(JsonWriter& out, const std::vector<std::pair<std::string, std::string>>& links) {
  if (links.empty()) return;
  out.key("link").begin_array();
  for (const auto& [relation, url] : links)
    out.begin_object().member("relation", relation).member("url", url).end_object();
  out.end_array();
}

/// The same bytes as served(version), without a string between.
void write_served(JsonWriter& out, const Version& version) {
  const std::string_view body = version.body;
  const auto at = meta_at(body);
  out.raw(body.substr(0, at)).more(R"("versionId":")").more(std::to_string(version.version));
  out.more(R"(","lastUpdated":")").more(base::to_text(version.last_updated));
  out.more(body[at] == '}' ? R"(")" : R"(",)").more(body.substr(at));
}

void write_history_entry(JsonWriter& out, const HistoryEntry& entry) {
  const Version& version = *entry.version;
  out.begin_object().member_if("fullUrl", entry.full_url);
  if (!version.deleted) write_served(out.key("resource"), version);
  out.key("request").begin_object().member("method", entry.method);
  out.member("url", entry.method == "POST" ? version.key.type : version.key.reference());
  out.end_object().key("response").begin_object();
  out.member("status", version.deleted ? "204" : version.version == 1 ? "201" : "200");
  out.member("etag", etag(version.version));
  out.member("lastModified", base::to_text(version.last_updated)).end_object().end_object();
}

}  // namespace

std::string transaction(const std::vector<std::pair<ResourceKey, std::string_view>>& resources,
                        const BundleIdentifier& identifier) {
  std::vector<TransactionEntry> entries;
  entries.reserve(resources.size());
  for (const auto& [key, body] : resources) entries.push_back({key, body});
  return transaction(entries, identifier);
}

std::string transaction(const std::vector<TransactionEntry>& entries,
                        const BundleIdentifier& identifier) {
  std::size_t bytes = 0;
  for (const auto& entry : entries) bytes += entry.body.size() + 256;
  JsonWriter out = bundle_of(bytes);
  if (!identifier.system.empty() || !identifier.value.empty())
    out.key("identifier")
        .begin_object()
        .member_if("system", identifier.system)
        .member_if("value", identifier.value)
        .end_object();
  out.member("type", "transaction");
  if (!entries.empty()) {
    out.key("entry").begin_array();
    for (const auto& [key, body, if_match] : entries) {
      const std::string reference = key.reference();
      out.begin_object().member("fullUrl", std::string(canonical::base) + '/' + reference);
      if (!body.empty()) {
        out.key("resource");
        out.raw(without_empty_meta(std::string(body)));
      }
      out.key("request").begin_object().member("method", body.empty() ? "DELETE" : "PUT");
      out.member("url", reference).member_if("ifMatch", if_match);
      out.end_object().end_object();
    }
    out.end_array();
  }
  return out.end_object().take();
}

std::string searchset(const SearchSet& set) {
  std::size_t bytes = 0;
  for (const SearchEntry& entry : set.entries)
    bytes += (entry.whole != nullptr ? entry.whole->body.size() : entry.resource.size()) + 256;
  JsonWriter out = bundle_of(bytes);
  out.member("type", "searchset");
  if (set.total) out.key("total").integer(*set.total);
  write_links(out, set.links);
  if (!set.entries.empty()) {
    out.key("entry").begin_array();
    for (const SearchEntry& entry : set.entries) {
      out.begin_object().member_if("fullUrl", entry.full_url).key("resource");
      if (entry.whole != nullptr)
        write_served(out, *entry.whole);
      else
        out.raw(entry.resource);
      out.key("search").begin_object().member("mode", entry.mode).end_object().end_object();
    }
    out.end_array();
  }
  return out.end_object().take();
}

std::string history(const HistorySet& set) {
  JsonWriter out = bundle_of(0);
  out.member("type", "history");
  if (set.total) out.key("total").integer(*set.total);
  write_links(out, set.links);
  if (!set.entries.empty()) {
    out.key("entry").begin_array();
    for (const HistoryEntry& entry : set.entries) write_history_entry(out, entry);
    out.end_array();
  }
  return out.end_object().take();
}

std::string response_bundle(std::string_view type, const std::vector<EntryAnswer>& answers) {
  std::size_t bytes = 0;
  for (const EntryAnswer& answer : answers)
    bytes += answer.resource.size() + answer.outcome.size() + 256;
  JsonWriter out = bundle_of(bytes);
  out.member("type", type);
  if (answers.empty()) return out.end_object().take();
  out.key("entry").begin_array();
  for (const EntryAnswer& answer : answers) {
    out.begin_object();
    if (!answer.resource.empty()) out.key("resource").raw(answer.resource);
    out.key("response").begin_object().member("status", std::to_string(answer.status));
    out.member_if("location", answer.location)
        .member_if("etag", answer.etag)
        .member_if("lastModified", answer.last_modified);
    if (!answer.outcome.empty()) out.key("outcome").raw(answer.outcome);
    out.end_object().end_object();
  }
  return out.end_array().end_object().take();
}

}  // namespace gateway::fhir
