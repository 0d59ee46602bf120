#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/base/result.hpp"
#include "gateway/fhir/json.hpp"
#include "gateway/http/message.hpp"

namespace gateway::http::admin {

/// A body that asks for something is no longer than this.
inline constexpr std::size_t longest_body = 64 * 1024;

Response json(int status, std::string body);
/// {"error":{"code","what","remedy"}}; `code` may be "".
Response refused(int status, std::string_view code, std::string_view what, std::string_view remedy);
/// The status by the kind of the error, or by its code where `what` begins with one of ours.
Response refused(const base::Error& error);

/// The body of a request that changes something: JSON, and it says so (a form of another site's
/// cannot).
base::Result<fhir::Json> body_of(const Request& request);
/// A parameter of the query, decoded; "" if it is not given.
std::string parameter(std::string_view query, std::string_view name);
/// A page of a list: `count` of the query, at most 200; and the number that `after` holds, `first`
/// where it holds none. nullopt: one of them is no number.
struct ListPage {
  std::size_t count = 50;
  std::int64_t after = 0;
};
std::optional<ListPage> page_of(std::string_view query, std::int64_t first);
/// What a list without that has to say to it.
Response no_page();
/// A cookie; "" if it is not there.
std::string cookie(const Request& request, std::string_view name);

}  // namespace gateway::http::admin
