#include "gateway/http/console/console.hpp"

#include <algorithm>
#include <array>

#include "gateway/http/console/embedded.hpp"
#include "gateway/http/strict.hpp"

namespace gateway::http::console {
namespace {

struct File {
  std::string_view path, type;
  std::string_view (*text)();
};
constexpr std::string_view html = "text/html; charset=utf-8";
constexpr auto files = std::to_array<File>({
    {"/console/", html, embedded::sign_in_page},
    // Another page than the one before, so that it is of this site: the Strict cookie comes along.
    {way_back, html, embedded::sign_in_page},
    {"/console/sign-in.js", "text/javascript; charset=utf-8", embedded::sign_in_script},
    {"/console/sign-in.css", "text/css; charset=utf-8", embedded::sign_in_style},
});

Response plain(int status, std::string text) {
  return {status, "text/plain; charset=utf-8", {}, std::move(text), "console"};
}

}  // namespace

bool serves(std::string_view path) {
  return path == "/console" || path.starts_with("/console/");
}

Response answer(const Request& request) {
  if (request.path == "/console") {
    Response response = plain(302, "");
    response.headers.emplace_back("Location", "/console/");
    return strict(std::move(response));
  }
  if (request.method != "GET" && request.method != "HEAD") {
    Response response = plain(405, "pages are only read\n");
    response.headers.emplace_back("Allow", "GET, HEAD");
    return strict(std::move(response));
  }
  const auto file = std::ranges::find(files, std::string_view(request.path), &File::path);
  if (file == files.end()) return strict(plain(404, "there is no such page; begin at /console/\n"));
  return strict({200, std::string(file->type), {}, std::string(file->text()), "console"});
}

}  // namespace gateway::http::console
