#include <charconv>

#include "gateway/fhir/search/values.hpp"
#include "gateway/http/rest/api.hpp"
#include "gateway/http/rest/errors.hpp"
#include "gateway/http/rest/operation.hpp"

namespace gateway::http::rest {
namespace {

base::Result<std::optional<std::int64_t>> asked_version(const std::string& query) {
  std::optional<std::int64_t> version;
  const auto take = [&version](const std::string& name,
                               const std::string& value) -> base::Result<void> {
    if (name != "version") return fhir::search::unknown_control(name, "$explain", "version");
    const auto* end = value.data() + value.size();
    const auto read = std::from_chars(value.data(), end, version.emplace());
    if (read.ec == std::errc() && read.ptr == end && *version > 0) return {};
    return fhir::search::bad_value("version", "is no number of a version", "give 1 or more");
  };
  if (auto read = fhir::search::each_control(query, take); !read) return read.error();
  return version;
}

}  // namespace

Response Api::explain(const Request& request, const Path& path, const security::Principal& who) {
  if (!is_asking(request)) return only_asked();
  const auto asked = asked_of(request);
  if (!asked) return refused(asked.error());
  const auto version = asked_version(*asked);
  if (!version) return refused(version.error());
  auto explained = explainer_.explain(who, {path.type, path.id}, *version);
  if (!explained) return refused(explained.error());
  return {200,
          "application/fhir+json",
          {{"Cache-Control", "no-store"}},
          *std::move(explained),
          "fhir/explain"};
}

}  // namespace gateway::http::rest
