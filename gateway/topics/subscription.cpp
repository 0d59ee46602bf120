#include "gateway/topics/subscription.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "gateway/base/parts.hpp"
#include "gateway/fhir/canonical.hpp"
#include "gateway/fhir/search/meets.hpp"

namespace gateway::topics {
namespace {

using fhir::Json;

constexpr auto payloads = std::to_array<std::pair<std::string_view, Payload>>(
    {{"empty", Payload::empty},
     {"id-only", Payload::id_only},
     {"full-resource", Payload::full_resource}});
constexpr auto states =
    std::to_array<std::pair<std::string_view, State>>({{"requested", State::requested},
                                                       {"active", State::active},
                                                       {"error", State::error},
                                                       {"off", State::off}});

constexpr std::size_t most_headers = 8, longest_text = 2048;
constexpr long long longest_heartbeat = 86'400, longest_timeout = 30, most_events = 100;

base::Error wrong(std::string what, std::string where, std::string remedy) {
  return {base::ErrorKind::malformed, "invalid-resource " + std::move(what), std::move(where),
          std::move(remedy)};
}

const Json* extension(const Json& element, const std::string& url) {
  for (const Json& one : element["extension"].items())
    if (one["url"].text() == url) return &one;
  return nullptr;
}

base::Result<long long> whole(const Json& channel, std::string_view name, std::string_view member,
                              long long otherwise, long long least, long long most) {
  const Json* found = extension(channel, backport(name));
  if (found == nullptr) return otherwise;
  const std::string& text = (*found)[member].text();
  long long value = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || read.ec != std::errc() || read.ptr != text.data() + text.size() ||
      value < least || value > most)
    return wrong("backport-" + std::string(name) + " is out of range",
                 "Subscription.channel.extension",
                 "give " + std::to_string(least) + " to " + std::to_string(most));
  return value;
}

bool is_filter(const Topic& topic, const fhir::search::Criterion& criterion) {
  return std::ranges::find(topic.filters, criterion.parameter->name) != topic.filters.end() &&
         fhir::search::can_meet(criterion);
}

base::Result<void> read_filter(const Json& resource, Subscription& out) {
  std::size_t number = 0;
  for (const Json& one : resource["_criteria"]["extension"].items()) {
    const std::string where =
        "Subscription.criteria.extension[" + std::to_string(number++) + "].value";
    if (one["url"].text() != backport("filter-criteria")) continue;
    std::string_view text = one["valueString"].text();
    const auto mark = text.find('?');
    const auto type = mark == text.npos ? out.topic->focus : text.substr(0, mark);
    if (type != out.topic->focus)
      return wrong("this topic tells of " + std::string(out.topic->focus) + ", not of this type",
                   where, "write " + std::string(out.topic->focus) + "?code=…");
    auto query = fhir::search::parse(type, mark == text.npos ? text : text.substr(mark + 1));
    if (!query) {
      auto error = query.error();
      error.where = where;
      return error;
    }
    const bool uncut = query->includes.empty() && query->sort.empty() && !query->count_only;
    const auto fits = [&out](const auto& criterion) { return is_filter(*out.topic, criterion); };
    if (query->criteria.empty() || !uncut || !std::ranges::all_of(query->criteria, fits)) {
      std::string names;
      for (const auto name : out.topic->filters) (names += names.empty() ? "" : ", ") += name;
      return wrong("a topic is not filtered so", where,
                   "filters are " + names + ", without modifiers and chains");
    }
    for (auto& criterion : query->criteria) out.filter.push_back(std::move(criterion));
  }
  return {};
}

/// May a client have this header sent? The others are HTTP's, or ours.
bool is_header(std::string_view name) {
  const std::string text = base::in_lower_case(name);
  const bool is_word = std::ranges::all_of(
      text, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; });
  return is_word && (text == "authorization" || (text.starts_with("x-") && text.size() > 2 &&
                                                 !text.starts_with("x-immunogate")));
}

base::Result<void> read_headers(const Json& channel, Subscription& out) {
  for (const Json& line : channel["header"].items()) {
    const std::string& text = line.text();
    const auto colon = std::min(text.find(':'), text.size());
    auto value = std::string_view(text).substr(std::min(colon + 1, text.size()));
    while (value.starts_with(' ')) value.remove_prefix(1);
    const bool is_plain = std::ranges::all_of(text, [](char c) { return c >= 0x20 && c < 0x7f; });
    if (!is_plain || value.empty() || text.size() > longest_text ||
        !is_header(text.substr(0, colon)))
      return wrong("this header is not sent", "Subscription.channel.header",
                   "give Authorization or X-…, as in `Authorization: Bearer …`");
    out.headers.emplace_back(text.substr(0, colon), value);
  }
  if (out.headers.size() > most_headers)
    return wrong("there are too many headers", "Subscription.channel.header", "give at most 8");
  return {};
}

