/// Room http (floor 6): the HTTP server: an event loop that reads and writes under deadlines, a
/// pool of threads that answers. Handlers are functions from Request to Response values; only
/// request_reader.cpp knows the library that parses.
#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/base/time.hpp"
#include "gateway/http/feed.hpp"
#include "gateway/observe/metrics.hpp"
#include "gateway/security/identity.hpp"

namespace gateway::http {

struct Request {
  std::string method;                                        // "GET"
  std::string path;                                          // percent-decoded, "/fhir/Observation"
  std::string query;                                         // as sent, without '?'
  std::vector<std::pair<std::string, std::string>> headers;  // names in lower case
  std::string body;
  bool is_cut = false;  // over the limit: `body` is its first limit + 1 bytes
  security::PeerIdentity peer;
  base::Instant received;
  std::string_view header(std::string_view lower_case_name) const;  // "" if absent
};

struct Response {
  int status = 200;
  std::string content_type;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  std::string_view route = "other";  // a literal, for metrics: "fhir/search", never a path
  /// Seconds from the whole request to the sent answer are observed here too; nullptr: nowhere.
  observe::Histogram* seconds = nullptr;
  /// What comes behind `body`, until it ends or the peer goes; the connection ends with it.
  std::shared_ptr<Feed> feed = nullptr;
};

using Handler = std::function<Response(const Request&)>;

/// Where the answer to one request goes, from any thread.
class Answering {
 public:
  virtual ~Answering() = default;
  /// Once; a second is dropped. Wakes nobody yet.
  virtual void put(Response response) = 0;
  /// Behind `put`: the answer sets out. Who has several puts them all down before.
  virtual void ring() = 0;
};

/// Why the server itself does not hand a request on. `code` is of the gateway-error system
/// (FHIR.md §4), "" where it has none.
struct Refusal {
  int status = 400;
  std::string_view code;  // a literal
  std::string why;        // for people; without a word of the request
};

/// What a server serves. All of them are called from several threads.
struct Site {
  Handler answer;
  /// Asked in place of `answer` where it is there: the answer may come later, and holds no thread
  /// until then.
  std::function<void(std::shared_ptr<const Request>, std::shared_ptr<Answering>)> answer_later = {};
  /// Looks at a request with a body before the body is read (its `body` is empty): a Response
  /// refuses it, and the body stays unread. On the event loop: decides from what is in memory,
  /// never waits. `answer` is asked all the same and decides for itself. May be empty: all may
  /// send.
  std::function<std::optional<Response>(const Request&)> admit;
  /// Is the beginning of a body over the limit to be kept? Then the request comes to `answer`, cut
  /// (`is_cut`), and the connection ends behind the answer; else it is refused 413, unread. Asked
  /// on the event loop like `admit`. May be empty: never.
  std::function<bool(const Request&)> keeps_beginning;
  /// What a refusal looks like. The request holds what was read of it, perhaps nothing.
  std::function<Response(const Request&, const Refusal&)> refuse;
  /// Wakes feeds; null: they are only asked every second.
  std::shared_ptr<FeedBell> bell = nullptr;
};

/// RFC 9110 §5.6.7, IMF-fixdate. The names are fixed in English, so no locale is asked.
std::string http_date(base::Instant instant);

}  // namespace gateway::http
