#include "runtime/core/evidence/stratified.hpp"

#include <limits>

namespace mlp {

StratifiedDifference AnytimeDifference(std::span<const Stratum> strata, double alpha, double factor,
                                       double tuned_for) noexcept {
  StratifiedDifference result;
  result.difference.half_width = std::numeric_limits<double>::infinity();
  double weights = 0;
  double variance = 0;
  for (const Stratum& one : strata) {
    if (one.a.count < kStratumValues || one.b.count < kStratumValues) continue;
    const auto a = static_cast<double>(one.a.count);
    const auto b = static_cast<double>(one.b.count);
    const double weight = a * b / (a + b);
    weights += weight;
    result.a_mean += weight * one.a.mean();
    result.b_mean += weight * one.b.mean();
    variance += weight * weight * (factor * factor * one.a.variance() / a + one.b.variance() / b);
    result.a_count += one.a.count;
    result.b_count += one.b.count;
  }
  if (weights <= 0) return result;
  result.a_mean /= weights;
  result.b_mean /= weights;
  const auto count = static_cast<double>(result.a_count + result.b_count);
  result.difference.estimate = result.b_mean - factor * result.a_mean;
  result.difference.half_width =
      AnytimeHalfWidth(variance / (weights * weights) * count, count, alpha, tuned_for);
  return result;
}

}  // namespace mlp
