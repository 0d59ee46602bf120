#include "gateway/app/asked_gateway.hpp"

#include "gateway/app/config.hpp"
#include "gateway/app/paper.hpp"

namespace gateway::app {

using fhir::Json;

constexpr int failed = 1;

base::Result<GatewayClient> gateway_of(const Arguments& arguments) {
  if (arguments.has("--url"))
    return GatewayClient::to(arguments.get("--url"), tls_files(arguments));
  if (!arguments.has("--config"))
    return base::Error{base::ErrorKind::malformed, "which gateway?", "",
                       "write --config FILE on its host, or --url https://HOST:PORT --cert FILE "
                       "--key FILE --ca FILE"};
  const auto loaded = load_config(arguments.get("--config"), {});
  if (!loaded.readable)
    return base::Error{base::ErrorKind::configuration, "the configuration cannot be read",
                       arguments.get("--config"), "`immunogate check --config FILE` says why"};
  if (loaded.readable->operations_socket.empty())
    return base::Error{base::ErrorKind::configuration, "names no socket for commands",
                       arguments.get("--config"), "set operations.socket, or use --url"};
  return GatewayClient::at(loaded.readable->operations_socket);
}

std::optional<Json> answer_of(std::string_view command,
                              const base::Result<GatewayClient::Answer>& answer, int& status) {
  if (!answer) return status = could_not_run(command, answer.error()), std::nullopt;
  auto json = fhir::parse_json(answer->body, {.values = 20'000'000});
  if (answer->status < 300 && json) return *std::move(json);
  const Paper paper = standard_paper();
  std::string what, remedy;
  if (json) {
    what = printable((*json)["error"]["what"].text(), paper);
    remedy = printable((*json)["error"]["remedy"].text(), paper);
  }
  if (what.empty()) what = "the gateway answered " + std::to_string(answer->status);
  could_not_run(command, {base::ErrorKind::not_found, what, "", remedy});
  const bool is_about_input = answer->status == 404 || answer->status == 400 ||
                              answer->status == 409 || answer->status == 422;
  status = is_about_input ? failed : 2;
  return std::nullopt;
}

}  // namespace gateway::app
