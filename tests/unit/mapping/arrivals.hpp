#pragma once
#include <algorithm>
#include <cstdint>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "tests/unit/mapping/laboratory.hpp"

/// Messages of one order in every order of arrival (T2, T7).
namespace gateway::mapping::arrivals {

/// A row that a laboratory may send: OBX-2 to 4, 6 to 8, and what its OBX-5 may hold.
struct Kind {
  std::string type, code, sub_id;
  std::vector<std::string> values;
  std::vector<std::string> units{""}, ranges{""}, flags{""};
  double often = 0.5;
  bool is_kept = false;  // its row is never taken back as a whole
};

/// A message: its rows, one a line.
using Rows = std::vector<std::string>;

class Dice {
 public:
  explicit Dice(std::uint64_t seed) : random_(seed) {}
  bool falls(double often) { return std::uniform_real_distribution<>(0, 1)(random_) < often; }
  const std::string& one_of(const std::vector<std::string>& all) {
    return all[std::uniform_int_distribution<std::size_t>(0, all.size() - 1)(random_)];
  }
  template <class T>
  void shuffle(std::vector<T>& all) {
    std::shuffle(all.begin(), all.end(), random_);
  }

 private:
  std::mt19937_64 random_;
};

/// What a laboratory may write of a row in its n-th message: prelims before finals, corrections and
/// withdrawals behind them.
inline Rows draw(Dice& dice, const std::vector<Kind>& kinds, std::size_t n,
                 std::set<std::string>& settled) {
  Rows rows;
  for (const Kind& kind : kinds) {
    if (!dice.falls(kind.often)) continue;
    const std::string key = kind.code + "|" + kind.sub_id;
    std::vector<std::string> statuses{"F", "C"}, values = kind.values;
    if (n > 0) statuses = {"F", "C", "C"};
    if (n > 0 && !kind.is_kept) statuses.insert(statuses.end(), {"W", "X"});
    if (n > 0) values.insert(values.end(), {"\"\"", "", "QNS"});
    for (std::size_t more = values.size() - kind.values.size(); more > 0 && n > 0; --more)
      values.push_back(kind.values.front());
    if (!settled.contains(key)) statuses.insert(statuses.end(), {"P", "P"});
    const std::string& status = dice.one_of(statuses);
    if (status != "P") settled.insert(key);
    rows.push_back("OBX|1|" + kind.type + "|" + kind.code + "|" + kind.sub_id + "|" +
                   dice.one_of(values) + "|" + dice.one_of(kind.units) + "|" +
                   dice.one_of(kind.ranges) + "|" + dice.one_of(kind.flags) + "|||" + status +
                   "\n");
  }
  dice.shuffle(rows);
  return rows;
}

inline std::vector<Rows> scenario(const std::vector<Kind>& kinds, std::uint64_t seed,
                                  std::size_t messages = 3) {
  Dice dice(seed);
  std::set<std::string> settled;
  std::vector<Rows> all;
  for (std::size_t n = 0; n < messages; ++n) all.push_back(draw(dice, kinds, n, settled));
  return all;
}

/// Issues that tell of an arrival, and not of what stands.
inline bool is_of_arrival(const std::string& code) {
  return code == "update-out-of-order" || code == "status-regression" ||
         code == "value-empty-on-update" || code == "update-target-unknown";
}

inline std::string said(const fhir::Json& part) {
  std::map<std::string, std::string> members;
  for (const auto& [name, value] : part.members())
    if (name.starts_with("value") || name == "dataAbsentReason" || name == "interpretation" ||
        name == "referenceRange")
      members[name] = value.write();
  std::string all;
  for (const auto& [name, value] : members) all += " " + name + " " + value;
  return all;
}

/// A component without a value for an unknown reason is as none.
inline bool tells(const fhir::Json& part) {
  const fhir::Json& absent = part["dataAbsentReason"];
  return tests::code_of(absent) != "unknown" || part.has("interpretation") ||
         part.has("referenceRange");
}

inline std::string context_of(const fhir::Json& body) {
  std::string all;
  for (const fhir::Json& extension : body["extension"].items())
    if (extension["url"].text().ends_with("/cycle-context"))
      for (const fhir::Json& part : extension["extension"].items())
        if (part["url"].text() != "evidence") all += " " + part.write();
  return all;
}

/// What a reader sees of one resource. A final result of which a row was corrected is `corrected`
/// in one order of arrival and not in another: both are a result that stands.
inline std::string seen(const fhir::Json& body) {
  std::string status = body["status"].text();
  if (status == "corrected") status = "final";
  std::string all = status + said(body) + context_of(body);
  std::set<std::string> lines;
  for (const fhir::Json& part : body["component"].items())
    if (tells(part)) lines.insert("component " + tests::code_of(part["code"]) + said(part));
  for (const fhir::Json& tag : body["meta"]["tag"].items())
    if (!is_of_arrival(tag["code"].text())) lines.insert("tag " + tag["code"].text());
  // Notes of a result of several rows are those of the newest message: no note says of which row
  // it is.
  if (!body.has("component"))
    for (const fhir::Json& note : body["note"].items()) lines.insert("note " + note["text"].text());
  for (const std::string& line : lines) all += "\n    " + line;
  return all;
}

/// All that stands: what is withdrawn or was not done says nothing that could differ.
inline std::string state(const Laboratory& laboratory) {
  std::string all;
  for (const auto& [key, body] : laboratory.bodies()) {
    if (key.type != "Observation" && key.type != "DiagnosticReport") continue;
    const std::string& status = body["status"].text();
    if (status == "entered-in-error" || (status == "cancelled" && key.type == "Observation"))
      continue;
    const bool is_report = key.type == "DiagnosticReport";
    const auto& parts = body["component"].items();
    if (tests::code_of(body["code"]) == "85354-9" &&
        std::none_of(parts.begin(), parts.end(), tells))
      continue;  // of a pressure without halves nothing is said
    fhir::Json shown = body;
    if (is_report) shown.set("status", fhir::Json::string("-"));
    all += key.reference() + " " + tests::code_of(body["code"]) + " " + seen(shown) + "\n";
    std::set<std::string> results;
    for (const fhir::Json& one : body["result"].items())
      if (laboratory.stands(one["reference"].text())) results.insert(one["reference"].text());
    for (const std::string& result : results) all += result + " ";
  }
  return all;
}

inline std::string told(const std::vector<Rows>& messages) {
  std::string all;
  for (const Rows& rows : messages) {
    all += "message\n";
    for (const std::string& row : rows) all += "  " + row;
  }
  return all;
}

/// "" if these messages end alike in whichever order they arrive; else what differs.
inline std::string difference(const std::vector<Rows>& messages) {
  std::vector<std::size_t> order(messages.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::string first;
  do {
    Laboratory laboratory;
    std::string which;
    for (const std::size_t i : order) {
      std::string rows;
      for (const std::string& row : messages[i]) rows += row;
      laboratory.say_at(10 + static_cast<int>(i), rows);
      which += std::to_string(i);
    }
    if (!laboratory.ledger.right_versions()) return "a version does not follow: " + which;
    const std::string now = state(laboratory);
    if (first.empty()) first = now;
    if (now != first) return told(messages) + "in order:\n" + first + "as " + which + ":\n" + now;
  } while (std::next_permutation(order.begin(), order.end()));
  return "";
}

}  // namespace gateway::mapping::arrivals
