#pragma once
#include <algorithm>
#include <cctype>
#include <fstream>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/conversions.hpp"

/// The field tables of V2FHIR.md as data: tests/unit/mapping/fields/*.txt. A line beginning with
/// `>` is a segment of the message that the rows behind it stand in; a row is
///
///   FIELD | what is sent there | what becomes of it
///
/// FIELD is `PV1-36` or, of a later segment of that name, `PRT[2]-5`. What becomes of it is one of
///
///   Type.path = value     the value stands there, and the account leads a leaf of the field to it
///   Type.path ~ value     it stands there, whatever the account says (decided with other fields)
///   reason | unmapped     every leaf has this fate (V2FHIR.md §5.2)
///
/// with `.2:` or `[2].1.3:` before it where one leaf alone is meant. A path may name an extension
/// by the end of its URL, `extension(episode)`, an element by its index, and go on behind a
/// reference: `subject->Patient.gender`. A line whose first two columns are empty says more of the
/// row before it. A leaf that no line calls unmapped is not.
namespace fields {

using gateway::fhir::Json;

struct Expectation {
  std::string leaf;  // "" for any leaf of the field
  std::string path;  // "" for a fate alone
  std::string value;
  bool accounted = true;  // `=`
  std::string fate;       // "unmapped" or a reason
  int line = 0;
};

struct Row {
  std::vector<std::string> skeleton;
  std::string field, sent;
  std::vector<Expectation> expected;
  int line = 0;
};

inline std::string trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return std::string(text);
}

inline Expectation read_expectation(std::string text, int line) {
  Expectation expectation;
  expectation.line = line;
  const auto colon = text.find(": ");
  if (colon != text.npos && (text[0] == '.' || text[0] == '[')) {
    expectation.leaf = text.substr(0, colon);
    text = trimmed(text.substr(colon + 2));
  }
  auto sign = text.find(" = ");
  if (sign == text.npos) sign = text.find(" ~ ");
  if (sign == text.npos) {
    expectation.fate = text;
    return expectation;
  }
  expectation.accounted = text[sign + 1] == '=';
  expectation.path = trimmed(text.substr(0, sign));
  expectation.value = trimmed(text.substr(sign + 3));
  for (std::size_t at = 0; (at = expectation.value.find("\\n", at)) != std::string::npos; ++at)
    expectation.value.replace(at, 2, "\n");
  return expectation;
}

inline std::vector<Row> read_table(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::vector<Row> rows;
  std::vector<std::string> skeleton;
  bool fresh = true;
  int number = 0;
  for (std::string line; std::getline(file, line);) {
    ++number;
    if (line.empty() || line[0] == '#') continue;
    if (line[0] == '>') {
      if (!fresh) skeleton.clear();
      fresh = true;
      skeleton.push_back(trimmed(line.substr(1)));
      continue;
    }
    fresh = false;
    const auto first = line.find('|'), last = line.rfind('|');
    const std::string field = trimmed(line.substr(0, first));
    if (!field.empty()) {
      Row row;
      row.skeleton = skeleton;
      row.field = field;
      row.sent = trimmed(line.substr(first + 1, last - first - 1));
      row.line = number;
      rows.push_back(std::move(row));
    }
    rows.back().expected.push_back(read_expectation(trimmed(line.substr(last + 1)), number));
  }
  return rows;
}

/// `PV1-36`, `PRT[2]-5`.
struct Address {
  std::string segment;
  int occurrence = 1;
  std::uint16_t field = 0;
};

inline Address address_of(const std::string& text) {
  Address address;
  const auto dash = text.rfind('-');
  address.segment = text.substr(0, 3);
  if (text[3] == '[') address.occurrence = std::stoi(text.substr(4));
  address.field = static_cast<std::uint16_t>(std::stoi(text.substr(dash + 1)));
  return address;
}

