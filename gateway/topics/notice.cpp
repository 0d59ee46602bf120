#include "gateway/topics/notice.hpp"

#include <array>

#include "gateway/base/hash.hpp"
#include "gateway/fhir/canonical.hpp"
#include "gateway/fhir/writer.hpp"

namespace gateway::topics {
namespace {

using fhir::JsonWriter;

void parameter(JsonWriter& json, std::string_view name, std::string_view member,
               std::string_view value) {
  json.begin_object().member("name", name).member(member, value).end_object();
}

void referring(JsonWriter& json, std::string_view name, const std::string& url) {
  json.begin_object().member("name", name).key("valueReference").begin_object();
  json.member("reference", url).end_object().end_object();
}

void event(JsonWriter& json, const Event& one, const Notice& notice, const std::string& base_url) {
  json.begin_object().member("name", "notification-event").key("part").begin_array();
  parameter(json, "event-number", "valueString", std::to_string(one.number));
  parameter(json, "timestamp", "valueInstant", base::to_text(one.at));
  if (one.focus && notice.payload != Payload::empty)
    referring(json, "focus", base_url + '/' + one.focus->reference());
  json.end_array().end_object();
}

void focus_entry(JsonWriter& json, const Event& one, const std::string& base_url) {
  const std::string reference = one.focus->reference();
  json.begin_object().member("fullUrl", base_url + '/' + reference);
  if (!one.resource.empty()) json.key("resource").raw(one.resource);
  const bool is_new = one.version == 1;
  json.key("request").begin_object();
  json.member("method", one.deleted ? "DELETE" : "PUT").member("url", reference).end_object();
  json.key("response").begin_object();
  json.member("status", one.deleted ? "204" : is_new ? "201" : "200");
  json.member("etag", "W/\"" + std::to_string(one.version) + '"');
  json.member("lastModified", base::to_text(one.at)).end_object().end_object();
}

}  // namespace

std::string_view to_text(Kind kind) {
  constexpr auto words = std::to_array<std::string_view>(
      {"handshake", "heartbeat", "event-notification", "query-status", "query-event"});
  return words[static_cast<std::size_t>(kind)];
}

std::string full_url(const Notice& notice) {
  base::KeyHash hash;  // for a version 8 UUID of what it says
  hash.add(notice.subscription).add(to_text(notice.kind)).add(base::to_text(notice.at));
  hash.add(std::to_string(notice.events)).add(std::to_string(notice.told.size()));
  std::string hex = base::hex(base::bytes_of(hash.digest())).substr(0, 32);
  hex[12] = '8';
  hex[16] = 'a';
  return "urn:uuid:" + hex.substr(0, 8) + '-' + hex.substr(8, 4) + '-' + hex.substr(12, 4) + '-' +
         hex.substr(16, 4) + '-' + hex.substr(20);
}

std::string status_of(const Notice& notice, const std::string& base_url) {
  JsonWriter json;
  json.begin_object().member("resourceType", "Parameters").key("meta").begin_object();
  json.key("profile").begin_array();
  json.string(fhir::canonical::backport_extension("subscription-status-r4"));
  json.end_array().end_object().key("parameter").begin_array();
  referring(json, "subscription", base_url + "/Subscription/" + notice.subscription);
  parameter(json, "topic", "valueCanonical", notice.topic);
  parameter(json, "status", "valueCode", to_text(notice.state));
  parameter(json, "type", "valueCode", to_text(notice.kind));
  parameter(json, "events-since-subscription-start", "valueString", std::to_string(notice.events));
  for (const Event& one : notice.told) event(json, one, notice, base_url);
  json.end_array().end_object();
  return json.take();
}

std::string bundle_of(const Notice& notice, const std::string& base_url) {
  JsonWriter json;
  json.begin_object().member("resourceType", "Bundle").key("meta").begin_object();
  json.key("profile").begin_array();
  json.string(fhir::canonical::backport_extension("subscription-notification-r4"));
  json.end_array().end_object();
  json.member("type", "history").member("timestamp", base::to_text(notice.at));
  json.key("entry").begin_array();
  json.begin_object().member("fullUrl", full_url(notice)).key("resource");
  json.raw(status_of(notice, base_url)).key("request").begin_object();
  json.member("method", "GET").member("url", "Subscription/" + notice.subscription + "/$status");
  json.end_object().key("response").begin_object().member("status", "200").end_object();
  json.end_object();
  if (notice.payload != Payload::empty)
    for (const Event& one : notice.told)
      if (one.focus) focus_entry(json, one, base_url);
  json.end_array().end_object();
  return json.take();
}

}  // namespace gateway::topics
