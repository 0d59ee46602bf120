#include "gateway/store/postgresql/said.hpp"

#include <map>

#include "gateway/base/hash.hpp"
#include "gateway/fhir/writer.hpp"
#include "gateway/store/postgresql/text_code.hpp"
#include "gateway/store/tables/bodies.hpp"
#include "gateway/store/tables/columns.hpp"

namespace gateway::store::postgresql {
namespace {

std::string as_kept(std::string_view text) {
  auto code = encoded(text);
  return code.empty() ? std::string(text) : code;
}

/// The least and the greatest of what each parameter says whose values lie by themselves.
struct Extremes {
  std::map<std::string_view, std::string_view> least, greatest;

  void weigh(std::string_view type, std::string_view parameter, std::string_view said) {
    const auto place = tables::place_of(type, parameter);
    if (place != tables::Place::rows && place != tables::Place::origin &&
        place != tables::Place::listed)
      return;
    const auto [low, is_first] = least.try_emplace(parameter, said);
    const auto [high, is_new] = greatest.try_emplace(parameter, said);
    if (!is_first && said < low->second) low->second = said;
    if (!is_new && said > high->second) high->second = said;
  }
};

void write(fhir::JsonWriter& out, const char* key,
           const std::map<std::string_view, std::string_view>& said) {
  if (said.empty()) return;
  out.plain_key(key).begin_object();
  for (const auto& [parameter, value] : said) out.member(as_kept(parameter), as_kept(value));
  out.end_object();
}

void write_version(fhir::JsonWriter& out, const VersionWrite& version) {
  const auto body = fhir::JsonView::read(version.body);
  if (!body) return;
  if (const auto listed = tables::listed_in(version.key.type, *body); !listed.empty()) {
    out.plain_key("l").begin_array();
    for (const auto& locator : listed) out.string(base::hex(locator));
    out.end_array();
  }
  std::set<std::string> typed;
  tables::for_each_typed(*body, [&](auto system, auto code, auto value) {
    const auto rest = std::string("\n").append(code).append("\n").append(value);
    typed.insert(rest);
    typed.insert(std::string(system) + rest);
  });
  if (!typed.empty()) {
    out.plain_key("t").begin_array();
    for (const auto& one : typed) out.string(as_kept(one));
    out.end_array();
  }
  Extremes extremes;
  for (const auto& token : version.index.tokens)
    extremes.weigh(version.key.type, token.parameter, token.code);
  for (const auto& reference : version.index.references)
    extremes.weigh(version.key.type, reference.parameter, reference.id);
  write(out, "f", extremes.least);
  write(out, "g", extremes.greatest);
}

}  // namespace

std::string said_by(const Entry& entry) {
  fhir::JsonWriter out;
  out.begin_object();
  for (std::size_t slot = 0; slot < entry.versions.size(); ++slot) {
    out.key(std::to_string(slot)).begin_object();
    write_version(out, entry.versions[slot]);
    out.end_object();
  }
  out.end_object();
  return entry.versions.empty() ? std::string() : out.take();
}

}  // namespace gateway::store::postgresql
