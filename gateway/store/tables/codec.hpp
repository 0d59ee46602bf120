#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace gateway::store::tables {

class Connection;

/// The compression dictionaries of one store, digested once, shared by all its connections.
class Dictionaries {
 public:
  /// Reads the store's dictionary table. New blobs use the highest number.
  static std::shared_ptr<const Dictionaries> load(Connection& connection);
  ~Dictionaries();

 private:
  friend class Codec;
  Dictionaries();
  struct State;
  std::unique_ptr<State> state_;
};

struct Decoded {
  std::unique_ptr<char[]> memory;
  std::size_t size = 0;
  std::string_view bytes() const { return {memory.get(), size}; }
};

/// Codes blobs: one byte dictionary number, then a zstd frame with a check sum; or byte 0 and the
/// bytes as they are, where that is shorter. One thread at a time.
class Codec {
 public:
  explicit Codec(std::shared_ptr<const Dictionaries> dictionaries);
  ~Codec();
  std::string code(std::string_view bytes);
  /// The bytes as they are, of what no coding makes smaller.
  static std::string plain(std::string_view bytes);
  /// nullopt if the blob is damaged or names a dictionary that is not there.
  std::optional<std::string> decode(std::string_view blob);
  /// The same for what is only looked at, in memory that is not cleared before.
  std::optional<Decoded> decode_to_look(std::string_view blob);

 private:
  void make_ready();
  std::optional<std::size_t> size_of(std::string_view blob) const;
  bool decode_into(std::string_view blob, char* out, std::size_t size);
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace gateway::store::tables
