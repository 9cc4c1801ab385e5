// Evidence that a rate lies beyond a fixed bound, or within it: the likelihood ratio of alternative
// rates against the bound, averaged.
#pragma once

#include <cstdint>
#include <span>

#include "runtime/core/evidence/rate_ratio.hpp"

namespace mlp {

/// Rates above `bound` in even logarithmic steps, from 1.25 bounds (or half-way to 1 where that is
/// less) to 20 (or nearly 1); below it, from bound / 1.1 to bound / 4. 0 < bound < 1.
[[nodiscard]] RatioGrid RatesAbove(double bound) noexcept;
[[nodiscard]] RatioGrid RatesBelow(double bound) noexcept;

/// Adds one block of `units`, of which `events` show the event, to the logs: per alternative rate
/// a, events * ln(a / bound) + (units - events) * ln((1 - a) / (1 - bound)). While the true rate is
/// on the bound's other side, however it moves, P(ever mean of e^logs >= 1/a) <= a (Ville).
void AddToBoundTest(double bound, std::span<const double> rates, std::int64_t units,
                    std::int64_t events, std::span<double> logs) noexcept;

/// ln of the mean of e^logs; 0 for none.
[[nodiscard]] double LogMeanExp(std::span<const double> logs) noexcept;

}  // namespace mlp
