// Mixtures that are valid at any look: mSPRT for normal means and two Bernoulli streams, and the
// confidence sequence of a share (Howard et al. 2021).
#pragma once

#include <cstdint>

#include "runtime/core/evidence/wilson.hpp"

namespace mlp {

/// The mixture's parameter that is best at the variance process v: v / (2 ln(1/alpha) + ln(1 + 2
/// ln(1/alpha))).
[[nodiscard]] double BestRho(double v, double alpha) noexcept;
/// ln of the two-sided normal mixture at the sum s and its variance v, and the sum at which it
/// reaches 1/alpha.
[[nodiscard]] double NormalMixtureLog(double s, double v, double rho) noexcept;
[[nodiscard]] double NormalMixtureBound(double v, double rho, double alpha) noexcept;

/// ln of mSPRT's likelihood ratio of two Bernoulli streams after n pairs with the shares x and y,
/// and effects of variance tau2 (Johari et al. 2017); for large counts. Its inverse, the least so
/// far, is a p-value at any look.
[[nodiscard]] double BernoulliSprtLog(double n, double x, double y, double tau2) noexcept;

/// Every share that the beta-binomial mixture of error rate alpha leaves possible: valid at any
/// look, narrowest at `tuned_for` trials. 0 < alpha < 1; the whole of [0, 1] without trials.
[[nodiscard]] Interval AnytimeShare(std::int64_t events, std::int64_t trials, double alpha,
                                    double tuned_for) noexcept;
/// ln of that mixture at the sum s and its variance v, of values in [-g, h] around their mean.
[[nodiscard]] double BetaBinomialMixtureLog(double s, double v, double v_best, double alpha,
                                            double g, double h) noexcept;

}  // namespace mlp
