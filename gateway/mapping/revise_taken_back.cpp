#include "gateway/mapping/revise_taken_back.hpp"

#include <string>
#include <utility>

#include "gateway/base/time.hpp"
#include "gateway/fhir/canonical.hpp"
#include "gateway/mapping/revise_resource.hpp"

namespace gateway::mapping {
namespace {

using fhir::Json;

const std::string& url() {
  static const std::string url = fhir::canonical::extension("part-taken-back");
  return url;
}

const Json& part_named(const Json& extension, std::string_view name) {
  static const Json none;
  for (const Json& part : extension["extension"].items())
    if (part["url"].text() == name) return part;
  return none;
}

std::optional<std::int64_t> time_of(const Json& extension) {
  const auto time = base::parse_fhir_time(part_named(extension, "at")["valueInstant"].text());
  return time ? std::optional(time->instant_begin()) : std::nullopt;
}

bool is_of(const Json& extension, std::string_view code) {
  return extension["url"].text() == url() &&
         part_named(extension, "code")["valueCode"].text() == code;
}

}  // namespace

std::optional<std::int64_t> taken_back_at(const Json& observation, std::string_view code) {
  for (const Json& extension : observation["extension"].items())
    if (is_of(extension, code)) return time_of(extension);
  return std::nullopt;
}

std::vector<std::pair<std::string, std::int64_t>> taken_back(const Json& observation) {
  std::vector<std::pair<std::string, std::int64_t>> all;
  for (const Json& extension : observation["extension"].items())
    if (const auto at = time_of(extension); at && extension["url"].text() == url())
      all.emplace_back(part_named(extension, "code")["valueCode"].text(), *at);
  return all;
}

void note_taken_back(Json& observation, std::string_view code, std::optional<std::int64_t> at) {
  if (!at) return;
  forget_taken_back(observation, code);
  if (!observation.find("extension")) observation.set("extension", Json::array());
  Json trace = Json::array(
      {Json::object(
           {{"url", Json::string("code")}, {"valueCode", Json::string(std::string(code))}}),
       Json::object({{"url", Json::string("at")},
                     {"valueInstant", Json::string(base::to_text(base::Instant{*at}))}})});
  observation.find("extension")
      ->items()
      .push_back(Json::object({{"url", Json::string(url())}, {"extension", std::move(trace)}}));
}

void forget_taken_back(Json& observation, std::string_view code) {
  if (Json* extensions = observation.find("extension"))
    std::erase_if(extensions->items(), [&](const Json& one) { return is_of(one, code); });
}

void keep_taken_back(Json& newest, const Json& standing) {
  for (const Json& extension : standing["extension"].items()) {
    if (extension["url"].text() != url()) continue;
    const std::string& code = part_named(extension, "code")["valueCode"].text();
    if (part_of(std::as_const(newest), code) != nullptr || taken_back_at(newest, code)) continue;
    if (!newest.find("extension")) newest.set("extension", Json::array());
    newest.find("extension")->items().push_back(extension);
  }
}

}  // namespace gateway::mapping
