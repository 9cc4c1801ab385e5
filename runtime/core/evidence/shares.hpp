// Whether units come in the shares that they were given (sample-ratio mismatch).
#pragma once

#include <cstdint>
#include <span>

namespace mlp {

/// Below this p-value shares are taken to be others than they were given (GrowthBook, Statsig).
inline constexpr double kSharesAlpha = 0.001;

/// ln of the Bayes factor of "the shares are others" against "the shares are these", of counts that
/// came one by one: a Dirichlet-multinomial with the weights shares * concentration against a
/// multinomial (Lindon and Malek 2020). Its inverse, the least so far, is a p-value that is valid
/// at any look. Shares are above 0 and sum to 1; as many as counts.
[[nodiscard]] double LogSharesFactor(std::span<const double> shares,
                                     std::span<const std::int64_t> counts,
                                     double concentration) noexcept;

/// ln of the mean of the Bayes factors at three concentrations, which is as good a factor: the
/// concentrated one sees what many units show of a small loss, the others what few show of a large
/// one.
[[nodiscard]] double LogSharesEvidence(std::span<const double> shares,
                                       std::span<const std::int64_t> counts) noexcept;

}  // namespace mlp