/// The message of a row: its field put into the segment it names.
inline std::string message_of(const Row& row) {
  const Address address = address_of(row.field);
  std::string text;
  int seen = 0;
  for (std::string line : row.skeleton) {
    if (line.starts_with(address.segment) && ++seen == address.occurrence) {
      std::vector<std::string> parts{""};
      for (const char c : line) c == '|' ? void(parts.emplace_back()) : void(parts.back() += c);
      const std::size_t at = address.segment == "MSH" ? address.field - 1U : address.field;
      if (parts.size() <= at) parts.resize(at + 1);
      parts[at] = row.sent;
      line.clear();
      for (std::size_t k = 0; k < parts.size(); ++k) line += (k > 0 ? "|" : "") + parts[k];
    }
    text += line + "\n";
  }
  return text;
}

/// A node of the output.
struct Found {
  std::size_t resource = 0;
  std::string path;
  const Json* node = nullptr;
};

class Finder {
 public:
  explicit Finder(const tests::Converted& converted) : converted_(converted) {}

  std::vector<Found> find(const std::string& pattern) const {
    const auto dot = pattern.find('.');
    const std::string type = pattern.substr(0, dot);
    std::vector<Found> found;
    for (std::size_t k = 0; k < converted_.resources.size(); ++k) {
      const Json& resource = converted_.resources[k];
      if (resource["resourceType"].text() == type)
        walk({k, "", &resource}, pattern.substr(dot + 1), found);
    }
    return found;
  }

 private:
  void walk(Found at, const std::string& rest, std::vector<Found>& found) const {
    if (rest.empty()) return found.push_back(at);
    if (rest.starts_with("->")) return follow(at, rest.substr(2), found);
    std::size_t end = 0;
    while (end < rest.size() &&
           (std::isalnum(static_cast<unsigned char>(rest[end])) != 0 || rest[end] == '_'))
      ++end;
    const std::string name = rest.substr(0, end);
    std::string selector;
    if (end < rest.size() && (rest[end] == '[' || rest[end] == '(')) {
      const auto close = rest.find(rest[end] == '[' ? ']' : ')', end);
      selector = rest.substr(end, close - end);
      end = close + 1;
    }
    std::string further = rest.substr(end);
    if (further.starts_with('.')) further.erase(0, 1);
    const Json* member = at.node->find(name);
    if (member == nullptr) return;
    at.path += (at.path.empty() ? "" : ".") + name;
    if (!member->is_array()) return walk({at.resource, at.path, member}, further, found);
    for (std::size_t k = 0; k < member->items().size(); ++k) {
      const Json& item = member->items()[k];
      const bool wanted = selector.empty() ||
                          (selector[0] == '[' && std::stoul(selector.substr(1)) == k) ||
                          (selector[0] == '(' && item["url"].text().ends_with(selector.substr(1)));
      if (wanted)
        walk({at.resource, at.path + "[" + std::to_string(k) + "]", &item}, further, found);
    }
  }

  void follow(const Found& at, const std::string& pattern, std::vector<Found>& found) const {
    const std::string& reference = (*at.node)["reference"].text();
    const auto dot = pattern.find('.');
    for (std::size_t k = 0; k < converted_.resources.size(); ++k) {
      const Json& resource = converted_.resources[k];
      const std::string& type = resource["resourceType"].text();
      if (type != pattern.substr(0, dot) || reference != type + "/" + resource["id"].text())
        continue;
      walk({k, "", &resource}, pattern.substr(dot + 1), found);
    }
  }

  const tests::Converted& converted_;
};

/// The populated leaves of the row's field, and of one part of it.
inline std::vector<std::size_t> leaves_of(const tests::Converted& converted, const Row& row,
                                          const std::string& part = "") {
  const Address address = address_of(row.field);
  const auto& message = converted.message;
  std::vector<std::size_t> leaves;
  int seen = 0;
  for (const auto& segment : message.segments()) {
    if (segment.name != address.segment || ++seen != address.occurrence) continue;
    for (std::size_t k = segment.first_leaf; k < segment.first_leaf + segment.leaf_count; ++k) {
      const auto& leaf = message.leaves()[k];
      if (leaf.field != address.field) continue;
      std::string own = "." + std::to_string(leaf.component);
      if (leaf.repetition > 1) own = "[" + std::to_string(leaf.repetition) + "]" + own;
      const std::string finer = own + "." + std::to_string(leaf.subcomponent);
      if (part.empty() || part == own || part == finer) leaves.push_back(k);
    }
  }
  return leaves;
}

}  // namespace fields
