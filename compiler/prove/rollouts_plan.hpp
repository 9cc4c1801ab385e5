// A rollout in numbers: how long its steps last at the declared traffic, which events its criteria
// judge, and after which time they have most likely shown what they are there to show.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "compiler/model/policy.hpp"
#include "runtime/core/evidence/power.hpp"

namespace mlp::compiler {

/// What of a rollout can be changed to make it sound.
struct RolloutPlan {
  struct Step {
    double share = 0;
    double dwell_s = 0;    ///< at least so long
    double min_units = 0;  ///< and at least so many of the canary's units
    bool prove = false;
  };
  double units_per_s = 0;  ///< above 0
  double hold_s = 0;       ///< the longest stay at a step of `prove`
  std::vector<Step> steps;

  /// The longest stay at a step that shows no harm; the time that its units take is included.
  [[nodiscard]] double SecondsAt(std::size_t step) const;
  /// The longest time before 100%.
  [[nodiscard]] double LongestSeconds() const;
};
/// Precondition: the rollout declares traffic.
[[nodiscard]] RolloutPlan PlanOf(const RolloutModel& rollout);

/// A criterion without a window as a limit on the rate of an event.
struct Judged {
  std::string event;      ///< failures, or the name of a declared event
  bool success = false;   ///< written of its complement
  bool relative = false;  ///< the limit is a multiple of the baseline's rate, else a rate
  double base_rate = 0;   ///< of the event in the stable arm
  double limit = 1;
};
/// Why a criterion cannot be judged beforehand.
enum class NotJudged : std::uint8_t {
  kNoRateOfAnEvent,  ///< a percentile, a cost or a score
  kRateNotDeclared,  ///< `traffic` does not state how often the event is seen
};
struct JudgedOrNot {
  std::optional<Judged> judged;
  NotJudged why = NotJudged::kNoRateOfAnEvent;
};
[[nodiscard]] JudgedOrNot Judge(const RolloutModel& rollout, const CriterionModel& criterion);

/// Whether the canary's rate of `ratio` baselines is beyond the limit.
[[nodiscard]] bool IsBeyond(const Judged& judged, double ratio);
/// The ratio that a canary at most has: every unit shows the event.
[[nodiscard]] double MostRatio(const Judged& judged);

/// Times are those of four canaries out of five, and with a `quantile` of 0 those on average.
/// Seconds from the rollout's beginning until harm of `ratio` baselines is shown with the error
/// rate `alpha`; nothing where 100% is reached before. With `hold_last` the last step below 100% is
/// held for ever.
[[nodiscard]] std::optional<double> SecondsToShowHarm(const RolloutPlan& plan, const Judged& judged,
                                                      double ratio, double alpha, bool hold_last,
                                                      double quantile = kPowerQuantile);
/// The same within one step alone.
[[nodiscard]] std::optional<double> SecondsToShowHarmAt(const RolloutPlan& plan, std::size_t step,
                                                        const Judged& judged, double ratio,
                                                        double alpha);
/// Seconds at a step of `prove` until a canary that is like the baseline is proved to keep the
/// limit, were it held for ever.
[[nodiscard]] std::optional<double> SecondsToProve(const RolloutPlan& plan, std::size_t step,
                                                   const Judged& judged, double alpha,
                                                   double quantile = kPowerQuantile);

/// The error rate of each of the rollout's sequential `rollback` criteria.
[[nodiscard]] double HarmAlpha(const RolloutModel& rollout);
/// That of a `prove` step.
[[nodiscard]] double ProveAlpha(const RolloutModel& rollout);

}  // namespace mlp::compiler
