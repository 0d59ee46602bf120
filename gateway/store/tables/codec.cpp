#include "gateway/store/tables/codec.hpp"

#include <algorithm>

#include <zstd.h>

#include "gateway/base/result.hpp"
#include "gateway/store/tables/database.hpp"

namespace gateway::store::tables {
namespace {

constexpr int level = 1;  // SPEED.md §1.1
// The bodies of a message repeat one another in long pieces: shorter matches are not worth looking
// for. Measured together with the tables that this needs: a sixth quicker, and smaller.
constexpr int shortest_match = 7, table_bits = 14;
constexpr unsigned long long most_bytes = 1ULL << 30;  // no blob of ours; a damaged head says more

constexpr std::size_t most_room = 4 << 20;

struct FreeDecompression {
  void operator()(ZSTD_DDict* d) const noexcept { ZSTD_freeDDict(d); }
};
struct FreeContext {
  void operator()(ZSTD_CCtx* c) const noexcept { ZSTD_freeCCtx(c); }
  void operator()(ZSTD_DCtx* c) const noexcept { ZSTD_freeDCtx(c); }
};

}  // namespace

struct Dictionaries::State {
  std::map<unsigned char, std::unique_ptr<ZSTD_DDict, FreeDecompression>> by_number;
  std::string newest;
  unsigned char newest_number = 0;
};

Dictionaries::Dictionaries() : state_(std::make_unique<State>()) {}
Dictionaries::~Dictionaries() = default;

std::shared_ptr<const Dictionaries> Dictionaries::load(Connection& connection) {
  std::shared_ptr<Dictionaries> out(new Dictionaries);
  Query query(
      connection,
      "SELECT number, bytes FROM dictionary WHERE number BETWEEN 1 AND 255 ORDER BY number");
  while (query.row()) {
    const auto number = static_cast<unsigned char>(query.integer(0));
    const auto bytes = query.bytes(1);
    out->state_->by_number[number].reset(ZSTD_createDDict(bytes.data(), bytes.size()));
    out->state_->newest = bytes;
    out->state_->newest_number = number;
  }
  return out;
}

struct Codec::State {
  std::shared_ptr<const Dictionaries> dictionaries;
  std::unique_ptr<ZSTD_CCtx, FreeContext> compress{ZSTD_createCCtx()};
  std::unique_ptr<ZSTD_DCtx, FreeContext> decompress{ZSTD_createDCtx()};
  bool is_ready = false;  // to compress: connections that only read never are
  std::string room;  // for what is being compressed; kept for the next, unless it was a large one
};

Codec::Codec(std::shared_ptr<const Dictionaries> dictionaries) : state_(std::make_unique<State>()) {
  state_->dictionaries = std::move(dictionaries);
  base::invariant(state_->compress && state_->decompress, "zstd contexts are made");
}

/// A parameter that a version of the library does not know leaves its own choice.
void Codec::make_ready() {
  ZSTD_CCtx* context = state_->compress.get();
  ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, level);
  ZSTD_CCtx_setParameter(context, ZSTD_c_minMatch, shortest_match);
  ZSTD_CCtx_setParameter(context, ZSTD_c_hashLog, table_bits);
  ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
  ZSTD_CCtx_setParameter(context, ZSTD_c_dictIDFlag, 0);  // our first byte says it
  // Its tables are looked into where they are, not copied for each blob.
  constexpr auto force_attach = ZSTD_c_experimentalParam4;  // ZSTD_c_forceAttachDict
  ZSTD_CCtx_setParameter(context, force_attach, 1);
  const auto& dictionary = state_->dictionaries->state_->newest;
  ZSTD_CCtx_loadDictionary(context, dictionary.data(), dictionary.size());
  state_->is_ready = true;
}

Codec::~Codec() = default;

std::string Codec::code(std::string_view bytes) {
  const auto& dictionaries = *state_->dictionaries->state_;
  if (!dictionaries.newest.empty() && bytes.size() > 16) {
    if (!state_->is_ready) make_ready();
    auto& room = state_->room;
    if (room.size() < 1 + ZSTD_compressBound(bytes.size()))
      room.resize(1 + ZSTD_compressBound(bytes.size()));
    room[0] = static_cast<char>(dictionaries.newest_number);
    const auto size = ZSTD_compress2(state_->compress.get(), room.data() + 1, room.size() - 1,
                                     bytes.data(), bytes.size());
    const bool smaller = ZSTD_isError(size) == 0 && size < bytes.size();
    auto coded = smaller ? room.substr(0, 1 + size) : std::string();
    if (room.size() > most_room) std::string().swap(room);
    if (smaller) return coded;
  }
  return plain(bytes);
}

std::string Codec::plain(std::string_view bytes) {
  std::string out(1, '\0');
  out.append(bytes);
  return out;
}

/// Of the bytes that the blob stands for, as it says itself.
std::optional<std::size_t> Codec::size_of(std::string_view blob) const {
  if (blob.empty()) return std::nullopt;
  const auto number = static_cast<unsigned char>(blob[0]);
  blob.remove_prefix(1);
  if (number == 0) return blob.size();
  if (!state_->dictionaries->state_->by_number.contains(number)) return std::nullopt;
  const auto size = ZSTD_getFrameContentSize(blob.data(), blob.size());
  if (size == ZSTD_CONTENTSIZE_ERROR || size == ZSTD_CONTENTSIZE_UNKNOWN || size > most_bytes)
    return std::nullopt;
  return size;
}

bool Codec::decode_into(std::string_view blob, char* out, std::size_t size) {
  const auto number = static_cast<unsigned char>(blob[0]);
  blob.remove_prefix(1);
  if (number == 0) {
    std::copy(blob.begin(), blob.end(), out);
    return true;
  }
  const auto& dictionary = state_->dictionaries->state_->by_number.find(number)->second;
  const auto got = ZSTD_decompress_usingDDict(state_->decompress.get(), out, size, blob.data(),
                                              blob.size(), dictionary.get());
  return ZSTD_isError(got) == 0 && got == size;
}

std::optional<std::string> Codec::decode(std::string_view blob) {
  const auto size = size_of(blob);
  if (!size) return std::nullopt;
  std::string out(*size, '\0');
  if (!decode_into(blob, out.data(), out.size())) return std::nullopt;
  return out;
}

std::optional<Decoded> Codec::decode_to_look(std::string_view blob) {
  const auto size = size_of(blob);
  if (!size) return std::nullopt;
  Decoded out{std::make_unique_for_overwrite<char[]>(*size), *size};
  if (!decode_into(blob, out.memory.get(), out.size)) return std::nullopt;
  return out;
}

}  // namespace gateway::store::tables
