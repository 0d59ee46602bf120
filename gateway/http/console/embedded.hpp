#pragma once
#include <string_view>

/// Files of web/ that the build puts into the program (CMakeLists.txt, `gateway_embed`).
namespace gateway::http::console::embedded {

std::string_view sign_in_page();    // web/sign-in.html
std::string_view sign_in_script();  // web/sign-in.js
std::string_view sign_in_style();   // web/sign-in.css

}  // namespace gateway::http::console::embedded
