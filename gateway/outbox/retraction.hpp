#pragma once
#include <string>
#include <string_view>

#include "gateway/base/result.hpp"
#include "gateway/store/store.hpp"

namespace gateway::outbox {

/// What says of a resource that it does not count any more, for targets that do not delete
/// (TRUST §6.2): its last body with status `entered-in-error`, or `active` false where its type has
/// that. "": its type can say neither, and it is left as it is.
std::string entered_in_error(std::string_view type, const std::string& last_body);

bool has_deletion(const store::Delivery& delivery);
/// The delivery with each deletion said so, by what was kept of it. Error `unavailable`.
base::Result<store::Delivery> without_deletions(const store::Delivery& delivery,
                                                store::Store& store);

}  // namespace gateway::outbox
