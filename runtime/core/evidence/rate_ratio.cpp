#include "runtime/core/evidence/rate_ratio.hpp"

#include <algorithm>
#include <cmath>

namespace mlp {
namespace {

RatioGrid LogSpaced(double first, double last) noexcept {
  RatioGrid ratios{};
  const double step = std::log(last / first) / static_cast<double>(ratios.size() - 1);
  for (std::size_t i = 0; i < ratios.size(); ++i)
    ratios[i] = first * std::exp(step * static_cast<double>(i));
  return ratios;
}

}  // namespace

RatioGrid HarmRatios(double margin, double detect) noexcept {
  const double first = std::min(1.25 * margin, detect);
  return LogSpaced(first, std::max(20.0, 4.0 * first));
}

RatioGrid SafeRatios(double margin) noexcept { return LogSpaced(margin / 1.1, margin / 4.0); }

RateRatioTest::RateRatioTest(double margin, std::span<const double> ratios) noexcept
    : margin_(margin), count_(std::min(ratios.size(), std::tuple_size_v<RatioGrid>)) {
  std::copy_n(ratios.begin(), count_, ratios_.begin());
}

RateRatioTest::RateRatioTest(std::span<const double> ratios, double complement_factor) noexcept
    : RateRatioTest(1, ratios) {
  complement_factor_ = complement_factor;
}

void RateRatioTest::Add(const RateBlock& block) noexcept {
  if (!block.paired()) return;
  const auto canary = static_cast<double>(block.canary_units);
  const double share = canary / (canary + static_cast<double>(block.stable_units));
  const double none = share * margin_ + (1 - share);
  for (std::size_t i = 0; i < count_; ++i) {
    // q of an event to be the canary's is share * r / (share * r + 1 - share) at a ratio of r.
    const double shift = std::log(none / (share * ratios_[i] + (1 - share)));
    const double of_canary = std::log(ratios_[i] / margin_) + shift;
    logs_[i] += static_cast<double>(block.canary_events) * of_canary +
                static_cast<double>(block.stable_events) * shift;
    const double f = complement_factor_;
    if (f < 1) {
      logs_[i] += static_cast<double>(block.stable_units - block.stable_events) *
                  std::log(f + (1 - f) * std::exp(shift));
    } else if (f > 1) {
      logs_[i] += static_cast<double>(block.canary_units - block.canary_events) *
                  std::log((1 + (f - 1) * std::exp(of_canary)) / f);
    }
  }
}

double RateRatioTest::LogEvidence() const noexcept {
  if (count_ == 0) return 0;
  const double most = *std::max_element(logs_.begin(), logs_.begin() + count_);
  double sum = 0;
  for (std::size_t i = 0; i < count_; ++i) sum += std::exp(logs_[i] - most);
  return most + std::log(sum / static_cast<double>(count_));
}

bool RateRatioTest::Shows(double alpha) const noexcept { return LogEvidence() >= -std::log(alpha); }

void RateRatioTest::Restore(std::span<const double> logs) noexcept {
  std::copy_n(logs.begin(), std::min(logs.size(), count_), logs_.begin());
}

}  // namespace mlp
