#pragma once
#include <string_view>

/// Files of this folder that the build puts into the program (CMakeLists.txt, `gateway_embed`).
namespace gateway::http::admin::embedded {

std::string_view openapi();  // openapi.json

}  // namespace gateway::http::admin::embedded
