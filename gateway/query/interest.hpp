#pragma once
#include <memory>

#include "gateway/base/result.hpp"
#include "gateway/security/scope.hpp"
#include "gateway/topics/interest.hpp"
#include "gateway/topics/subscription.hpp"

namespace gateway::query {

/// What a subscription is to be told of, within what its client may read. Error `forbidden`
/// "scope-missing …".
base::Result<std::shared_ptr<const topics::Interest>> interest_of(
    const topics::Subscription& subscription, const security::Principal& who);

}  // namespace gateway::query
