#include "gateway/mllp/connection.hpp"

#include <algorithm>
#include <utility>

#include "gateway/net/handshake.hpp"
#include "gateway/observe/names.hpp"

namespace gateway::mllp {

namespace {

using boost::asio::ip::tcp;
using net::Step;
using net::Tried;

std::int64_t microseconds(std::chrono::milliseconds span) {
  return span.count() * 1000;
}

base::ConfiguredName word(std::string text) {
  return base::ConfiguredName(std::move(text));
}

}  // namespace

Connection::Connection(Loop& loop, tcp::socket socket, std::shared_ptr<Listener> listener)
    : loop_(loop),
      listener_(std::move(listener)),
      stream_(std::move(socket), listener_->tls ? listener_->tls->context().get() : nullptr),
      reader_(loop_.shared().limits.message_bytes),
      opened_(now()) {}

Connection::~Connection() {
  loop_.shared().budget.change(accounted_, 0);
}

void Connection::start() {
  if (!stream_.prepare()) return close();
  admitted_ = loop_.shared().addresses->admit(stream_.address());
  if (!admitted_) {
    net::note_crowded_address(loop_.shared().metrics, listener_->policy.name, stream_.wire());
    return close();
  }
  if (stream_.wire().is_tls()) return shake_hands();
  peer_ = stream_.wire().peer();
  phase_ = Phase::open;
  read_on();
}

void Connection::shake_hands() {
  net::Wire& wire = stream_.wire();
  const Step step = wire.handshake();
  if (step == Step::wants_read || step == Step::wants_write) return await_read(step);
  if (step != Step::done) {
    const std::string& door = listener_->policy.name;
    net::note_refused_handshake(loop_.shared().metrics, door, "mllp.handshake_failed",
                                {"listener", word(door)}, wire);
    return close();
  }
  net::count_handshake(loop_.shared().metrics, listener_->policy.name, "ok");
  peer_ = wire.peer();
  phase_ = Phase::open;
  read_on();
}

void Connection::ask_peer_anew() {
  if (phase_ == Phase::closed || phase_ == Phase::handshaking || !listener_->tls) return;
  if (stream_.wire().is_believed_by(listener_->tls->context().get())) return;
  net::note_disbelieved_peer(loop_.shared().metrics, listener_->policy.name, stream_.wire());
  close();
}

/// Frames are wanted while nobody says stop; bytes, while there is also a place to put them.
bool Connection::wants_frames() const {
  return phase_ == Phase::open && !reads_no_more_ &&
         slots_.size() < loop_.shared().limits.frames_in_flight;
}

bool Connection::may_read() {
  if (!wants_frames() || ended_ || !pending_.empty()) return false;
  if (draining_ && !reader_.in_frame()) return false;
  if (!loop_.shared().sink.has_room()) {
    pause(Loop::Lack::room);
    return false;
  }
  if (!loop_.shared().budget.has_room(accounted_)) {
    if (starved_since_ == 0) starved_since_ = now();
    pause(Loop::Lack::bytes);
    return false;
  }
  starved_since_ = 0;
  return true;
}

void Connection::pause(Loop::Lack lack) {
  if (std::exchange(is_paused_, true)) return;
  loop_.resume_later(shared_from_this(), lack);
}

void Connection::resume() {
  is_paused_ = false;
  go_on();
}

/// Takes up what was read and lay waiting, then reads.
void Connection::go_on() {
  if (phase_ != Phase::open) return;
  if (!pending_.empty()) pump(std::exchange(pending_, {}));
  if (ended_ || draining_) leave_if_done();
  if (phase_ == Phase::open) read_on();
}

void Connection::read_on() {
  if (phase_ == Phase::leaving) return discard();
  for (int turn = 0; turn < net::reads_a_turn; ++turn) {
    if (stream_.awaits_read() || !may_read()) return;
    const auto scratch = loop_.scratch();
    const Tried tried = stream_.wire().read(scratch);
    if (tried.step == Step::wants_read || tried.step == Step::wants_write) {
      return await_read(tried.step);
    }
    if (tried.step == Step::failed) return close();
    if (tried.step == Step::closed) {
      if (reader_.in_frame()) reject("cut");
      ended_ = true;
      return leave_if_done();
    }
    pump(std::string_view(scratch.data(), tried.bytes));
  }
  loop_.post([self = shared_from_this()] { self->read_on(); });
}

void Connection::discard() {
  if (stream_.awaits_read()) return;
  const Step step = stream_.discard(loop_.scratch());
  if (step == Step::wants_read || step == Step::wants_write) return await_read(step);
  if (step != Step::done) return close();
  loop_.post([self = shared_from_this()] {
    if (self->phase_ == Phase::leaving) self->discard();
  });
}

void Connection::pump(std::string_view bytes) {
  while (!bytes.empty()) {
    if (!wants_frames() && !reads_no_more_) {  // slots are full: the next answer goes on here
      pending_.assign(bytes);
      break;
    }
    if (reads_no_more_ || phase_ != Phase::open) break;
    if (!loop_.shared().sink.has_room()) {
      pending_.assign(bytes);
      pause(Loop::Lack::room);
      break;
    }
    auto frame = reader_.take(bytes);
    if (frame) hand_on(*std::move(frame));
    if (reader_.lost()) {
      reject("no-start");
      return close();
    }
  }
  if (!reader_.in_frame()) frame_began_ = 0;
  if (reader_.in_frame() && frame_began_ == 0) frame_began_ = now();
  account();
}

void Connection::hand_on(Frame frame) {
  auto& shared = loop_.shared();
  frame_began_ = 0;
  const auto number = first_slot_ + slots_.size();
  slots_.push_back({now(), frame.bytes.size(), false, frame.over_limit, {}});
  slot_bytes_ += frame.bytes.size();
  if (frame.over_limit) {
    reject("over-limit");
    reads_no_more_ = true;
  }
  intake::Received received;
  received.bytes = std::move(frame.bytes);
  received.listener = &listener_->policy;
  received.peer = peer_;
  received.received = shared.clock.now();
  received.over_limit = frame.over_limit;
  received.size = frame.size;
  received.hash = frame.hash;
  shared.sink.receive(std::move(received), way_home(number));
}

/// Holds the listener, because the message points at its policy, and the loop, because an answer
/// may come after the door is gone; not the connection, which may end before.
intake::Answer Connection::way_home(std::uint64_t number) {
  return [loop = loop_.shared_from_this(), listener = listener_, home = weak_from_this(),
          number](intake::Answered answered) {
    loop->post([home, number, answered = std::move(answered)]() mutable {
      if (const auto connection = home.lock()) connection->take_answer(number, std::move(answered));
    });
  };
}

void Connection::take_answer(std::uint64_t number, intake::Answered answered) {
  if (phase_ != Phase::open || number < first_slot_ || number - first_slot_ >= slots_.size())
    return;
  Slot& slot = slots_[static_cast<std::size_t>(number - first_slot_)];
  slot.is_answered = true;
  slot.closes = slot.closes || answered.close;
  if (!answered.bytes.empty()) append_framed(slot.answer, answered.bytes);
  for (const auto& block : answered.further) append_framed(slot.answer, block);
  while (!slots_.empty() && slots_.front().is_answered) {
    const Slot first = std::move(slots_.front());
    slots_.pop_front();
    ++first_slot_;
    slot_bytes_ -= first.bytes;
    if (!first.answer.empty()) {
      out_ += first.answer;
      out_arrived_.push_back(first.arrived);
    }
    if (!first.closes) continue;
    // What came after it stays unanswered: its sender keeps it and sends it again.
    reads_no_more_ = true;
    first_slot_ += slots_.size();
    slots_.clear();
    slot_bytes_ = 0;
  }
  account();
  flush();
  go_on();
}

void Connection::flush() {
  while (out_sent_ < out_.size()) {
    if (stream_.awaits_write()) return;
    if (write_began_ == 0) write_began_ = now();
    const Tried tried = stream_.wire().write(std::string_view(out_).substr(out_sent_));
    if (tried.step == Step::done) {
      out_sent_ += tried.bytes;
      write_began_ = 0;
    } else if (tried.step == Step::wants_write || tried.step == Step::wants_read) {
      return await_write();
    } else {
      return close();
    }
  }
  on_flushed();
}

void Connection::on_flushed() {
  for (const auto arrived : out_arrived_) {
    loop_.shared().acknowledgement_seconds.observe(static_cast<double>(now() - arrived) / 1e6);
  }
  out_ = {};
  out_arrived_ = {};
  out_sent_ = 0;
  write_began_ = 0;
  leave_if_done();
}

void Connection::leave_if_done() {
  if (phase_ != Phase::open || !slots_.empty() || !out_.empty()) return;
  if (!reads_no_more_ && !pending_.empty()) return;
  const bool drained = draining_ && !reader_.in_frame();
  if (reads_no_more_ || ended_ || drained) leave();
}

void Connection::leave() {
  phase_ = Phase::leaving;
  left_ = now();
  pending_ = {};
  stream_.end_sending();
  if (ended_) return close();
  discard();
}

void Connection::close() {
  if (std::exchange(phase_, Phase::closed) == Phase::closed) return;
  stream_.close();
  loop_.forget(this);
}

void Connection::reject(const char* reason) {
  auto& shared = loop_.shared();
  shared.metrics
      .counter(observe::names::frames_rejected,
               {{"door", listener_->policy.name}, {"reason", reason}})
      .add();
  base::log(base::Level::warning, "mllp.frame_rejected",
            {{"listener", word(listener_->policy.name)}, {"reason", word(reason)}});
}

void Connection::account() {
  const auto held = reader_.held_bytes() + pending_.size() + slot_bytes_;
  loop_.shared().budget.change(accounted_, held);
  const bool freed = held < accounted_;
  accounted_ = held;
  if (freed) loop_.bytes_were_freed();
}

void Connection::begin_drain() {
  draining_ = true;
  if (phase_ == Phase::handshaking) return close();
  leave_if_done();
}

void Connection::abandon_frame() {
  if (phase_ != Phase::open || !reader_.in_frame()) return;
  reject("drain");
  reads_no_more_ = true;
  leave_if_done();
}

void Connection::check_deadlines() {
  const auto& limits = loop_.shared().limits;
  const auto time = now();
  const auto is_over = [time](std::int64_t since, std::chrono::milliseconds span) {
    return since != 0 && time - since > microseconds(span);
  };
  if (phase_ == Phase::handshaking && is_over(opened_, limits.handshake)) {
    net::count_handshake(loop_.shared().metrics, listener_->policy.name, "timeout");
    return close();
  }
  if (phase_ == Phase::leaving && is_over(left_, limits.goodbye)) return close();
  if (phase_ != Phase::open) return;
  if (is_over(write_began_, limits.write)) {
    reject("answer-not-read");
    return close();
  }
  if (is_over(starved_since_, limits.frame)) {
    reject("no-room");
    return close();
  }
  // While we ourselves do not read, the peer cannot be blamed for being slow.
  const bool reading = stream_.awaits_read();
  if (!reading && frame_began_ != 0) frame_began_ = time;
  const auto kilobytes = static_cast<std::int64_t>(reader_.held_bytes() / 1024);
  if (reading && is_over(frame_began_, limits.frame) &&
      time - frame_began_ > kilobytes * 1'000'000) {
    reject("slow");
    close();
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
    if (self->phase_ == Phase::open) self->flush();
  });
}

}  // namespace gateway::mllp
