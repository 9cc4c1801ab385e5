#include "compiler/prove/rollouts_plan.hpp"

#include <algorithm>
#include <limits>

#include "mlp/error_class.hpp"

namespace mlp::compiler {
namespace {

constexpr double kMicro = 1e6;
constexpr double kDay_s = 86'400;
constexpr double kForever_s = std::numeric_limits<double>::infinity();

EvidenceRate EvidenceAt(const RolloutPlan& plan, double share, const Judged& judged, double ratio) {
  const double most = std::min(ratio, MostRatio(judged));
  if (share >= 1) return {};
  if (judged.success && judged.relative) {
    // The test adds failures to the stable arm until it is at the limit, and compares with that.
    if (judged.base_rate <= 0 || judged.limit <= 0) return {};
    return RatioEvidence({plan.units_per_s, share, std::min(judged.base_rate * judged.limit, 1.0),
                          most / judged.limit},
                         1);
  }
  if (judged.relative)
    return RatioEvidence({plan.units_per_s, share, judged.base_rate, most}, judged.limit);
  return BoundEvidence(plan.units_per_s * share, judged.base_rate * most, judged.limit);
}

}  // namespace

double RolloutPlan::SecondsAt(std::size_t step) const {
  const Step& one = steps[step];
  if (one.share >= 1) return 0;
  if (one.prove) return hold_s;
  return std::max(one.dwell_s, one.min_units / (units_per_s * one.share));
}

double RolloutPlan::LongestSeconds() const {
  double seconds = 0;
  for (std::size_t i = 0; i < steps.size(); ++i) seconds += SecondsAt(i);
  return seconds;
}

RolloutPlan PlanOf(const RolloutModel& rollout) {
  RolloutPlan plan;
  plan.units_per_s = static_cast<double>(rollout.units_per_day) / kDay_s;
  plan.hold_s = static_cast<double>(rollout.undecided_hold_s);
  for (const RolloutModel::Step& step : rollout.steps) {
    plan.steps.push_back({static_cast<double>(step.share_ppm) / kMicro,
                          static_cast<double>(step.dwell_s), static_cast<double>(step.min_units),
                          step.prove});
  }
  return plan;
}

JudgedOrNot Judge(const RolloutModel& rollout, const CriterionModel& criterion) {
  JudgedOrNot result;
  Judged judged;
  judged.event = criterion.subject;
  if (criterion.subject == "success" || criterion.subject == "success-rate") {
    judged.event = "failures";
    judged.success = true;
  } else if (criterion.subject == "error-rate") {
    judged.event = "failures";
  }
  const bool declared =
      judged.event == "failures" || ParseErrorClass(judged.event) ||
      std::any_of(rollout.events.begin(), rollout.events.end(),
                  [&](const RolloutModel::Event& event) { return event.name == judged.event; });
  const bool against_rate = !criterion.relative || criterion.baseline == "baseline";
  if (!declared || !against_rate) return result;
  const auto rate =
      std::find_if(rollout.base_rates.begin(), rollout.base_rates.end(),
                   [&](const auto& base_rate) { return base_rate.first == judged.event; });
  if (rate == rollout.base_rates.end()) {
    result.why = NotJudged::kRateNotDeclared;
    return result;
  }
  judged.base_rate = static_cast<double>(rate->second) / kMicro;
  judged.relative = criterion.relative;
  judged.limit = static_cast<double>(criterion.value) / kMicro;
  if (judged.success && judged.relative) {
    // success at f times the baseline's is a failure rate of 1 - f (1 - p), in multiples of p.
    judged.limit = judged.base_rate > 0
                       ? (1 - judged.limit * (1 - judged.base_rate)) / judged.base_rate
                       : kForever_s;
  } else if (judged.success) {
    judged.limit = 1 - judged.limit;
  }
  result.judged = judged;
  return result;
}

bool IsBeyond(const Judged& judged, double ratio) {
  const double most = std::min(ratio, MostRatio(judged));
  constexpr double kRounding = 1e-9;
  return (judged.relative ? most : judged.base_rate * most) > judged.limit * (1 + kRounding);
}

double MostRatio(const Judged& judged) {
  return judged.base_rate > 0 ? 1 / judged.base_rate : kForever_s;
}

std::optional<double> SecondsToShowHarm(const RolloutPlan& plan, const Judged& judged, double ratio,
                                        double alpha, bool hold_last, double quantile) {
  if (judged.limit <= 0) return 0;  // one event is enough
  if (!IsBeyond(judged, ratio)) return std::nullopt;
  std::vector<EvidenceStretch> stretches;
  for (std::size_t i = 0; i < plan.steps.size(); ++i) {
    if (plan.steps[i].share >= 1) break;
    stretches.push_back({EvidenceAt(plan, plan.steps[i].share, judged, ratio), plan.SecondsAt(i)});
  }
  if (hold_last && !stretches.empty()) stretches.back().seconds = kForever_s;
  return TimeToShow(stretches, EvidenceNeeded(alpha), quantile);
}

std::optional<double> SecondsToShowHarmAt(const RolloutPlan& plan, std::size_t step,
                                          const Judged& judged, double ratio, double alpha) {
  RolloutPlan alone = plan;
  alone.steps = {plan.steps[step]};
  return SecondsToShowHarm(alone, judged, ratio, alpha, false);
}

std::optional<double> SecondsToProve(const RolloutPlan& plan, std::size_t step,
                                     const Judged& judged, double alpha, double quantile) {
  // Proved is what lies below the limit: the canary's own rate must, with room for evidence.
  if (judged.limit <= (judged.relative ? 1 : judged.base_rate) * (1 + 1e-9)) return std::nullopt;
  const EvidenceStretch stretch{EvidenceAt(plan, plan.steps[step].share, judged, 1), kForever_s};
  return TimeToShow({&stretch, 1}, EvidenceNeeded(alpha), quantile);
}

double HarmAlpha(const RolloutModel& rollout) {
  const auto sequential =
      std::count_if(rollout.rollbacks.begin(), rollout.rollbacks.end(),
                    [](const CriterionModel& criterion) { return criterion.window_s == 0; });
  return ProveAlpha(rollout) / static_cast<double>(std::max<std::ptrdiff_t>(sequential, 1));
}

double ProveAlpha(const RolloutModel& rollout) {
  return 1 - static_cast<double>(rollout.confidence_micro) / kMicro;
}

}  // namespace mlp::compiler
