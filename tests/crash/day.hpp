#pragma once
#include <cstdlib>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/unit/intake/house.hpp"

namespace tests {

/// A number that the long form of a harness sets.
inline std::int64_t setting(const char* name, std::int64_t usual) {
  const char* said = std::getenv(name);
  return said == nullptr ? usual : std::strtoll(said, nullptr, 10);
}

/// Message `n` of a laboratory's day: the samples in turn, each round under control ids of its own,
/// so that orders are opened, corrected, and said again.
struct Day {
  static std::string control_id(int n) { return "D" + std::to_string(n); }
  static std::string message(int n) {
    static const auto all = [] {
      std::vector<std::string> out;
      for (int number = 1; number <= 12; ++number)
        out.push_back(
            gateway::intake::House::sample((number < 10 ? "0" : "") + std::to_string(number)));
      return out;
    }();
    const std::string& sample = all[static_cast<std::size_t>(n) % all.size()];
    std::vector<std::size_t> bars;
    for (std::size_t at = 0; at < sample.size() && bars.size() < 10; ++at)
      if (sample[at] == '|') bars.push_back(at);
    return sample.substr(0, bars[8] + 1) + control_id(n) + sample.substr(bars[9]);  // MSH-10
  }
};

/// What was kept of a store's file, asked behind the engine's back: control ids, and how often.
inline std::map<std::string, int> arrivals_of(const std::filesystem::path& file) {
  gateway::store::sqlite::Connection connection;
  if (!connection.open(file.string(), SQLITE_OPEN_READWRITE))
    throw std::runtime_error("the store's file does not open");
  std::map<std::string, int> out;
  gateway::store::sqlite::Query query(connection,
                                      "SELECT control_id, count(*) FROM arrival GROUP BY 1");
  while (query.row()) out[std::string(query.text(0))] = static_cast<int>(query.integer(1));
  return out;
}

}  // namespace tests
