#pragma once
#include <string_view>

/// Files of this folder that the build puts into the program (CMakeLists.txt, `gateway_embed`).
namespace gateway::store::tables::embedded {

std::string_view dictionary_0001();  // dictionary/0001.txt: typical text, for compression

}  // namespace gateway::store::tables::embedded
