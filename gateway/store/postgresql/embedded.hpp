#pragma once
#include <string_view>

/// Files of this folder that the build puts into the program (CMakeLists.txt, `gateway_embed`).
namespace gateway::store::postgresql::embedded {

std::string_view schema_0001();  // schema/0001.sql
std::string_view schema_0002();  // schema/0002.sql
std::string_view schema_0003();  // schema/0003.sql
std::string_view schema_0004();  // schema/0004.sql

}  // namespace gateway::store::postgresql::embedded
