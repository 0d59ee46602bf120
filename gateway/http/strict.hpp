#pragma once
#include "gateway/http/message.hpp"

namespace gateway::http {

/// What a browser may do with anything below /console/ and /admin/ (TRUST T15): load nothing but
/// our own files, run no script that stands in a page, be framed by nobody, keep nothing, tell
/// nobody where it came from.
Response strict(Response response);

}  // namespace gateway::http
