#include "runtime/core/evidence/shares.hpp"

#include <array>
#include <cmath>
#include <cstddef>

#include "runtime/core/evidence/rate_bound.hpp"

namespace mlp {
namespace {

/// ln(x (x + 1) ... (x + n - 1)). The sum where it is short: lgamma of large numbers cancels.
double LogRising(double x, std::int64_t n) noexcept {
  constexpr std::int64_t kShort = 256;
  if (n <= kShort) {
    double sum = 0;
    for (std::int64_t i = 0; i < n; ++i) sum += std::log(x + static_cast<double>(i));
    return sum;
  }
  int sign = 0;
  return lgamma_r(x + static_cast<double>(n), &sign) - lgamma_r(x, &sign);
}

}  // namespace

double LogSharesFactor(std::span<const double> shares, std::span<const std::int64_t> counts,
                       double concentration) noexcept {
  std::int64_t total = 0;
  double log_factor = 0;
  for (std::size_t i = 0; i < shares.size() && i < counts.size(); ++i) {
    log_factor += LogRising(shares[i] * concentration, counts[i]);
    log_factor -= static_cast<double>(counts[i]) * std::log(shares[i]);
    total += counts[i];
  }
  return log_factor - LogRising(concentration, total);
}

double LogSharesEvidence(std::span<const double> shares,
                         std::span<const std::int64_t> counts) noexcept {
  return LogMeanExp(std::array{LogSharesFactor(shares, counts, 1),
                               LogSharesFactor(shares, counts, 1e2),
                               LogSharesFactor(shares, counts, 1e4)});
}

}  // namespace mlp
