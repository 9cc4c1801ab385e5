// Evidence that one arm's units fail more often, or no more often than a margin allows, than those
// of the other: the conditional rate-ratio e-process of `Evidence` in the language reference.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace mlp {

/// Counts of one stretch of time in which the canary's share did not change. Units, each counted
/// once; events are units that failed, or of which another event was seen.
struct RateBlock {
  std::int64_t canary_units = 0;
  std::int64_t stable_units = 0;
  std::int64_t canary_events = 0;
  std::int64_t stable_events = 0;
  /// Whether both arms had units: else it says nothing of their ratio.
  [[nodiscard]] bool paired() const noexcept { return canary_units > 0 && stable_units > 0; }
};

/// The test's alternatives: true ratios of the canary's rate to the stable arm's.
using RatioGrid = std::array<double, 24>;

/// Ratios above `margin` in even logarithmic steps, for showing harm: from 1.25 margins, or from
/// `detect` where that is less, to 20 (or four of the first where that is more). 0 < margin <
/// detect.
[[nodiscard]] RatioGrid HarmRatios(double margin, double detect) noexcept;
/// Ratios below `margin`, for showing that there is no harm beyond it: from margin / 1.1 to
/// margin / 4. 0 < margin.
[[nodiscard]] RatioGrid SafeRatios(double margin) noexcept;

/// A running test. A value: copy it to store it, add up the logs of two that saw different blocks.
/// E = mean over the alternatives of their likelihood ratio against `margin`; under every rate
/// within the margin, however it moves and whatever the shares are, P(ever E >= 1/a) <= a (Ville;
/// for a margin of 1 by Hoeffding 1963, whatever events are, else for events that are independent).
class RateRatioTest {
 public:
  /// `ratios` all above the margin, or all below it; at most 24, each weighed equally.
  RateRatioTest(double margin, std::span<const double> ratios) noexcept;
  /// Of events whose complement is judged: the canary's share without an event against
  /// `complement_factor` times the stable arm's, > 0. The margin is 1: a stable unit without an
  /// event counts as one with it with the chance 1 - factor (or a canary's, with 1 - 1/factor above
  /// 1), which makes the two rates equal at the limit; E is the mean over that chance, which keeps
  /// the bound whatever the rates are.
  RateRatioTest(std::span<const double> ratios, double complement_factor) noexcept;
  /// Blocks without units in both arms say nothing and change nothing.
  void Add(const RateBlock& block) noexcept;
  /// ln E; 0 before the first block.
  [[nodiscard]] double LogEvidence() const noexcept;
  /// E >= 1/alpha, with 0 < alpha < 1.
  [[nodiscard]] bool Shows(double alpha) const noexcept;
  /// ln of each alternative's likelihood ratio: the whole state beside margin and ratios.
  [[nodiscard]] std::span<const double> logs() const noexcept { return {logs_.data(), count_}; }
  /// Takes back a stored state. Precondition: as many as there are ratios.
  void Restore(std::span<const double> logs) noexcept;

 private:
  double margin_;
  double complement_factor_ = 1;
  std::size_t count_;
  RatioGrid ratios_{};
  RatioGrid logs_{};
};

}  // namespace mlp
