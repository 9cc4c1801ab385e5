// The difference of two arms' means where the shares of the arms changed meanwhile.
#pragma once

#include <cstdint>
#include <span>

#include "runtime/core/evidence/asymptotic.hpp"

namespace mlp {

/// Values of both arms from a time at which each had the same share of all units.
struct Stratum {
  Moments a;
  Moments b;
};

struct StratifiedDifference {
  Difference difference;  ///< mean(b) - factor * mean(a)
  double a_mean = 0;      ///< weighed as the difference is
  double b_mean = 0;
  std::int64_t a_count = 0;  ///< of the strata that were used
  std::int64_t b_count = 0;
};

/// Below that many values of an arm a stratum is left out: its variance is hardly known.
inline constexpr std::int64_t kStratumValues = 30;

/// Compares within each stratum and adds up, weighed by n_a n_b / (n_a + n_b): a change in time
/// that both arms see shows nothing. The interval is that of AnytimeHalfWidth over all units that
/// were used, of both sides together alpha; infinite where no stratum has enough.
[[nodiscard]] StratifiedDifference AnytimeDifference(std::span<const Stratum> strata, double alpha,
                                                     double factor = 1,
                                                     double tuned_for = 5'000) noexcept;

}  // namespace mlp
