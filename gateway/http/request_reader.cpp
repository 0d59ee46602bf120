#include "gateway/http/request_reader.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include <boost/beast/core/string.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include "gateway/base/parts.hpp"

namespace gateway::http {
namespace {

namespace beast = boost::beast::http;

/// What a request line has beside its URL.
constexpr std::size_t method_and_version = 64;
/// What a chunk may have beside its bytes: its size, extensions, the trailer of the last.
constexpr std::size_t longest_chunk_line = 8 * 1024;

std::string_view view(boost::beast::string_view text) {
  return {text.data(), text.size()};
}

int hex(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/// nullopt: a `%` without two hexadecimal digits.
std::optional<std::string> percent_decoded(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    const int high = i + 2 < text.size() ? hex(text[i + 1]) : -1;
    const int low = i + 2 < text.size() ? hex(text[i + 2]) : -1;
    if (high < 0 || low < 0) return std::nullopt;
    out += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return out;
}

/// `http://host/path` → `/path`: a server takes the form that proxies are sent too.
std::string_view without_authority(std::string_view target) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (base::in_lower_case(target.substr(0, scheme.size())) != scheme) continue;
    target.remove_prefix(scheme.size());
    const auto end = std::min(target.find_first_of("/?"), target.size());
    target.remove_prefix(end);
    return target.empty() ? "/" : target;
  }
  return target;
}

bool takes_body(std::string_view method) {
  return method == "POST" || method == "PUT" || method == "PATCH";
}

}  // namespace

struct RequestReader::Parser : beast::request_parser<beast::string_body> {};

RequestReader::RequestReader(const Limits& limits) : limits_(limits) {}

RequestReader::~RequestReader() = default;

RequestReader::Step RequestReader::advance() {
  switch (stage_) {
    case Stage::head:
      return read_head();
    case Stage::framing:
      return begin_body();
    case Stage::body:
      return read_body();
    case Stage::whole:
      return Step::whole;
    case Stage::refused:
      break;
  }
  return Step::refused;
}

void RequestReader::next() {
  stage_ = Stage::head;
  request_ = {};
  parser_.reset();
  searched_ = line_ = 0;
  announced_ = 0;
  has_length_ = is_chunked_ = keeps_alive_ = is_1_0_ = false;
  wants_continue_ = takes_beginning_ = false;
}

RequestReader::Step RequestReader::refuse(int status, std::string_view code, std::string why) {
  stage_ = Stage::refused;
  keeps_alive_ = false;
  refusal_ = {status, code, std::move(why)};
  return Step::refused;
}

/// Where the head's empty line ends; 0: it has not come yet. A bare LF ends a line here, so that
/// the parser sees it at once and refuses it, instead of both sides waiting.
std::size_t RequestReader::end_of_head() {
  while (true) {
    const auto line = in_.find('\n', searched_);
    if (line == std::string::npos) {
      searched_ = in_.size();
      return 0;
    }
    if (line_ == 0) line_ = line + 1;
    if (line + 1 < in_.size() && in_[line + 1] == '\n') return line + 2;
    if (line + 2 < in_.size() && in_[line + 1] == '\r' && in_[line + 2] == '\n') return line + 3;
    if (line + 2 >= in_.size()) {  // what decides has not come
      searched_ = line;
      return 0;
    }
    searched_ = line + 1;
  }
}

bool RequestReader::is_within_limits(std::size_t end) {
  const auto line = line_ != 0 ? line_ : in_.size();
  if (line > limits_.url_bytes + method_and_version) {
    refuse(414, "url-too-long", "the URL is too long; use POST _search");
    return false;
  }
  if (line_ != 0 && (end != 0 ? end : in_.size()) - line_ > limits_.header_bytes + 2) {
    refuse(431, "headers-too-large",
           "the header fields are larger than " + std::to_string(limits_.header_bytes) + " bytes");
    return false;
  }
  return true;
}

RequestReader::Step RequestReader::read_head() {
  if (searched_ == 0)  // empty lines before a request are passed over (RFC 9112 §2.2)
    in_.erase(0, std::min(in_.find_first_not_of("\r\n"), in_.size()));
  if (in_.empty()) return Step::needs_more;
  if (in_.front() < 'A' || in_.front() > 'z') return refuse(400, "", "this is not HTTP");
  const auto end = end_of_head();
  if (!is_within_limits(end)) return Step::refused;
  if (end == 0) return Step::needs_more;
  parser_ = std::make_unique<Parser>();
  parser_->header_limit(std::numeric_limits<std::uint32_t>::max());  // counted above
  parser_->body_limit(std::numeric_limits<std::uint64_t>::max());    // looked at in read_body
  boost::beast::error_code error;
  const auto taken = parser_->put({in_.data(), end}, error);
  if (error == beast::error::bad_version &&
      std::string_view(in_).substr(0, line_).find(" HTTP/1.") == std::string_view::npos)
    return refuse(505, "", "HTTP/1.1 is spoken here");
  if (error || !parser_->is_header_done() || taken != end)
    return refuse(400, "", "the head of the request is not HTTP/1.1");
  in_.erase(0, end);
  if (auto refused = take_head())
    return refuse(refused->status, refused->code, std::move(refused->why));
  stage_ = Stage::framing;
  return Step::head;
}

