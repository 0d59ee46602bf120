#include "gateway/fhir/r4_elements.hpp"

#include <algorithm>
#include <unordered_map>

#include "gateway/base/hash.hpp"
#include "gateway/base/parts.hpp"
#include "gateway/base/time.hpp"
#include "gateway/fhir/bundle.hpp"

namespace gateway::fhir {
namespace embedded {
std::string_view r4_elements();
}
namespace {

std::vector<std::string_view> listed(std::string_view text) {
  std::vector<std::string_view> out;
  while (!text.empty()) out.push_back(base::next_part(text, '|'));
  return out;
}

R4Element read(std::string_view line) {
  R4Element element;
  element.path = base::next_part(line, ' ');
  element.name = element.path.substr(element.path.rfind('.') + 1);
  element.is_needed = base::next_part(line, ' ') != "0";
  element.is_list = base::next_part(line, ' ') != "1";
  const auto types = base::next_part(line, ' ');
  if (types.starts_with('#'))
    element.as = types.substr(1);
  else
    element.types = listed(types);
  if (line.starts_with('=')) element.codes = listed(line.substr(1));
  return element;
}

using Table = std::unordered_map<std::string_view, std::vector<R4Element>>;

Table read_all(std::string_view text) {
  Table table;
  while (!text.empty()) {
    const auto element = read(base::next_part(text, '\n'));
    table[element.path.substr(0, element.path.rfind('.'))].push_back(element);
  }
  return table;
}

bool is_whole(std::string_view text, bool may_be_negative, char least_first) {
  if (may_be_negative && text.starts_with('-')) text.remove_prefix(1);
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; }) &&
         (text.size() == 1 || text.front() != '0') && (text != "0" || least_first == '0');
}

bool is_time(std::string_view type, std::string_view text) {
  using Precision = base::PartialTime::Precision;
  const auto time = base::parse_fhir_time(text);
  if (!time) return false;
  const bool has_clock = time->precision > Precision::day;
  if (type == "date") return !has_clock;
  if (has_clock) return time->precision >= Precision::second && time->offset_minutes.has_value();
  return type == "dateTime";
}

/// "09:30:00", with or without a fraction.
bool is_clock(std::string_view text) {
  return base::parse_fhir_time("2000-01-01T" + std::string(text) + "Z").has_value() &&
         text.size() >= 8;
}

bool is_code(std::string_view text) {
  return !text.empty() && text.front() != ' ' && text.back() != ' ' &&
         text.find("  ") == text.npos && text.find_first_of("\t\n\r") == text.npos;
}

}  // namespace

const std::vector<R4Element>* parts_of(std::string_view path) {
  static const Table table = read_all(embedded::r4_elements());
  const auto at = table.find(path);
  return at != table.end() ? &at->second : nullptr;
}

R4Member member_of(const std::vector<R4Element>& parts, std::string_view name) {
  for (const R4Element& element : parts) {
    if (element.name == name && !element.is_choice()) return {&element, {}};
    if (!element.is_choice()) continue;
    const auto stem = element.name.substr(0, element.name.size() - 3);
    if (!name.starts_with(stem)) continue;
    const auto rest = name.substr(stem.size());
    for (const auto type : element.types)
      if (!rest.empty() && rest.substr(1) == type.substr(1) &&
          (rest[0] == type[0] || rest[0] == type[0] - 'a' + 'A'))
        return {&element, type};
  }
  return {};
}

bool has_form_of(std::string_view type, std::string_view text) {
  if (type == "id") return is_id(text);
  if (type == "code") return is_code(text);
  if (type == "integer") return is_whole(text, true, '0');
  if (type == "unsignedInt") return is_whole(text, false, '0');
  if (type == "positiveInt") return is_whole(text, false, '1');
  if (type == "date" || type == "dateTime" || type == "instant") return is_time(type, text);
  if (type == "time") return is_clock(text);
  if (type == "base64Binary") return base::base64_decode(text).has_value();
  if (type == "uri" || type == "url" || type == "canonical" || type == "oid" || type == "uuid")
    return !text.empty() && text.find_first_of(" \t\n\r") == text.npos &&
           (type != "oid" || text.starts_with("urn:oid:")) &&
           (type != "uuid" || text.starts_with("urn:uuid:"));
  return true;
}

}  // namespace gateway::fhir
