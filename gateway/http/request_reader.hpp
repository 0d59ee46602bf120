#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "gateway/http/message.hpp"
#include "gateway/http/server.hpp"

namespace gateway::http {

/// The bytes of one connection → its requests, one after the other (RFC 9112). Pure; how the bytes
/// were cut on the way makes no difference. Time and memory are linear in the bytes, and within
/// the limits.
class RequestReader {
 public:
  explicit RequestReader(const Limits& limits);
  ~RequestReader();

  void take(std::string_view bytes) { in_ += bytes; }

  enum class Step {
    needs_more,
    head,     // once a request: `request()` is there but for its body; go on with `advance`
    whole,    // `request()` is; `next` begins the following one
    refused,  // `refusal()` says why; this connection is not to be read on
  };
  Step advance();
  void next();

  Request& request() { return request_; }
  const Refusal& refusal() const { return refusal_; }
  /// Has a byte of the request come, or of the one after a whole one?
  bool has_bytes() const { return stage_ != Stage::head || !in_.empty(); }
  bool has_more() const { return !in_.empty(); }
  bool in_body() const { return stage_ == Stage::framing || stage_ == Stage::body; }
  bool has_body() const { return announced_ > 0 || is_chunked_; }
  std::size_t body_bytes() const;  // so far
  /// The peer waits for "100 Continue" before it sends the body. True once.
  bool wants_continue() { return std::exchange(wants_continue_, false); }
  /// After `head`: a body over the limit is taken cut (`Request::is_cut`) instead of refused.
  void take_beginning() { takes_beginning_ = true; }
  /// May another request follow on this connection?
  bool keeps_alive() const { return keeps_alive_; }
  bool is_http_1_0() const { return is_1_0_; }

 private:
  enum class Stage { head, framing, body, whole, refused };
  struct Parser;
  Step read_head();
  Step begin_body();
  Step read_body();
  Step read_beginning();
  Step end_body(std::string body);
  bool is_within_limits(std::size_t end);
  std::size_t end_of_head();
  std::optional<Refusal> take_target(std::string_view target);
  std::optional<Refusal> take_head();
  std::optional<Refusal> framing() const;
  Step refuse(int status, std::string_view code, std::string why);

  const Limits limits_;
  std::string in_;
  std::size_t searched_ = 0;  // of in_, for the end of the head
  std::size_t line_ = 0;      // length of the first line; 0: its end has not come
  std::unique_ptr<Parser> parser_;
  Stage stage_ = Stage::head;
  Request request_;
  Refusal refusal_;
  std::uint64_t announced_ = 0;
  bool has_length_ = false, is_chunked_ = false, keeps_alive_ = false, is_1_0_ = false;
  bool wants_continue_ = false, takes_beginning_ = false;
};

}  // namespace gateway::http
