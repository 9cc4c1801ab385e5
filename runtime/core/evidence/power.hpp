// How long evidence takes: drift and variance of the log of an e-process at a rate of traffic, and
// the time after which it has most likely passed its threshold. In closed form; the formulas are
// those of `Evidence` in the language reference.
#pragma once

#include <optional>
#include <span>

namespace mlp {

/// Growth of ln E while units arrive at a constant rate; both at least 0.
struct EvidenceRate {
  double drift_per_s = 0;
  double variance_per_s = 0;
};

/// Units of both arms that come together, and how often an event is seen of them.
struct ArmTraffic {
  double units_per_s = 0;  ///< of both arms
  double share = 0;        ///< of the canary, in [0, 1]
  double base_rate = 0;    ///< events per unit of the stable arm, in [0, 1]
  double ratio = 1;        ///< the canary's rate is this many base rates; base_rate * ratio <= 1
};

/// Of the rate-ratio e-process (rate_ratio.hpp) whose alternative is the true ratio: harm where
/// ratio > margin, its absence where ratio < margin; no evidence where they are equal, or where one
/// arm has no traffic. 0 < margin.
[[nodiscard]] EvidenceRate RatioEvidence(const ArmTraffic& traffic, double margin) noexcept;

/// Of the likelihood ratio of a rate against a fixed bound, judged by the canary's units alone:
/// `rate` is true, in [0, 1); `bound` is tested, in (0, 1).
[[nodiscard]] EvidenceRate BoundEvidence(double units_per_s, double rate, double bound) noexcept;

/// What ln E must reach: ln(1/alpha), and 1.3 for a mixture over alternatives of which none is
/// quite the true one (simulated). 0 < alpha < 1.
[[nodiscard]] double EvidenceNeeded(double alpha) noexcept;

/// One step of a ramp: evidence grows at `rate` for `seconds`, which may be infinite.
struct EvidenceStretch {
  EvidenceRate rate;
  double seconds = 0;
};

/// The chance with which predictions hold, and its quantile of the normal distribution.
inline constexpr double kPower = 0.8;
inline constexpr double kPowerQuantile = 0.8416;

/// Seconds from the first stretch's start until `need` is shown with a chance of 80%: the first
/// instant at which drift so far - quantile * sqrt(variance so far) >= need. With a quantile of 0
/// the time on average (Wald). Nothing where the stretches end before.
[[nodiscard]] std::optional<double> TimeToShow(std::span<const EvidenceStretch> stretches,
                                               double need,
                                               double quantile = kPowerQuantile) noexcept;

}  // namespace mlp
