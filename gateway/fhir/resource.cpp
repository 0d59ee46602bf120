#include "gateway/fhir/resource.hpp"

#include "gateway/base/result.hpp"

namespace gateway::fhir {
namespace {

/// Index behind `before` + a text without quotes + `after`, which must stand at `at`.
std::size_t behind(std::string_view body, std::size_t at, std::string_view before,
                   std::string_view after) {
  base::invariant(body.substr(at).starts_with(before), "a body begins as fhir::Body says");
  const std::size_t quote = body.find('"', at + before.size());
  base::invariant(quote != body.npos && body.substr(quote).starts_with(after),
                  "a body begins as fhir::Body says");
  return quote + after.size();
}

}  // namespace

std::size_t meta_at(std::string_view body) {
  const std::size_t id = behind(body, 0, R"({"resourceType":")", R"(",)");
  return behind(body, id, R"("id":")", R"(","meta":{)");
}

std::string served(const Version& version) {
  const std::size_t at = meta_at(version.body);
  std::string out;
  out.reserve(version.body.size() + 80);
  out.append(version.body, 0, at);
  out += R"("versionId":")" + std::to_string(version.version);
  out += R"(","lastUpdated":")" + base::to_text(version.last_updated) + '"';
  if (version.body[at] != '}') out += ',';
  out.append(version.body, at);
  return out;
}

}  // namespace gateway::fhir
