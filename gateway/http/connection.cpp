#include "gateway/http/connection.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>
#include <utility>

#include "gateway/http/response_text.hpp"
#include "gateway/net/handshake.hpp"
#include "gateway/observe/names.hpp"

namespace gateway::http {
namespace {

using boost::asio::ip::tcp;
using net::Step;
using net::Tried;

/// Writes of one connection in one turn, and bytes of each: one greedy peer must not starve the
/// rest.
constexpr int writes_a_turn = 8;
constexpr std::size_t bytes_a_write = 64 * 1024;
constexpr std::chrono::milliseconds goodbye_of_a_drain{1000};

/// RFC 9112 §7.1.
constexpr std::string_view last_chunk = "0\r\n\r\n";
std::string chunk_of(std::string_view text) {
  if (text.empty()) return {};  // which would be the last one
  std::array<char, 16> size{};
  const auto end = std::to_chars(size.data(), size.data() + size.size(), text.size(), 16).ptr;
  return std::string(size.data(), end).append("\r\n").append(text).append("\r\n");
}

/// Label values are bounded: a method we do not know is one of them.
std::string_view known_method(const std::string& method) {
  static constexpr std::string_view known[] = {"GET",   "HEAD",   "POST",   "PUT",
                                               "PATCH", "DELETE", "OPTIONS"};
  const auto* const found = std::find(std::begin(known), std::end(known), method);
  return found != std::end(known) ? *found : "other";
}

}  // namespace

Connection::Connection(Loop& loop, tcp::socket socket, bool is_surplus)
    : loop_(loop),
      stream_(std::move(socket), loop.tls().get()),
      reader_(loop.limits()),
      is_surplus_(is_surplus),
      since_(now()) {}

Connection::~Connection() {
  loop_.account(accounted_, 0);
}

void Connection::start() {
  if (!stream_.prepare()) return close();
  admitted_ = loop_.addresses().admit(stream_.address());
  if (!admitted_) {
    net::note_crowded_address(loop_.metrics(), loop_.settings().name, stream_.wire());
    return close();
  }
  if (stream_.wire().is_tls()) return shake_hands();
  phase_ = Phase::reading;
  read_on();
}

void Connection::shake_hands() {
  net::Wire& wire = stream_.wire();
  const Step step = wire.handshake();
  if (step == Step::wants_read || step == Step::wants_write) return await_read(step);
  if (step != Step::done) {
    const std::string& door = loop_.settings().name;
    net::note_refused_handshake(loop_.metrics(), door, "http.handshake_failed",
                                {"door", base::ConfiguredName(door)}, wire,
                                loop_.settings().on_refused);
    return close();
  }
  net::count_handshake(loop_.metrics(), loop_.settings().name, "ok");
  peer_ = wire.peer();
  phase_ = Phase::reading;
  since_ = now();
  read_on();
}

void Connection::ask_peer_anew() {
  const auto tls = loop_.tls();
  if (phase_ == Phase::closed || phase_ == Phase::handshaking || !tls) return;
  if (stream_.wire().is_believed_by(tls.get())) return;
  net::note_disbelieved_peer(loop_.metrics(), loop_.settings().name, stream_.wire());
  close();
}

void Connection::read_on() {
  for (int turn = 0; turn < net::reads_a_turn; ++turn) {
    if (phase_ == Phase::leaving || phase_ == Phase::feeding) return discard();
    if (phase_ != Phase::reading || stream_.awaits_read()) return;
    const auto scratch = loop_.scratch();
    const Tried tried = stream_.wire().read(scratch);
    if (tried.step == Step::wants_read || tried.step == Step::wants_write)
      return await_read(tried.step);
    if (tried.step == Step::failed) return close();
    if (tried.step == Step::closed) return on_end();
    reader_.take({scratch.data(), tried.bytes});
    moved_ = now();
    go_on();
  }
  loop_.post([self = shared_from_this()] { self->read_on(); });
}

void Connection::discard() {
  if (stream_.awaits_read()) return;
  const Step step = stream_.discard(loop_.scratch());
  if (step == Step::wants_read || step == Step::wants_write) return await_read(step);
  if (step != Step::done) return close();
  loop_.post([self = shared_from_this()] {
    if (self->phase_ == Phase::leaving || self->phase_ == Phase::feeding) self->discard();
  });
}

void Connection::on_end() {
  ended_ = true;
  if (is_idle()) return close();
  refuse({400, "", "the request ended before it was whole"});
}

/// Takes the request as far as its bytes go.
void Connection::go_on() {
  for (;;) {
    if (!has_begun_ && reader_.has_bytes()) {
      has_begun_ = true;
      since_ = now();
    }
    switch (reader_.advance()) {
      case RequestReader::Step::head:
        if (!admit()) return;
        since_ = now();
        continue;
      case RequestReader::Step::whole:
        return hand_on();
      case RequestReader::Step::refused:
        return refuse(reader_.refusal());
      case RequestReader::Step::needs_more:
        break;
    }
    break;
  }
  if (!account()) return;
  if (reader_.wants_continue() && out_.empty()) {
    out_ = "HTTP/1.1 100 Continue\r\n\r\n";
    flush();
  }
}

/// False: refused before a byte of the body was read.
bool Connection::admit() {
  Request& request = reader_.request();
  request.peer = peer_;
  request.received = loop_.clock().now();
  if (is_surplus_) {
    refuse({503, "", "too many connections are open; try again later"});
    return false;
  }
  if (!reader_.has_body() || !loop_.site().admit) return true;
  if (const auto refused = loop_.site().admit(request)) {
    respond(*refused, true);
    return false;
  }
  if (loop_.site().keeps_beginning && loop_.site().keeps_beginning(request))
    reader_.take_beginning();
  return true;
}

/// False: refused, all bodies together take too much.
bool Connection::account() {
  const auto held = reader_.in_body() ? reader_.body_bytes() : 0;
  const bool has_room = loop_.account(std::exchange(accounted_, held), held);
  if (!has_room) refuse({503, "", "too many bodies are being read; try again later"});
  return has_room;
}

void Connection::hand_on() {
  phase_ = Phase::working;
  asked_ = now();
  Request request = std::move(reader_.request());
  reader_.request().method = request.method;  // the answer's form and its count depend on it
  const auto held = request.body.size();      // counted until it is answered
  loop_.account(std::exchange(accounted_, held), held);
  loop_.hand_on(shared_from_this(), std::move(request));
}

void Connection::take_answer(Response response) {
  if (phase_ != Phase::working) return;
  respond(response, false);
}

void Connection::refuse(const Refusal& refusal) {
  respond(loop_.site().refuse(reader_.request(), refusal), true);
}

/// `closes`: what follows on this connection cannot be, or is not, read.
void Connection::respond(const Response& response, bool closes) {
  const std::string& method = reader_.request().method;
  loop_.requests(response.route, known_method(method), response.status).add();
  if (phase_ != Phase::working) asked_ = now();
  const bool drained = loop_.drains_since() != 0 && !reader_.has_more();
  if (method != "HEAD") feed_ = response.feed;
  closes_ = closes || !reader_.keeps_alive() || drained || feed_ != nullptr;
  out_ += text_of(response, {.to_head = method == "HEAD",
                             .closes = closes_,
                             .to_http_1_0 = reader_.is_http_1_0(),
                             .goes_on = response.feed != nullptr,
                             .at = loop_.clock().now()});
  also_seconds_ = response.seconds;
  phase_ = Phase::writing;
  since_ = moved_ = now();
  flush();
}

void Connection::flush() {
  for (int turn = 0; out_sent_ < out_.size(); ++turn) {
    if (stream_.awaits_write()) return;
    if (turn == writes_a_turn) {
      return loop_.post([self = shared_from_this()] {
        if (self->phase_ == Phase::writing || self->phase_ == Phase::feeding) self->flush();
      });
    }
    const Tried tried =
        stream_.wire().write(std::string_view(out_).substr(out_sent_, bytes_a_write));
    if (tried.step == Step::wants_write || tried.step == Step::wants_read) return await_write();
    if (tried.step != Step::done) return close();
    out_sent_ += tried.bytes;
    moved_ = now();
  }
  out_ = {};
  out_sent_ = 0;
  if (phase_ == Phase::writing) on_flushed();
  if (phase_ == Phase::feeding) on_told();
}

void Connection::on_flushed() {
  const double took = static_cast<double>(now() - asked_) / 1e6;
  loop_.seconds().observe(took);
  if (also_seconds_ != nullptr) also_seconds_->observe(took);
  loop_.account(std::exchange(accounted_, 0), 0);
  if (feed_) return begin_feeding();
  if (closes_) return leave();
  reader_.next();
  has_begun_ = is_first_ = false;
  phase_ = Phase::reading;
  since_ = now();
  if (!reader_.has_more() && !stream_.wire().holds_bytes() && loop_.drains_since() == 0)
    return await_read(Step::wants_read);
  // Not from here: a peer that pipelines thousands would be served by as deep a stack.
  loop_.post([self = shared_from_this()] {
    if (self->phase_ != Phase::reading) return;
    self->go_on();
    self->read_on();
    if (self->loop_.drains_since() != 0 && self->is_idle()) self->part();
  });
}

void Connection::begin_feeding() {
  phase_ = Phase::feeding;
  since_ = now();
  feed_has_more_ = true;  // `flush`, which called, goes on with it
  discard();              // what the peer still says is of no use, but that it goes is
}

/// What the feed said lies with the peer.
void Connection::on_told() {
  if (feed_is_over_) return leave();
  if (std::exchange(feed_has_more_, false)) return ask_feed();
  go_on_feeding();
}

void Connection::ask_feed() {
  feed_is_wanted_ = false;
  feed_is_asked_ = true;
  since_ = now();
  loop_.ask(shared_from_this(), feed_);
}

void Connection::hear_bell(const Subjects& subjects) {
  if (!feed_ || !feed_->is_about(subjects)) return;
  feed_->note_news();
  feed_is_wanted_ = true;
  go_on_feeding();
}

/// Many rings are one: who was just asked is asked a breath later.
void Connection::go_on_feeding() {
  if (phase_ != Phase::feeding || !feed_is_wanted_ || feed_is_asked_ || !out_.empty()) return;
  if (now() - since_ < std::chrono::microseconds(Loop::breath).count()) return loop_.breathe();
  ask_feed();
}

void Connection::take_more(std::optional<Feed::Said> more) {
  feed_is_asked_ = false;
  if (phase_ != Phase::feeding) return;
  feed_is_over_ = !more;
  feed_has_more_ = more && more->has_more;
  const bool chunks = !reader_.is_http_1_0();
  if (!more)
    out_ = chunks ? last_chunk : "";
  else
    out_ = chunks ? chunk_of(more->text) : std::move(more->text);
  moved_ = now();
  flush();
}

/// A peer that does not read is gone; one that does is told the end of a server that drains.
void Connection::check_feeding() {
  constexpr std::int64_t longest_unasked = 1'000'000;
  if (!out_.empty()) {
    if (now() - moved_ > loop_.limits().answer.count() * 1000) close();
  } else if (loop_.drains_since() != 0) {
    leave();
  } else if (!feed_is_asked_ && now() - since_ >= longest_unasked) {
    ask_feed();
  }
}

void Connection::leave() {
  phase_ = Phase::leaving;
  since_ = now();
  feed_.reset();
  reader_.next();  // a body that was refused is held no longer
  stream_.end_sending();
  if (ended_) return close();
  discard();
}

/// The end where nothing was said that the peer might not have read yet.
void Connection::part() {
  stream_.wire().say_goodbye();
  close();
}

void Connection::close() {
  if (std::exchange(phase_, Phase::closed) == Phase::closed) return;
  feed_.reset();
  stream_.close();
  loop_.forget(this);
}

void Connection::begin_drain() {
  if (phase_ == Phase::handshaking) return close();
  if (phase_ == Phase::feeding) return check_feeding();
  if (phase_ != Phase::reading) return;
  stream_.read_regardless();  // a request that lies in the kernel's buffer is still taken
  read_on();
  if (is_idle()) part();
}

bool Connection::is_over(std::chrono::milliseconds span) const {
  return now() - since_ > span.count() * 1000;
}

/// Nothing for a span, or after it less than 1 kB a second.
bool Connection::is_too_slow(std::chrono::milliseconds span, std::size_t bytes) const {
  const auto needed = static_cast<std::int64_t>(bytes / 1024) * 1'000'000;
  return now() - moved_ > span.count() * 1000 || (is_over(span) && now() - since_ > needed);
}

void Connection::check_deadlines() {
  const Limits& limits = loop_.limits();
  switch (phase_) {
    case Phase::handshaking:
      if (!is_over(limits.handshake)) return;
      net::count_handshake(loop_.metrics(), loop_.settings().name, "timeout");
      return close();
    case Phase::reading:
      return check_reading(now());
    case Phase::writing:
      if (is_too_slow(limits.answer, out_sent_)) close();
      return;
    case Phase::feeding:
      return check_feeding();
    case Phase::leaving:
      if (is_over(loop_.drains_since() != 0 ? std::min(limits.goodbye, goodbye_of_a_drain)
                                            : limits.goodbye))
        close();
      return;
    case Phase::working:  // ours to wait for
    case Phase::closed:
      return;
  }
}

void Connection::check_reading(std::int64_t time) {
  const Limits& limits = loop_.limits();
  const auto drains = loop_.drains_since();
  if (is_idle()) {
    if (drains != 0 || is_over(is_first_ ? limits.head : limits.idle)) part();
    return;
  }
  if (drains != 0 && time - drains > limits.drain.count() * 1000 / 3)
    return refuse({503, "shutting-down", "the gateway ends; send the request again"});
  if (reader_.in_body()) {
    if (is_too_slow(limits.body, reader_.body_bytes())) refuse({408, "", "the body took too long"});
  } else if (is_over(limits.head)) {
    refuse({408, "", "the head of the request took too long"});
  }
}

void Connection::await_read(Step step) {
  stream_.await_read(step, [self = shared_from_this()] {
    if (self->phase_ == Phase::closed) return;
    if (self->phase_ == Phase::handshaking) return self->shake_hands();
    self->read_on();
  });
}

void Connection::await_write() {
  stream_.await_write([self = shared_from_this()] {
    if (self->phase_ != Phase::closed) self->flush();
  });
}

}  // namespace gateway::http
