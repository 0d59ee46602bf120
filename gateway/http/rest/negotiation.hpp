#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/http/message.hpp"

namespace gateway::http::rest {

/// How this server behaves to its clients, beside what it serves.
struct Manners {
  std::vector<std::string> origins;  // of browsers' pages that may ask: "https://app.example"
  std::size_t body_bytes = 16 * 1024 * 1024;  // also of a body that is unpacked
};

/// 406 with an OperationOutcome where the answer could not be JSON of R4 (FHIR.md §4, formats);
/// nullopt: go on. Of a Binary, only where `_format` asks for something else.
std::optional<Response> not_acceptable(const Request& request);

/// Is a search to be answered a resource a line, without pages? By `_format`, or where Accept wants
/// application/fhir+ndjson more than JSON.
bool wants_lines(const Request& request);

/// The same of the body of a request that has one: 415.
std::optional<Response> not_readable(const Request& request);

/// Unpacks a body that came in gzip. 400, 413 or, of other codings, 415.
std::optional<Response> unpack(Request& request, const Manners& manners);

/// The id of a request: the one it came with, if it is one, else one of our own. The same for the
/// same object.
std::string request_id(const Request& request);

/// What every answer of the API gets: request id, caching, its route where it has none, indentation
/// where `_pretty` asks for it, gzip where it pays and the client takes it, what a page of an
/// allowed origin may see (CORS).
Response finished(const Request& request, Response response, const Manners& manners = {});

/// OPTIONS: what may be asked here, and by a page of another origin (Fetch, CORS-preflight).
Response options(std::string allow);

/// What Prefer says of a preference: "return" → "minimal"; "" where it says nothing of it.
std::string preference(const Request& request, std::string_view name);

/// Value of a control in the query part, percent-decoding left out: "_pretty" → "true".
std::string control(const Request& request, std::string_view name);

}  // namespace gateway::http::rest