base::Result<void> read_channel(const Json& channel, Subscription& out) {
  const std::string& type = channel["type"].text();
  const Json* own = extension(channel["_type"], backport("channel-type"));
  const bool streams =
      own != nullptr && (*own)["valueCoding"]["code"].text() == "server-sent-events";
  if (streams) {
    out.channel = Channel::server_sent_events;
  } else if (type != "rest-hook") {
    return wrong("there is no channel of this type", "Subscription.channel.type",
                 "take rest-hook, or name server-sent-events in backport-channel-type and listen "
                 "to $stream");
  } else {
    out.endpoint = channel["endpoint"].text();
    if (out.endpoint.empty())
      return wrong("a rest-hook has no endpoint", "Subscription.channel.endpoint",
                   "give https://host/path");
  }
  const std::string& media = channel["payload"].text();
  if (!media.empty() && media != "application/fhir+json" && media != "application/json")
    return wrong("notices are JSON", "Subscription.channel.payload",
                 "give application/fhir+json, or leave it out");
  if (const Json* content = extension(channel["_payload"], backport("payload-content"))) {
    const auto payload = payload_of((*content)["valueCode"].text());
    if (!payload)
      return wrong("there is no such payload", "Subscription.channel.payload.extension",
                   "take empty, id-only or full-resource");
    out.payload = *payload;
  }
  const auto heartbeat =
      whole(channel, "heartbeat-period", "valueUnsignedInt", 0, 0, longest_heartbeat);
  if (!heartbeat) return heartbeat.error();
  const auto timeout = whole(channel, "timeout", "valueUnsignedInt", 30, 1, longest_timeout);
  if (!timeout) return timeout.error();
  const auto most = whole(channel, "max-count", "valuePositiveInt", 20, 1, most_events);
  if (!most) return most.error();
  out.heartbeat = std::chrono::seconds(*heartbeat);
  out.timeout = std::chrono::seconds(*timeout);
  out.most_events = static_cast<std::size_t>(*most);
  return read_headers(channel, out);
}

constexpr std::string_view identity_extension = "subscriber";

}  // namespace

std::string_view to_text(Payload payload) {
  return payloads[static_cast<std::size_t>(payload)].first;
}

std::optional<Payload> payload_of(std::string_view text) {
  for (const auto& [word, payload] : payloads)
    if (word == text) return payload;
  return std::nullopt;
}

std::string_view to_text(State state) {
  return states[static_cast<std::size_t>(state)].first;
}

std::string backport(std::string_view name) {
  return fhir::canonical::backport_extension(name);
}

std::string client_url(std::string_view name) {
  return fhir::canonical::client(name);
}

base::Result<Subscription> read(const Json& resource) {
  Subscription out;
  out.id = resource["id"].text();
  const auto state = std::ranges::find(states, std::string_view(resource["status"].text()),
                                       &std::pair<std::string_view, State>::first);
  if (state == states.end())
    return wrong("there is no such status", "Subscription.status", "write requested, or off");
  out.state = state->second;
  out.topic = find(resource["criteria"].text());
  if (out.topic == nullptr) {
    std::string known;
    for (const Topic& topic : all()) known += (known.empty() ? "" : ", ") + topic.url();
    return wrong("there is no such topic", "Subscription.criteria", "topics are " + known);
  }
  if (auto filter = read_filter(resource, out); !filter) return filter.error();
  if (auto channel = read_channel(resource["channel"], out); !channel) return channel.error();
  if (const std::string& end = resource["end"].text(); !end.empty()) {
    const auto time = base::parse_fhir_time(end);
    if (!time || !time->offset_minutes)
      return wrong("this is no instant", "Subscription.end", "write 2026-12-31T00:00:00Z");
    out.end = base::Instant{time->instant_begin()};
  }
  out.client = resource["meta"]["source"].text();
  if (const Json* own = extension(resource, fhir::canonical::extension(identity_extension)))
    out.identity = (*own)["valueString"].text();
  return out;
}

void sign(Json& resource, const std::string& client, const std::string& identity) {
  if (resource.find("meta") == nullptr) resource.set("meta", Json::object());
  resource.find("meta")->set("source", Json::string(client));
  const auto url = fhir::canonical::extension(identity_extension);
  std::vector<Json> kept;
  for (const Json& one : resource["extension"].items())
    if (one["url"].text() != url) kept.push_back(one);
  kept.push_back(
      Json::object({{"url", Json::string(url)}, {"valueString", Json::string(identity)}}));
  resource.set("extension", Json::array(std::move(kept)));
}

void set_state(Json& resource, State state, std::string_view error) {
  resource.set("status", Json::string(std::string(to_text(state))));
  if (error.empty())
    resource.erase("error");
  else
    resource.set("error", Json::string(std::string(error)));
}

}  // namespace gateway::topics
