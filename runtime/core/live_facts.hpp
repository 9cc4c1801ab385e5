// Live conditions from facts: which bits of LiveState hold.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include "mlp/live.hpp"
#include "mlp/tables.hpp"

namespace mlp {

/// The measured value of a fact in its unit (see LiveFact), or nothing where it is not measured
/// yet.
using FactLookup = std::function<std::optional<std::int64_t>(std::uint16_t model, LiveFact fact,
                                                             std::uint32_t window_s)>;

/// Whether a condition holds: any of its atoms does. An unmeasured fact takes the model's prior;
/// without one its atom holds, else the model would never be tried and never measured.
[[nodiscard]] bool Holds(const Tables& tables, const LiveCondition& condition,
                         const FactLookup& lookup);

/// Sets every condition bit of `live`.
void PublishConditions(const Tables& tables, const FactLookup& lookup, LiveState& live);

}  // namespace mlp
