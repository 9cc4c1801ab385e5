#include "runtime/core/evidence/mixture.hpp"

#include <algorithm>
#include <cmath>

namespace mlp {
namespace {

double LogBeta(double a, double b) noexcept {
  int sign = 0;
  return lgamma_r(a, &sign) + lgamma_r(b, &sign) - lgamma_r(a + b, &sign);
}

}  // namespace

double BestRho(double v, double alpha) noexcept {
  const double log2 = -2 * std::log(alpha);
  return v / (log2 + std::log(1 + log2));
}

double NormalMixtureLog(double s, double v, double rho) noexcept {
  return std::log(rho / (v + rho)) / 2 + s * s / (2 * (v + rho));
}

double NormalMixtureBound(double v, double rho, double alpha) noexcept {
  return std::sqrt((v + rho) * (std::log(1 + v / rho) - 2 * std::log(alpha)));
}

double BernoulliSprtLog(double n, double x, double y, double tau2) noexcept {
  const double variance = x * (1 - x) + y * (1 - y);
  if (variance <= 0) return 0;
  const double whole = variance + n * tau2;
  return std::log(variance / whole) / 2 + n * n * tau2 * (y - x) * (y - x) / (2 * variance * whole);
}

double BetaBinomialMixtureLog(double s, double v, double v_best, double alpha, double g,
                              double h) noexcept {
  const double r = std::max(BestRho(v_best, alpha) - g * h, 1e-3 * g * h);
  const double range = g + h;
  const double none = LogBeta(r / (g * range), r / (h * range));
  return v / (g * h) * std::log(range) - (v + h * s) / (h * range) * std::log(g) -
         (v - g * s) / (g * range) * std::log(h) +
         LogBeta((r + v - g * s) / (g * range), (r + v + h * s) / (h * range)) - none;
}

Interval AnytimeShare(std::int64_t events, std::int64_t trials, double alpha,
                      double tuned_for) noexcept {
  if (trials <= 0) return {};
  constexpr double kEdge = 1e-9;
  const auto n = static_cast<double>(trials);
  const auto shown = static_cast<double>(events);
  const auto excess = [&](double p) {
    const double variance = p * (1 - p);
    return BetaBinomialMixtureLog(shown - n * p, n * variance, tuned_for * variance, alpha, p,
                                  1 - p) +
           std::log(alpha);
  };
  // Beyond the observed share the mixture grows, on either side.
  const auto edge = [&](double outside, double inside) {
    if (excess(outside) <= 0) return outside < inside ? 0.0 : 1.0;
    for (int i = 0; i < 100; ++i) {
      const double middle = (outside + inside) / 2;
      (excess(middle) > 0 ? outside : inside) = middle;
    }
    return (outside + inside) / 2;
  };
  const double observed = std::clamp(shown / n, kEdge, 1 - kEdge);
  return {edge(kEdge, observed), edge(1 - kEdge, observed)};
}

}  // namespace mlp
