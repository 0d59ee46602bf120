#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "gateway/base/hash.hpp"

namespace gateway::store::tables {

/// What an arrival is, in one SHA-256 that its audit row carries: every column of its row that
/// never changes, the targets it was queued for and its review items. So no column is kept twice,
/// and a message costs one hash of its coded blobs (`hash` stands for the raw bytes).
///
/// Texts stand with their size before them, numbers as LEB128, in the order of the calls: columns,
/// then targets by sequence, then review items by number. Writer and verification both call these,
/// so they cannot disagree.
class Seal {
 public:
  struct Columns {
    std::int64_t number = 0;
    std::int64_t partition = 0, kind = 0, state = 0, size = 0, received = 0, committed = 0;
    std::string_view sender, control_id, hash, kept, listener, message_type, path, patient;
    std::string_view answer, account, pack;  // as coded
  };
  explicit Seal(const Columns& columns);
  void target(std::string_view name);
  void review(std::string_view code, std::string_view severity, std::string_view place,
              std::string_view resource, std::string_view text);
  base::Digest digest() const;

 private:
  std::string sealed_;
};

}  // namespace gateway::store::tables
