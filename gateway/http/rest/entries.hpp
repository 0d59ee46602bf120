#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "gateway/base/result.hpp"
#include "gateway/fhir/bundle.hpp"
#include "gateway/http/message.hpp"
#include "gateway/http/rest/writing.hpp"

namespace gateway::http::rest {

/// An entry of a Bundle as the write that it asks for; nullopt: it asks for something else.
/// Error `malformed`: a write whose conditions are not those of its method.
base::Result<std::optional<AskedWrite>> asked_write(const fhir::RequestedEntry& entry,
                                                    std::size_t number,
                                                    const std::string& base_url);

/// Any other entry as a request of its own, from the same client.
Request request_of(const Request& whole, const fhir::RequestedEntry& entry,
                   const std::string& base_url);

/// What such a request came to, as the entry's answer; to HEAD without what it would show.
fhir::EntryAnswer entry_answer(Response response, std::string_view method = {});

}  // namespace gateway::http::rest
