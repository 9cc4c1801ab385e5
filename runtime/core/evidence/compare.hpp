// Two arms compared at a horizon that was fixed beforehand.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "runtime/core/evidence/asymptotic.hpp"
#include "runtime/core/evidence/wilson.hpp"

namespace mlp {

struct TestResult {
  double statistic = 0;
  double degrees = 0;  ///< of freedom, of Welch's test
  double p = 1;        ///< two-sided
  Interval interval;   ///< of the difference, not clipped
};

/// Welch's t of mean(a) - mean(b) with the interval of error rate alpha; p = 1 and an infinite
/// interval below two values in an arm or without variance.
[[nodiscard]] TestResult WelchTest(const Moments& a, const Moments& b, double alpha) noexcept;

/// The pooled z of rate(a) - rate(b); p = 1 without trials or events.
[[nodiscard]] TestResult TwoProportionTest(std::int64_t events_a, std::int64_t trials_a,
                                           std::int64_t events_b, std::int64_t trials_b) noexcept;

/// Of rate(a) - rate(b): the hybrid of two Wilson intervals (Newcombe 1998, method 10).
[[nodiscard]] Interval NewcombeInterval(std::int64_t events_a, std::int64_t trials_a,
                                        std::int64_t events_b, std::int64_t trials_b,
                                        double z = kNormal95) noexcept;

/// The p-values of a family, each as large as its own test must be held to: Holm's step-down, or
/// times their number.
[[nodiscard]] std::vector<double> HolmAdjusted(std::span<const double> p);
[[nodiscard]] std::vector<double> BonferroniAdjusted(std::span<const double> p);

/// P(Z <= z), and its inverse for 0 < p < 1.
[[nodiscard]] double NormalCdf(double z) noexcept;
[[nodiscard]] double NormalQuantile(double p) noexcept;
/// P(|T| >= |t|) of Student's t, and the t at which that is p.
[[nodiscard]] double StudentTwoSided(double t, double degrees) noexcept;
[[nodiscard]] double StudentQuantile(double p, double degrees) noexcept;

}  // namespace mlp
