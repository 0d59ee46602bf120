// Searches: "Type?query" is refused with a code that is known and a place, or read, planned and run
// on a small store. What was understood means the same when it is read again, and pages repeat
// nothing.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/fhir/json.hpp"
#include "gateway/fhir/search/index.hpp"
#include "gateway/observe/metrics.hpp"
#include "gateway/query/reader.hpp"
#include "gateway/store/sqlite/engine.hpp"

#include "tests/support/files.hpp"
#include "tests/support/hand_clock.hpp"

namespace {

using namespace gateway;

void require(bool holds) {
  if (!holds) std::abort();
}

/// What the twelve samples became (tests/golden), as it would be found.
class Samples {
 public:
  Samples() {
    auto opened = store::sqlite::open({.file = folder_.path() / "gateway.db", .min_free_bytes = 1},
                                      clock_, metrics_);
    if (!opened) throw std::runtime_error(opened.error().text());
    store_ = *std::move(opened);
    for (const auto& file :
         std::filesystem::directory_iterator(tests::source_dir() / "tests" / "golden"))
      if (file.path().extension() == ".json") take(tests::read_file(file.path()));
    reader_ = std::make_unique<query::Reader>(*store_, clock_);
  }
  query::Reader& reader() { return *reader_; }

 private:
  void take(const std::string& text) {
    const auto bundle = fhir::parse_json(text);
    if (!bundle) throw std::runtime_error(bundle.error().text());
    store::Entry entry;
    entry.arrival.bytes = text;
    entry.arrival.key = {"SENDER", text.substr(0, 200), base::sha256(text)};
    entry.arrival.size = text.size();
    for (const auto& sent : (*bundle)["entry"].items()) {
      const auto& resource = sent["resource"];
      store::VersionWrite version;
      version.key = {resource["resourceType"].text(), resource["id"].text()};
      version.body = resource.write();
      if (version.key.id.empty() || !written_.insert(version.key.reference()).second) continue;
      version.index =
          fhir::search::index_rows(version.key, *fhir::JsonView::read(version.body), {});
      entry.versions.push_back(std::move(version));
    }
    const std::vector<store::Entry> entries{std::move(entry)};
    const auto outcomes = store_->commit(entries);
    if (!outcomes) throw std::runtime_error(outcomes.error().text());
  }

  tests::TemporaryFolder folder_;
  tests::HandClock clock_;
  observe::Metrics metrics_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<query::Reader> reader_;
  std::set<std::string> written_;
};

/// FHIR.md §4: a 4xx, never a 5xx.
void refused(const base::Error& error) {
  static constexpr auto codes = std::to_array<std::string_view>(
      {"search-unknown-parameter", "search-bad-modifier", "search-bad-value", "search-unit-unknown",
       "search-too-costly", "cursor-forged", "duplicate-control"});
  const std::string_view code = std::string_view(error.what).substr(0, error.what.find(' '));
  require(std::ranges::find(codes, code) != codes.end());
  require(error.kind == base::ErrorKind::malformed || error.kind == base::ErrorKind::unsupported);
  require(error.where.starts_with("http."));
}

void ask(std::string_view type, std::string_view text) {
  static Samples samples;
  static const security::Principal who{
      .name = "fuzz", .scopes = *security::parse_scopes("system/*.rs"), .authenticated = true};
  (void)fhir::search::parse(type, text, true);
  const auto first = fhir::search::parse(type, text);
  if (!first) return refused(first.error());
  auto query = *first;
  std::set<std::string> seen;
  for (int pages = 0; pages < 3; ++pages) {
    const auto again = fhir::search::parse(type, query.self);
    require(again && again->self == query.self && again->criteria.size() == query.criteria.size());
    require(again->count == query.count && again->sort.size() == query.sort.size());
    const auto page = samples.reader().search(who, query);
    if (!page) return refused(page.error());
    require(page->rows.size() <= query.count);
    for (const auto& row : page->rows)
      require(row.key.type == type && seen.insert(row.key.id).second);
    if (page->next.empty()) return;
    query.cursor = page->next;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto question = text.find('?');
  if (question == text.npos) return 0;
  const auto type = text.substr(0, question);
  if (fhir::search::is_searchable(type)) ask(type, text.substr(question + 1));
  return 0;
}
