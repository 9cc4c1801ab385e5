#include "runtime/core/evidence/asymptotic.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace mlp {

double Moments::mean() const noexcept { return count > 0 ? sum / static_cast<double>(count) : 0; }

double Moments::variance() const noexcept {
  if (count < 2) return 0;
  const auto n = static_cast<double>(count);
  return std::max(0.0, (squares - sum * sum / n) / (n - 1));
}

double AnytimeHalfWidth(double variance, double count, double alpha, double tuned_for) noexcept {
  if (count <= 0) return std::numeric_limits<double>::infinity();
  const double log_alpha = -2 * std::log(alpha);
  const double rho2 = (log_alpha + std::log(log_alpha + 1)) / tuned_for;
  const double inner = count * rho2 + 1;
  return std::sqrt(variance) *
         std::sqrt(2 * inner / (count * count * rho2) * std::log(std::sqrt(inner) / alpha));
}

Difference AnytimeDifference(const Moments& a, const Moments& b, double alpha, double factor,
                             double tuned_for) noexcept {
  const double estimate = b.mean() - factor * a.mean();
  if (a.count < 2 || b.count < 2) return {estimate, std::numeric_limits<double>::infinity()};
  const auto count = static_cast<double>(a.count + b.count);
  const double variance = factor * factor * a.variance() / static_cast<double>(a.count) +
                          b.variance() / static_cast<double>(b.count);
  return {estimate, AnytimeHalfWidth(variance * count, count, alpha, tuned_for)};
}

}  // namespace mlp
