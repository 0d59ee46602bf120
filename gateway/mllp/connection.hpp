#pragma once
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/ip/tcp.hpp>

#include "gateway/intake/intake.hpp"
#include "gateway/mllp/frame.hpp"
#include "gateway/mllp/loop.hpp"
#include "gateway/net/stream.hpp"

namespace gateway::mllp {

/// One peer: bytes → frames → the sink, and answers back in the order of arrival. All on the thread
/// of its loop, but for the `Answer`s it gives away, which find their way home by themselves.
///
///   handshaking ──▶ open ──(eof | close | drain: nothing left to say)──▶ leaving ──▶ closed
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(Loop& loop, boost::asio::ip::tcp::socket socket, std::shared_ptr<Listener> listener);
  ~Connection();

  void start();
  void resume();  // there may be room again
  void check_deadlines();
  void begin_drain();
  void abandon_frame();
  void ask_peer_anew();
  void close();

 private:
  enum class Phase { handshaking, open, leaving, closed };
  struct Slot {                // one frame that was handed on, and the place of its answer
    std::int64_t arrived = 0;  // steady microseconds
    std::size_t bytes = 0;
    bool is_answered = false;
    bool closes = false;
    std::string answer;  // framed
  };

  void shake_hands();
  void read_on();
  void discard();
  void pump(std::string_view bytes);
  void hand_on(Frame frame);
  intake::Answer way_home(std::uint64_t number);
  void take_answer(std::uint64_t number, intake::Answered answered);
  void flush();
  void on_flushed();
  void leave_if_done();
  void leave();
  void reject(const char* reason);

  bool may_read();
  bool wants_frames() const;
  void pause(Loop::Lack lack);
  void go_on();
  void account();
  void await_read(net::Step step);
  void await_write();
  std::int64_t now() const { return loop_.shared().clock.steady_microseconds(); }

  Loop& loop_;  // holds us, or the handler that holds us
  std::shared_ptr<Listener> listener_;
  net::Stream stream_;
  FrameReader reader_;
  security::PeerIdentity peer_;
  std::shared_ptr<void> admitted_;  // our share of the address's connections
  Phase phase_ = Phase::handshaking;
  bool is_paused_ = false;
  bool ended_ = false;          // the peer sends no more
  bool reads_no_more_ = false;  // we want no more of it: over the limit, or to be closed
  bool draining_ = false;

  std::deque<Slot> slots_;
  std::uint64_t first_slot_ = 0;  // number of slots_.front()
  std::size_t slot_bytes_ = 0;
  std::string pending_;  // read, not yet framed: slots or lanes are full
  std::string out_;      // framed answers
  std::size_t out_sent_ = 0;
  std::vector<std::int64_t> out_arrived_;  // of the frames that `out_` answers
  std::size_t accounted_ = 0;              // what the budget knows of us

  // Steady microseconds; 0 = not running.
  std::int64_t opened_ = 0, frame_began_ = 0, write_began_ = 0, starved_since_ = 0, left_ = 0;
};

}  // namespace gateway::mllp
