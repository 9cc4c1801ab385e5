// Intervals for differences of means that hold at every look, for large counts.
#pragma once

#include <cstdint>

namespace mlp {

/// Counts and sums of one arm's values.
struct Moments {
  std::int64_t count = 0;
  double sum = 0;
  double squares = 0;
  [[nodiscard]] double mean() const noexcept;
  /// With count - 1; 0 below two values.
  [[nodiscard]] double variance() const noexcept;
};

/// The half width around a mean over `count` units whose values have `variance`, of an asymptotic
/// confidence sequence of error rate alpha (Waudby-Smith et al. 2021, equation 9), narrowest at
/// `tuned_for` units. 0 < alpha < 1; infinite without units.
[[nodiscard]] double AnytimeHalfWidth(double variance, double count, double alpha,
                                      double tuned_for) noexcept;

struct Difference {
  double estimate = 0;
  double half_width = 0;
  [[nodiscard]] double low() const noexcept { return estimate - half_width; }
  [[nodiscard]] double high() const noexcept { return estimate + half_width; }
};
/// mean(b) - factor * mean(a) with such an interval, of both sides together alpha.
[[nodiscard]] Difference AnytimeDifference(const Moments& a, const Moments& b, double alpha,
                                           double factor = 1, double tuned_for = 5'000) noexcept;

}  // namespace mlp
