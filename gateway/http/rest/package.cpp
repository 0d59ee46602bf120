#include <algorithm>
#include <array>

#include "gateway/base/hash.hpp"
#include "gateway/base/time.hpp"
#include "gateway/fhir/canonical.hpp"
#include "gateway/fhir/writer.hpp"
#include "gateway/http/gzip.hpp"
#include "gateway/http/rest/definitions.hpp"

namespace gateway::http::rest {
namespace {

constexpr std::size_t block = 512;
constexpr int smallest = 9;

std::string octal(std::uint64_t value, std::size_t digits) {
  std::string out(digits, '0');
  for (auto at = out.rbegin(); at != out.rend(); ++at, value /= 8)
    *at = static_cast<char>('0' + value % 8);
  return out;
}

/// One member of a POSIX archive (IEEE 1003.1, ustar).
void append(std::string& archive, const std::string& name, std::string_view bytes,
            std::uint64_t time) {
  std::string head(block, '\0');
  const auto put = [&head](std::size_t at, std::string_view text) {
    head.replace(at, text.size(), text);
  };
  put(0, name);
  put(100, octal(0644, 7));
  put(108, octal(0, 7));
  put(116, octal(0, 7));
  put(124, octal(bytes.size(), 11));
  put(136, octal(time, 11));
  put(148, "        ");  // the checksum counts as blanks
  put(156, "0");
  put(257, std::string_view("ustar\00000", 8));
  std::uint64_t sum = 0;
  for (const char c : head) sum += static_cast<unsigned char>(c);
  put(148, octal(sum, 6) + std::string(1, '\0') + ' ');
  archive += head;
  archive += bytes;
  archive.append((block - bytes.size() % block) % block, '\0');
}

std::string index_of(const fhir::Artefacts& artefacts) {
  fhir::JsonWriter json;
  json.begin_object().key("index-version").integer(1).key("files").begin_array();
  for (const auto& [name, text] : artefacts.files()) {
    if (!name.ends_with(".json")) continue;
    const auto resource = fhir::parse_json(text);
    json.begin_object().member("filename", name);
    for (const char* said : {"resourceType", "id", "url", "version", "kind", "type"})
      if (resource && (*resource)[said].is_string()) json.member(said, (*resource)[said].text());
    json.end_object();
  }
  return fhir::indented(json.end_array().end_object().take()) + '\n';
}

/// What npm's tools read, from the guide that describes the package.
std::string manifest_of(const fhir::Json& guide) {
  fhir::JsonWriter json;
  json.begin_object()
      .member("name", guide["packageId"].text())
      .member("version", guide["version"].text())
      .member("title", guide["title"].text())
      .member("description", guide["description"].text())
      .member("type", "IG")
      .member("canonical", fhir::canonical::base)
      .member("license", guide["license"].text())
      .member("author", guide["publisher"].text());
  json.key("fhirVersions").begin_array().string("4.0.1").end_array();
  json.key("dependencies").begin_object().member("hl7.fhir.r4.core", "4.0.1").end_object();
  json.key("directories").begin_object().member("lib", "package").end_object();
  return fhir::indented(json.end_object().take()) + '\n';
}

std::uint64_t seconds_of(const std::string& date) {
  const auto said = base::parse_fhir_time(date);
  return said ? static_cast<std::uint64_t>(std::max<std::int64_t>(0, said->local_begin_seconds()))
              : 0;
}

}  // namespace

Response package_of(const fhir::Artefacts& artefacts) {
  const auto guides = artefacts.of("ImplementationGuide");
  const fhir::Json guide = guides.empty() ? fhir::Json::object() : guides.front()->content;
  const auto time = seconds_of(guide["date"].text());
  std::string archive;
  append(archive, "package/package.json", manifest_of(guide), time);  // npm's tools look for it
  append(archive, "package/.index.json", index_of(artefacts), time);
  for (const auto& [name, text] : artefacts.files()) append(archive, "package/" + name, text, time);
  archive.append(2 * block, '\0');
  Response response{200, "application/gzip", {}, gzipped(archive, smallest), "fhir/package"};
  response.headers = {{"ETag", '"' + base::base32(base::sha256(response.body), 32) + '"'},
                      {"Content-Disposition", "attachment; filename=\"package.tgz\""}};
  return response;
}

}  // namespace gateway::http::rest
