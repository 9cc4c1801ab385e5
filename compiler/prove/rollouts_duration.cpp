#include "compiler/prove/rollouts_duration.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "compiler/prove/rollouts_plan.hpp"
#include "compiler/prove/rollouts_words.hpp"

namespace mlp::compiler {
namespace {

constexpr double kMicro = 1e6;
constexpr double kOnAverage = 0;  // the quantile of TimeToShow
/// Units of the stable arm that `baseline.p95` is measured by: no step is left before.
constexpr double kBaselineUnits = 100;

/// As NeedsBaseline of runtime/core/rollout/judge.hpp.
bool NeedsBaseline(const RolloutModel& rollout) {
  const auto needs = [](const CriterionModel& one) {
    const bool sequential = one.window_s == 0;
    const bool percentile = one.subject.starts_with("latency.") || one.subject.starts_with("ttft.");
    return one.relative && (one.baseline != "baseline" || (sequential && percentile));
  };
  return std::any_of(rollout.events.begin(), rollout.events.end(),
                     [](const auto& event) { return event.criterion.relative; }) ||
         std::any_of(rollout.rollbacks.begin(), rollout.rollbacks.end(), needs) ||
         std::any_of(rollout.steps.begin(), rollout.steps.end(),
                     [&](const auto& step) { return step.criterion && needs(*step.criterion); });
}

/// The longest stay at a step, and that of a canary that is like the baseline.
struct Stay {
  double longest_s = 0;
  double expected_s = 0;
};

Stay StayAt(const RolloutModel& rollout, const RolloutPlan& plan, std::size_t step) {
  Stay stay{plan.SecondsAt(step), plan.SecondsAt(step)};
  if (plan.steps[step].prove) {
    const auto judged = rollout.steps[step].criterion
                            ? Judge(rollout, *rollout.steps[step].criterion).judged
                            : std::nullopt;
    if (!judged) return stay;
    const auto proved = SecondsToProve(plan, step, *judged, ProveAlpha(rollout), kOnAverage);
    stay.expected_s = std::min(proved.value_or(plan.hold_s), plan.hold_s);
  } else if (step == 0 && plan.steps[step].share < 1 && NeedsBaseline(rollout)) {
    const double baseline_s = kBaselineUnits / (plan.units_per_s * (1 - plan.steps[step].share));
    stay.longest_s = std::max(stay.longest_s, baseline_s);
    stay.expected_s = std::max(stay.expected_s, baseline_s);
  }
  return stay;
}

}  // namespace

RolloutDuration DurationOf(const RolloutModel& rollout) {
  RolloutDuration duration;
  duration.name = rollout.name;
  duration.known = rollout.units_per_day > 0;
  duration.detect = static_cast<double>(rollout.detect_micro) / kMicro;
  duration.holdback_s = rollout.holdback_ppm > 0 ? static_cast<double>(rollout.holdback_s) : 0;
  if (!duration.known) return duration;
  const RolloutPlan plan = PlanOf(rollout);
  for (std::size_t step = 0; step < plan.steps.size(); ++step) {
    const Stay stay = StayAt(rollout, plan, step);
    duration.longest_s += stay.longest_s;
    duration.expected_s += stay.expected_s;
    duration.waits =
        duration.waits || (plan.steps[step].prove && rollout.undecided == Undecided::kHold);
  }
  for (const CriterionModel& criterion : rollout.rollbacks) {
    const auto judged = criterion.window_s == 0 ? Judge(rollout, criterion).judged : std::nullopt;
    if (!judged) continue;
    const auto shown =
        SecondsToShowHarm(plan, *judged, duration.detect, HarmAlpha(rollout), false, kOnAverage);
    if (!shown || (duration.harm_s && *duration.harm_s >= *shown)) continue;
    duration.harm_s = shown;
    duration.harm_event = judged->event;
  }
  return duration;
}

std::string RolloutDurationWords(const RolloutDuration& duration) {
  if (!duration.known) return "duration not known: no traffic is declared";
  std::string text = fmt::format("ends within {}", RoundedDurationWords(duration.longest_s));
  if (duration.waits) text += " or waits for a person";
  if (duration.expected_s < duration.longest_s) {
    text += fmt::format(", after {} on average if nothing differs",
                        RoundedDurationWords(duration.expected_s));
  }
  if (duration.harm_s) {
    text += fmt::format(", after {} at {} the {}", RoundedDurationWords(*duration.harm_s),
                        FactorWords(duration.detect), duration.harm_event);
  }
  if (duration.holdback_s > 0) {
    text += fmt::format("; then holds back for {}", RoundedDurationWords(duration.holdback_s));
  }
  return text;
}

}  // namespace mlp::compiler
