#include "gateway/http/gzip.hpp"

#include <algorithm>
#include <array>

#include <zlib.h>

namespace gateway::http {
namespace {

constexpr int gzip_window = 15 + 16;  // the largest, and gzip's frame round it
constexpr int usual_memory = 8;

/// zlib takes what it only reads as a pointer to what may change.
Bytef* octets(std::string_view bytes) {
  return reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
}

base::Error damaged() {
  return {base::ErrorKind::malformed, "json-malformed the body is not the gzip it is said to be",
          "", "send it whole, or without Content-Encoding"};
}

/// Ends what began, however the function ends.
template <int (*End)(z_stream*)>
struct Stream : z_stream {
  Stream() : z_stream{} {}
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;
  ~Stream() { End(this); }
};

}  // namespace

std::string gzipped(std::string_view bytes, int effort) {
  Stream<deflateEnd> stream;
  base::invariant(deflateInit2(&stream, effort, Z_DEFLATED, gzip_window, usual_memory,
                               Z_DEFAULT_STRATEGY) == Z_OK,
                  "there is memory to compress");
  std::string out(deflateBound(&stream, static_cast<uLong>(bytes.size())), '\0');
  stream.next_in = octets(bytes);
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = octets(out);
  stream.avail_out = static_cast<uInt>(out.size());
  base::invariant(deflate(&stream, Z_FINISH) == Z_STREAM_END, "the bound holds");
  out.resize(stream.total_out);
  return out;
}

base::Result<std::string> gunzipped(std::string_view bytes, std::size_t most) {
  Stream<inflateEnd> stream;
  base::invariant(inflateInit2(&stream, gzip_window) == Z_OK, "there is memory to decompress");
  std::string out;
  std::array<char, 64 * 1024> piece{};
  stream.next_in = octets(bytes);
  stream.avail_in = static_cast<uInt>(bytes.size());
  int step = Z_OK;
  while (step == Z_OK) {
    stream.next_out = octets({piece.data(), piece.size()});
    stream.avail_out = static_cast<uInt>(piece.size());
    step = inflate(&stream, Z_NO_FLUSH);
    out.append(piece.data(), piece.size() - stream.avail_out);
    if (out.size() > most)
      return base::Error{base::ErrorKind::too_large,
                         "body-too-large the body is larger than " + std::to_string(most) +
                             " bytes when it is unpacked",
                         "", "send it in parts"};
  }
  if (step != Z_STREAM_END || stream.avail_in != 0) return damaged();
  return out;
}

}  // namespace gateway::http
