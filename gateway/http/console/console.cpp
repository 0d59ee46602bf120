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
constexpr std::string_view home = "/console/";
constexpr std::string_view html = "text/html; charset=utf-8";
constexpr auto files = std::to_array<File>({
    {home, html, embedded::sign_in_page},  // where no page was built in
    {"/console/sign-in", html, embedded::sign_in_page},
    // Another page than the one before, so that it is of this site: the Strict cookie comes along.
    {way_back, html, embedded::sign_in_page},
    {"/console/sign-in.js", "text/javascript; charset=utf-8", embedded::sign_in_script},
    {"/console/sign-in.css", "text/css; charset=utf-8", embedded::sign_in_style},
});

Response plain(int status, std::string text) {
  return {status, "text/plain; charset=utf-8", {}, std::move(text), "console"};
}

/// Behind `strict`, which says no-store: only a file whose name tells its content is kept.
Response asset(const Request& request, const embedded::Asset& file) {
  const bool takes_gzip = request.header("accept-encoding").find("gzip") != std::string_view::npos;
  const auto bytes = takes_gzip ? file.gzip : file.whole;
  Response response = strict({200, std::string(file.type), {}, std::string(bytes), "console"});
  if (takes_gzip) response.headers.emplace_back("Content-Encoding", "gzip");
  response.headers.emplace_back("Vary", "Accept-Encoding");
  if (!file.is_hashed) return response;
  const auto kept = std::ranges::find(response.headers, "Cache-Control",
                                      &std::pair<std::string, std::string>::first);
  if (kept != response.headers.end()) kept->second = "public, max-age=31536000, immutable";
  return response;
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
  const auto built =
      std::ranges::find(embedded::assets(), std::string_view(request.path), &embedded::Asset::path);
  if (built != embedded::assets().end()) return asset(request, *built);
  const auto file = std::ranges::find(files, std::string_view(request.path), &File::path);
  if (file == files.end()) return strict(plain(404, "there is no such page; begin at /console/\n"));
  return strict({200, std::string(file->type), {}, std::string(file->text()), "console"});
}

}  // namespace gateway::http::console
