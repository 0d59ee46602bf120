#pragma once
#include <string>

#include "gateway/base/time.hpp"
#include "gateway/http/message.hpp"

namespace gateway::http {

/// How one answer goes out.
struct Sending {
  bool to_head = false;      // the request was HEAD: the same head, no body
  bool closes = false;       // the connection ends after it
  bool to_http_1_0 = false;  // which keeps a connection only when told so
  bool goes_on = false;      // the body has no end that is known: its end is that of the connection
  base::Instant at;
};

/// The bytes of an answer (RFC 9112 §4). A header value that would break the head is left out.
std::string text_of(const Response& response, const Sending& sending);

}  // namespace gateway::http
