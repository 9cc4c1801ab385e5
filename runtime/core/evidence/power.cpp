#include "runtime/core/evidence/power.hpp"

#include <cmath>

namespace mlp {
namespace {

/// Per event: its chance to be of the first kind, and the log of the likelihood ratio in each case.
EvidenceRate PerEvent(double chance, double log_first, double log_second) noexcept {
  return {chance * log_first + (1 - chance) * log_second,
          chance * log_first * log_first + (1 - chance) * log_second * log_second};
}

EvidenceRate Times(double per_s, EvidenceRate one) noexcept {
  return {per_s * one.drift_per_s, per_s * one.variance_per_s};
}

}  // namespace

EvidenceRate RatioEvidence(const ArmTraffic& traffic, double margin) noexcept {
  const double share = traffic.share;
  const double ratio = traffic.ratio;
  if (share <= 0 || share >= 1 || traffic.base_rate <= 0 || ratio <= 0 || margin <= 0) return {};
  const double events_per_s = traffic.units_per_s * traffic.base_rate * (share * ratio + 1 - share);
  const double true_chance = share * ratio / (share * ratio + 1 - share);
  const double null_chance = share * margin / (share * margin + 1 - share);
  return Times(events_per_s, PerEvent(true_chance, std::log(true_chance / null_chance),
                                      std::log((1 - true_chance) / (1 - null_chance))));
}

EvidenceRate BoundEvidence(double units_per_s, double rate, double bound) noexcept {
  if (rate < 0 || rate >= 1 || bound <= 0 || bound >= 1) return {};
  // A unit that never shows the event: its logarithm is never added.
  const double log_event = rate > 0 ? std::log(rate / bound) : 0;
  const double log_none = std::log((1 - rate) / (1 - bound));
  // Units come one by one, so what varies is which of them show the event.
  const double spread = log_event - log_none;
  return Times(units_per_s,
               {rate * log_event + (1 - rate) * log_none, rate * (1 - rate) * spread * spread});
}

double EvidenceNeeded(double alpha) noexcept {
  constexpr double kMixtureCost = 1.3;
  return -std::log(alpha) + kMixtureCost;
}

std::optional<double> TimeToShow(std::span<const EvidenceStretch> stretches, double need,
                                 double quantile) noexcept {
  double seconds = 0;
  double drift = 0;
  double variance = 0;
  const double quantile2 = quantile * quantile;
  for (const EvidenceStretch& stretch : stretches) {
    const double d = stretch.rate.drift_per_s;
    const double v = stretch.rate.variance_per_s;
    if (d > 0) {
      // drift + d*t - need = quantile * sqrt(variance + v*t), squared; the larger root is the one
      // at which the left side is not negative.
      const double short_of = need - drift;
      const double half_b = d * short_of + quantile2 * v / 2;
      const double c = short_of * short_of - quantile2 * variance;
      const double root = half_b * half_b - d * d * c;
      // On average nothing varies, and rounding must not make the root one of a negative number.
      const double t = quantile2 == 0 ? short_of / d
                       : root < 0     ? INFINITY
                                      : (half_b + std::sqrt(root)) / (d * d);
      const bool shown_before = short_of <= 0 && c >= 0;
      if (shown_before) return seconds;
      if (t <= stretch.seconds) return seconds + t;
      drift += d * stretch.seconds;
      variance += v * stretch.seconds;
    }
    seconds += stretch.seconds;
  }
  return std::nullopt;
}

}  // namespace mlp
