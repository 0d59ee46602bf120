// JSON bodies: what is read is written again as it was, what is normalised is FHIR's JSON and is
// indexed, shown in part and followed; Bundles are taken apart and their references resolved;
// $validate finds what it finds. Whatever is refused is refused with a code and a place.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/fhir/bundle.hpp"
#include "gateway/fhir/entry_references.hpp"
#include "gateway/fhir/excerpt.hpp"
#include "gateway/fhir/json.hpp"
#include "gateway/fhir/search/index_memory.hpp"
#include "gateway/fhir/search/index_steps.hpp"
#include "gateway/fhir/search/query.hpp"
#include "gateway/fhir/search/references.hpp"
#include "gateway/fhir/validation.hpp"

#include "tests/support/files.hpp"

namespace {

using namespace gateway;
using fhir::Json;

constexpr std::string_view base_url = "https://127.0.0.1:8443/fhir";

void require(bool holds) {
  if (!holds) std::abort();
}

void refused(const base::Error& error) {
  static constexpr auto codes = std::to_array<std::string_view>(
      {"invalid-resource", "unresolved-reference", "body-too-large"});
  const std::string_view code = std::string_view(error.what).substr(0, error.what.find(' '));
  require(std::ranges::find(codes, code) != codes.end());
}

const fhir::Artefacts& artefacts() {
  static const fhir::Artefacts all = [] {
    fhir::Artefacts::Files files;
    for (const auto& file :
         std::filesystem::directory_iterator(tests::source_dir() / "mappings" / "fhir"))
      if (file.path().extension() == ".json")
        files.emplace_back(file.path().filename().string(), tests::read_file(file.path()));
    auto read = fhir::Artefacts::read(files);
    require(static_cast<bool>(read));
    return *std::move(read);
  }();
  return all;
}

/// Indexed, followed and shown in part, as a stored body is.
void store(const fhir::ResourceKey& key, const std::string& body) {
  const auto parsed = fhir::parse_json(body);
  require(static_cast<bool>(parsed));
  const auto view = fhir::JsonView::read(body);
  require(view && view->root()["id"].text() == key.id);
  const auto rows = fhir::search::index_rows(key, *view, {});
  require(std::ranges::is_sorted(rows.tokens) && std::ranges::is_sorted(rows.dates));
  static fhir::search::IndexMemory memory;
  auto remembered = memory.gather(key, body);
  fhir::search::settle_rows(fhir::search::index_plan(key.type), {}, remembered);
  require(remembered.patient == rows.patient && remembered.tokens == rows.tokens &&
          remembered.strings == rows.strings && remembered.references == rows.references &&
          remembered.numbers == rows.numbers && remembered.quantities == rows.quantities &&
          remembered.dates == rows.dates);
  for (const auto& text : rows.strings)
    require(text.folded.size() <= fhir::search::indexed_text_bytes);
  for (const auto& referred : fhir::search::follow(key.type, *view, nullptr))
    require(fhir::is_id(referred.id));
  using Form = fhir::Excerpt::Form;
  for (const Form form : {Form::summary, Form::text, Form::data, Form::elements, Form::all_but}) {
    const auto shown = fhir::parse_json(fhir::excerpt(body, {form, {"code", "value"}}));
    require(shown && (*shown)["id"].text() == key.id);
  }
}

void take_resource(const Json& resource) {
  const std::string& type = resource["resourceType"].text();
  if (!fhir::search::is_served(type)) return;
  const fhir::ResourceKey key{type, "fuzz"};
  const auto body = fhir::normalised(resource, key, type, fhir::SaidId::ignored);
  if (!body) return refused(body.error());
  store(key, *body);
}

void take_bundle(Json& bundle) {
  auto entries = fhir::read_entries(bundle);
  if (!entries) return refused(entries.error());
  fhir::EntryReferences names;
  for (const auto& entry : *entries) {
    const auto slash = entry.url.find('/');
    if (slash == entry.url.npos || !fhir::is_id(entry.url.substr(slash + 1))) continue;
    names.name(entry.full_url, {entry.url.substr(0, slash), entry.url.substr(slash + 1)},
               entry.full_url.starts_with(base_url));
  }
  const auto nobody = [](std::string_view) -> base::Result<std::string> {
    return base::Error{base::ErrorKind::malformed, "unresolved-reference nobody meets it", "", ""};
  };
  for (auto& entry : *entries) {
    if (entry.resource == nullptr) continue;
    const auto resolved = fhir::resolve_references(*entry.resource, names, entry.full_url, nobody,
                                                   "Bundle.entry[0].resource");
    if (!resolved) refused(resolved.error());
    take_resource(*entry.resource);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  auto json = fhir::parse_json(text);
  if (!json) {
    require(!json.error().what.empty() && json.error().where.find("line") == 0);
    return 0;
  }
  const auto written = json->write();
  for (const auto& again : {written, json->pretty(), fhir::indented(text)}) {
    const auto read = fhir::parse_json(again);
    require(read && *read == *json);
  }
  static const fhir::CodeChecks checks{[](std::string_view code) { return code != "percent"; },
                                       [](std::string_view code) { return code != "8112-6"; }};
  for (const auto& issue : fhir::validate(*json, {}, artefacts(), checks))
    require(!issue.code.empty() && !issue.text.empty());
  if ((*json)["resourceType"].text() == "Bundle")
    take_bundle(*json);
  else
    take_resource(*json);
  return 0;
}
