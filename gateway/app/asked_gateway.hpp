#pragma once
#include <optional>
#include <string_view>

#include "gateway/app/command.hpp"
#include "gateway/app/gateway_client.hpp"
#include "gateway/fhir/json.hpp"

namespace gateway::app {

/// The running gateway that --config or --url names. Error: which one is meant, or how to reach it.
base::Result<GatewayClient> gateway_of(const Arguments& arguments);

/// An answer of /admin/v1/ as JSON; nullopt after a sentence about why not, with the exit status.
std::optional<fhir::Json> answer_of(std::string_view command,
                                    const base::Result<GatewayClient::Answer>& answer, int& status);

}  // namespace gateway::app
