#pragma once
#include <span>
#include <string_view>

/// Files of web/ that the build puts into the program (CMakeLists.txt).
namespace gateway::http::console::embedded {

std::string_view sign_in_page();    // web/sign-in.html
std::string_view sign_in_script();  // web/sign-in.js
std::string_view sign_in_style();   // web/sign-in.css

/// A file that web/build made of web/src; none where npm was not there to make them.
struct Asset {
  std::string_view path, type;  // "/console/assets/index-1a2b3c.js"
  std::string_view whole, gzip;
  bool is_hashed = false;  // its name changes with its content: browsers may keep it
};
std::span<const Asset> assets();

}  // namespace gateway::http::console::embedded
