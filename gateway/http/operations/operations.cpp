#include "gateway/http/operations/operations.hpp"

#include "gateway/base/log.hpp"

namespace gateway::http::operations {
namespace {

Response json(int status, std::string body, std::string_view route) {
  return {status, "application/json", {{"Cache-Control", "no-store"}}, std::move(body), route};
}

}  // namespace

Operations::Operations(observe::Metrics& metrics, ReadinessCheck ready,
                       std::function<VersionFacts()> version)
    : metrics_(metrics), ready_(std::move(ready)), version_(std::move(version)) {}

std::optional<Response> Operations::admit(const Request& request) const {
  if (request.method == "GET" || request.method == "HEAD") return std::nullopt;
  return Response{405, "text/plain", {{"Allow", "GET, HEAD"}}, "GET or HEAD only\n"};
}

Response Operations::refuse(const Request&, const Refusal& refusal) {
  return {refusal.status, "text/plain", {}, refusal.why + "\n"};
}

Response Operations::answer(const Request& request) {
  if (auto refusal = admit(request)) return *std::move(refusal);
  if (request.path == "/livez") return {200, "text/plain", {}, "live\n", "livez"};
  if (request.path == "/metrics")
    return {200, "text/plain; version=0.0.4; charset=utf-8", {}, metrics_.print(), "metrics"};
  if (request.path == "/readyz") {
    std::string listed;
    const auto reasons = ready_();
    for (const std::string& reason : reasons)
      listed += (listed.empty() ? "" : ",") + base::json_quoted(reason);
    return json(reasons.empty() ? 200 : 503,
                std::string("{\"ready\":") + (reasons.empty() ? "true" : "false") +
                    ",\"reasons\":[" + listed + "]}\n",
                "readyz");
  }
  if (request.path == "/version") {
    const VersionFacts facts = version_();
    return json(200,
                "{\"version\":" + base::json_quoted(facts.version) +
                    ",\"instance\":" + base::json_quoted(facts.instance) +
                    ",\"mappings\":" + base::json_quoted(facts.mappings) + "}\n",
                "version");
  }
  return {404, "text/plain", {}, "one of /metrics, /livez, /readyz, /version\n"};
}

}  // namespace gateway::http::operations