std::optional<Refusal> RequestReader::take_head() {
  const auto& head = parser_->get();
  is_1_0_ = head.version() == 10;
  keeps_alive_ = parser_->keep_alive();
  is_chunked_ = parser_->chunked();
  if (const auto length = parser_->content_length()) {
    has_length_ = true;
    announced_ = *length;
  }
  request_.method = view(head.method_string());
  std::size_t hosts = 0;
  for (const auto& field : head) {
    request_.headers.emplace_back(base::in_lower_case(view(field.name_string())),
                                  view(field.value()));
    if (request_.headers.back().first == "host") ++hosts;
  }
  if (auto refused = take_target(view(head.target()))) return refused;
  // RFC 9112 §3.2: without the name of the host nobody knows who was meant.
  if (hosts > 1 || (hosts == 0 && !is_1_0_)) return Refusal{400, "", "a request names one Host"};
  return std::nullopt;
}

std::optional<Refusal> RequestReader::take_target(std::string_view target) {
  if (target.size() > limits_.url_bytes)
    return Refusal{414, "url-too-long", "the URL is too long; use POST _search"};
  target = without_authority(target);
  const auto question = std::min(target.find('?'), target.size());
  auto path = percent_decoded(target.substr(0, question));
  const bool is_all = path && *path == "*" && request_.method == "OPTIONS";
  if (!path || (!path->starts_with('/') && !is_all && question != 0))
    return Refusal{400, "", "the URL is not one of this server's"};
  request_.path = path->empty() ? "/" : *std::move(path);
  if (question < target.size()) request_.query = target.substr(question + 1);
  return std::nullopt;
}

/// Can the end of the body be known, and will we wait for it? Only a length, or the last chunk,
/// tells a whole body from a cut one.
std::optional<Refusal> RequestReader::framing() const {
  for (const auto& [name, value] : request_.headers)
    if (name == "transfer-encoding" && base::in_lower_case(value) != "chunked")
      return Refusal{501, "", "of the transfer codings only chunked is understood"};
  if (is_chunked_ && is_1_0_) return Refusal{400, "", "HTTP/1.0 has no transfer codings"};
  if (is_1_0_ && !has_length_ && takes_body(request_.method))
    return Refusal{411, "", "a body needs a Content-Length: without it a cut one looks whole"};
  if (announced_ > limits_.body_bytes && !takes_beginning_)
    return Refusal{413, "body-too-large",
                   "the body is larger than " + std::to_string(limits_.body_bytes) + " bytes"};
  const auto expected = request_.header("expect");
  if (!expected.empty() && base::in_lower_case(expected) != "100-continue")
    return Refusal{417, "", "of expectations only 100-continue is understood"};
  return std::nullopt;
}

RequestReader::Step RequestReader::begin_body() {
  if (auto refused = framing())
    return refuse(refused->status, refused->code, std::move(refused->why));
  stage_ = Stage::body;
  wants_continue_ = has_body() && in_.empty() && !is_1_0_ && !request_.header("expect").empty();
  // The limit of the parser looks at what a chunk announces; a beginning is measured as it comes.
  if (!takes_beginning_) parser_->body_limit(limits_.body_bytes);
  parser_->eager(true);
  return read_body();
}

/// Of a body whose length is over the limit: not through the parser, which would make room for all
/// that is announced.
RequestReader::Step RequestReader::read_beginning() {
  const auto most = limits_.body_bytes + 1;
  request_.body.append(in_, 0, most - request_.body.size());
  in_ = {};
  if (request_.body.size() < most) return Step::needs_more;
  return end_body(std::move(request_.body));
}

RequestReader::Step RequestReader::end_body(std::string body) {
  parser_.reset();
  request_.body = std::move(body);
  stage_ = Stage::whole;
  request_.is_cut = request_.body.size() > limits_.body_bytes;
  if (!request_.is_cut) return Step::whole;
  request_.body.resize(limits_.body_bytes + 1);
  keeps_alive_ = false;  // where the next request would begin nobody knows
  return Step::whole;
}

RequestReader::Step RequestReader::read_body() {
  if (announced_ > limits_.body_bytes) return read_beginning();
  boost::beast::error_code error;
  if (!parser_->is_done() && !in_.empty())
    in_.erase(0, parser_->put({in_.data(), in_.size()}, error));
  if (error == beast::error::body_limit)
    return refuse(413, "body-too-large",
                  "the body is larger than " + std::to_string(limits_.body_bytes) + " bytes");
  if ((error && error != beast::error::need_more) ||
      (!parser_->is_done() && in_.size() > longest_chunk_line))
    return refuse(400, "", "the body is not in the chunks of HTTP/1.1");
  auto& body = parser_->get().body();
  if (!parser_->is_done() && body.size() <= limits_.body_bytes) return Step::needs_more;
  return end_body(std::move(body));
}

std::size_t RequestReader::body_bytes() const {
  return parser_ ? std::max(parser_->get().body().size(), request_.body.size())
                 : request_.body.size();
}

}  // namespace gateway::http
