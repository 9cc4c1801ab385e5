// Which attempt answered a call.
#pragma once

#include "mlp/record.hpp"

namespace mlp {

/// The last attempt of an answered call that succeeded, else null. Lives as long as the call.
[[nodiscard]] const AttemptRecord* FindAnswer(const CallRecord& call) noexcept;
/// Answered by the cache, or by the call of another that asked the same: without an attempt.
[[nodiscard]] bool IsFromCache(const CallRecord& call) noexcept;

}  // namespace mlp
