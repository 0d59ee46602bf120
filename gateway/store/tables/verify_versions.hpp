#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>
#include <utility>

#include "gateway/store/tables/codec.hpp"
#include "gateway/store/tables/database.hpp"
#include "gateway/store/tables/findings.hpp"
#include "gateway/store/tables/index_reader.hpp"
#include "gateway/store/tables/pack.hpp"

namespace gateway::store::tables {

/// Holds every version against the row that locates it and the index row that finds it.
class VersionCheck {
 public:
  VersionCheck(Connection& connection, Codec& codec, Findings& findings)
      : db_(connection), codec_(codec), findings_(findings) {}

  /// An arrival as its row says it.
  struct Of {
    std::int64_t number = 0, partition = 0, committed = 0;
  };
  /// The versions an arrival wrote.
  void arrival(const Of& of, const Pack& pack);
  /// After all arrivals: rows that belong to none.
  void strays();

  std::int64_t resources() const { return resources_; }
  std::int64_t versions() const { return versions_; }

 private:
  /// Where resource or history says a version lies.
  struct Standing {
    std::int64_t arrival = 0, slot = 0, updated = 0, row = 0, partition = 0;
    bool deleted = false;
    std::string content;
    std::int64_t ended = 0;  // of its index row; 0: still current
  };
  void slot(const Of& of, std::size_t number, const Pack::Slot& slot);
  bool current(const std::string& where, const std::string& locator, const Pack::Slot& slot,
               Standing& out);
  bool older(const std::string& where, const std::string& locator, const Pack::Slot& slot,
             Standing& out);
  void index(const std::string& where, const Of& of, std::int64_t number, const Pack::Slot& slot,
             const std::string& locator, const Standing& located);
  void count_origin(const std::string& where, std::int64_t origin, std::int64_t row,
                    std::int64_t shared);
  void stray_locators();
  void stray_postings();

  Connection& db_;
  Codec& codec_;
  Findings& findings_;
  Postings postings_;
  std::int64_t origin_tokens_ = 0;
  std::unordered_map<std::int64_t, std::int64_t> left_over_;  // tokens of origins without a row
  /// Current versions, by locator and number, that count as from later than they were written:
  /// until an arrival says when they were said again.
  struct Later {
    std::int64_t time = 0;
    std::string where;
  };
  std::map<std::pair<std::string, std::int64_t>, Later> later_;
  std::int64_t resources_ = 0, versions_ = 0;
};

}  // namespace gateway::store::tables
