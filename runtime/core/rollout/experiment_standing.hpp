// What an experiment's counts say: each measure of each arm against the control, and whether the
// arms came by the shares that they were given.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "runtime/core/rollout/experiment.hpp"

namespace mlp {

/// Of each arm, before anything is said to be shown: intervals are for large counts.
inline constexpr std::int64_t kLeastExperimentUnits = 30;

enum class Verdict : std::uint8_t { kOpen, kBetter, kWorse };
[[nodiscard]] std::string_view ToString(Verdict verdict) noexcept;

/// One measure of one arm against the control. Differences in the measure's unit (rates as shares
/// of 1); a percentile is compared by the share of units beyond the control's.
struct Compared {
  std::size_t arm = 0;
  std::size_t measure = 0;
  std::int64_t units = 0;
  std::int64_t control_units = 0;
  double value = 0;
  double control = 0;
  double difference = 0;
  double low = 0;  ///< holds at any look, all comparisons together with the confidence
  double high = 0;
  double p = 1;           ///< two-sided, at a horizon that was fixed beforehand
  double adjusted_p = 1;  ///< by the experiment's correction
  Verdict verdict = Verdict::kOpen;
  double half_width_in_a_week = 0;  ///< 0: not known
};
[[nodiscard]] std::vector<Compared> Compare(const ExperimentPlan& plan,
                                            const ExperimentCounts& counts, std::int64_t elapsed_s);

/// A sample-ratio mismatch means that units of an arm were lost before they were counted, and that
/// what is left compares unlike with unlike.
struct SharesCheck {
  double p = 1;         ///< holds at any look: one over LogSharesEvidence's factor
  bool differ = false;  ///< p < kSharesAlpha
};
[[nodiscard]] SharesCheck CheckShares(const ExperimentPlan& plan, const ExperimentCounts& counts);

}  // namespace mlp
