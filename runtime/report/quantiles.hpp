// What the queries share: exact quantiles, and which attempt answered a call.
#pragma once

#include <cstdint>
#include <vector>

#include "mlp/record.hpp"
#include "runtime/report/report.hpp"

namespace mlp {

/// By nearest rank; sorts the samples.
[[nodiscard]] Quantiles MakeQuantiles(std::vector<std::int64_t>& samples);

/// The last attempt of an answered call that succeeded, else null. Lives as long as the call.
[[nodiscard]] const AttemptRecord* FindAnswer(const CallRecord& call);
/// Answered by the cache, or by the call of another that asked the same: without an attempt.
[[nodiscard]] bool IsFromCache(const CallRecord& call);

}  // namespace mlp
