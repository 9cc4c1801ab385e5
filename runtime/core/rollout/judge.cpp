#include "runtime/core/rollout/judge.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "runtime/core/evidence/asymptotic.hpp"
#include "runtime/core/evidence/rate_bound.hpp"
#include "runtime/core/evidence/stratified.hpp"
#include "runtime/core/rollout/alarms.hpp"

namespace mlp {
namespace {

constexpr double kMillion = 1e6;
/// Means are judged by an interval for large counts only.
constexpr std::int64_t kMeanUnits = 100;

/// A sequential criterion as a limit on how often something is seen.
struct RateLimit {
  std::size_t signal = 0;
  bool relative = false;
  double limit = 1;    ///< a rate, or a multiple of the stable arm's
  bool above = false;  ///< the criterion says: more often than that
  /// Not 0: `limit` is 1, and what is judged are units without the event against so many times the
  /// stable arm's.
  double complement_factor = 0;
};

RateLimit LimitOnRate(const std::vector<PlanCriterion>& signals, const PlanCriterion& criterion) {
  RateLimit limit;
  limit.signal = SignalOf(signals, criterion);
  limit.relative = criterion.relative;
  limit.limit = static_cast<double>(criterion.value) / kMillion;
  limit.above = criterion.above();
  switch (criterion.measured) {
    case Measured::kSuccess:
      limit.above = !limit.above;
      if (limit.relative && limit.limit > 0) {
        limit.complement_factor = limit.limit;
        limit.limit = 1;
      } else {
        limit.limit = 1 - limit.limit;
        limit.relative = false;
      }
      return limit;
    case Measured::kLatency:
    case Measured::kTtft:
      // A percentile beyond a limit is a share of units beyond it: f times that of the stable arm
      // is passed by the share of canary units beyond f times what is the stable arm's at the
      // start, against the share of stable units beyond that itself.
      limit.limit = 1 - criterion.percentile / 100.0;
      if (limit.relative && criterion.baseline_percentile != 0) {
        limit.limit /= 1 - criterion.baseline_percentile / 100.0;
      } else if (limit.relative) {
        limit.limit = 1;
      }
      return limit;
    case Measured::kFailures:
    case Measured::kErrorClass:
    case Measured::kEvent:
    case Measured::kCost:
    case Measured::kQuality:
      break;
  }
  return limit;
}

RatioGrid Alternatives(const RolloutPlan& plan, const RateLimit& limit) {
  if (!limit.relative) return limit.above ? RatesAbove(limit.limit) : RatesBelow(limit.limit);
  if (!limit.above) return SafeRatios(limit.limit);
  const double detect = static_cast<double>(plan.detect_ppm) / kMillion;
  return HarmRatios(limit.limit, std::max(detect, 1.0001 * limit.limit));
}

Moments MomentsOf(const ValueSum& sum) { return {sum.count, sum.sum, sum.squares}; }
Moments MomentsOf(const ArmCounts& arm, const PlanCriterion& criterion) {
  return MomentsOf(arm.values[static_cast<std::size_t>(KindOf(criterion.measured))]);
}

const SparseHistogram& HistogramOf(const ArmCounts& arm, const PlanCriterion& criterion) {
  return criterion.measured == Measured::kTtft ? arm.ttft : arm.latency;
}

/// The arm's measure as the criterion names it, and the units behind it.
struct Measurement {
  double value = 0;
  std::int64_t units = 0;
};
Measurement Measure(const std::vector<PlanCriterion>& signals, const PlanCriterion& criterion,
                    const ArmCounts& arm) {
  const bool timed =
      criterion.measured == Measured::kLatency || criterion.measured == Measured::kTtft;
  if (timed && criterion.percentile != 0) {
    const SparseHistogram& histogram = HistogramOf(arm, criterion);
    return {PercentileOf(histogram, criterion.percentile), CountOf(histogram)};
  }
  if (!IsRate(criterion)) {
    const Moments moments = MomentsOf(arm, criterion);
    return {moments.mean(), moments.count};
  }
  const SignalCount count = arm.signal(SignalOf(signals, criterion));
  const double rate =
      count.units == 0 ? 0 : static_cast<double>(count.events) / static_cast<double>(count.units);
  return {criterion.measured == Measured::kSuccess ? 1 - rate : rate, count.units};
}

/// What a criterion with a window compares with, in the measure's unit.
std::optional<double> Bound(const PlanCriterion& criterion, const RolloutBaseline& baseline,
                            double stable) {
  const double scale = IsRate(criterion) ? kMillion : 1;
  if (!criterion.relative) return static_cast<double>(criterion.value) / scale;
  const double factor = static_cast<double>(criterion.value) / kMillion;
  if (criterion.baseline_percentile != 0) return LimitOf(criterion, baseline);
  return factor * stable;
}

bool Compares(double value, Comparison comparison, double bound) {
  switch (comparison) {
    case Comparison::kLess:
      return value < bound;
    case Comparison::kLessEqual:
      return value <= bound;
    case Comparison::kGreater:
      return value > bound;
    case Comparison::kGreaterEqual:
      return value >= bound;
    case Comparison::kEqual:
    case Comparison::kNotEqual:
      break;
  }
  return false;
}

void StandInWindow(const std::vector<PlanCriterion>& signals, const PlanCriterion& criterion,
                   const RolloutState& state, CriterionStanding& standing) {
  const RolloutBlock window = Recent(state, state.updated_s - criterion.window_s);
  const Measurement canary = Measure(signals, criterion, window.canary);
  const Measurement stable = Measure(signals, criterion, window.stable);
  standing.canary = canary.value;
  standing.stable = stable.value;
  standing.canary_units = canary.units;
  standing.stable_units = stable.units;
  const std::int64_t least = std::max<std::int64_t>(criterion.min_units, 1);
  if (canary.units < least) return;
  const bool concurrent = criterion.relative && criterion.baseline_percentile == 0;
  if (concurrent && stable.units < least) return;
  const std::optional<double> bound = Bound(criterion, state.baseline, stable.value);
  standing.holds = bound && Compares(canary.value, criterion.comparison, *bound);
}

void StandByMeans(const PlanCriterion& criterion, const RolloutState& state, double alpha,
                  CriterionStanding& standing) {
  // One side of an interval of two.
  Difference difference;
  if (criterion.relative) {
    std::vector<Stratum> strata;
    const auto kind = static_cast<std::size_t>(KindOf(criterion.measured));
    for (const ShareMeans& one : state.means) {
      strata.push_back({MomentsOf(one.stable[kind]), MomentsOf(one.canary[kind])});
    }
    const StratifiedDifference found =
        AnytimeDifference(strata, 2 * alpha, static_cast<double>(criterion.value) / kMillion);
    if (found.a_count < kMeanUnits || found.b_count < kMeanUnits) return;
    standing.stable = found.a_mean;
    standing.canary = found.b_mean;
    difference = found.difference;
  } else {
    const Moments canary = MomentsOf(state.total.canary, criterion);
    if (canary.count < kMeanUnits) return;
    difference = AnytimeDifference(canary, canary, 2 * alpha, 0);
    difference.estimate -= static_cast<double>(criterion.value);
  }
  standing.holds = criterion.above() ? difference.low() > 0 : difference.high() < 0;
}

}  // namespace

bool NeedsBaseline(const RolloutPlan& plan) {
  const auto frozen = [](const PlanCriterion& one) {
    const bool timed = one.measured == Measured::kLatency || one.measured == Measured::kTtft;
    if (!one.relative) return false;
    return one.baseline_percentile != 0 || (timed && one.percentile != 0 && one.sequential());
  };
  return std::any_of(plan.events.begin(), plan.events.end(),
                     [](const auto& event) { return event.criterion.relative; }) ||
         std::any_of(plan.rollbacks.begin(), plan.rollbacks.end(), frozen) ||
         std::any_of(plan.proofs.begin(), plan.proofs.end(), frozen);
}

std::vector<double> EmptyLog(const PlanCriterion& criterion) {
  if (!criterion.sequential() || !IsRate(criterion)) return {};
  return std::vector<double>(std::tuple_size_v<RatioGrid>, 0.0);
}

std::vector<std::vector<double>> EmptyLogs(const RolloutPlan& plan) {
  std::vector<std::vector<double>> logs;
  for (const PlanCriterion& one : plan.rollbacks) logs.push_back(EmptyLog(one));
  return logs;
}

void AddEvidence(const RolloutPlan& plan, const std::vector<PlanCriterion>& signals,
                 const PlanCriterion& criterion, const RolloutBlock& block,
                 std::vector<double>& logs, RateBlock& waiting) {
  if (logs.empty()) return;
  const RateLimit limit = LimitOnRate(signals, criterion);
  const SignalCount canary = block.canary.signal(limit.signal);
  const SignalCount stable = block.stable.signal(limit.signal);
  if (limit.limit <= 0 || (!limit.relative && limit.limit >= 1)) {
    // More than nothing: one event is enough; a rate above 1 is never seen.
    if (limit.limit <= 0 && limit.above && canary.events > 0) {
      for (double& one : logs) one += 1e3;
    }
    return;
  }
  const RatioGrid alternatives = Alternatives(plan, limit);
  if (!limit.relative) {
    AddToBoundTest(limit.limit, alternatives, canary.units, canary.events, logs);
    return;
  }
  waiting.canary_units += canary.units;
  waiting.stable_units += stable.units;
  waiting.canary_events += canary.events;
  waiting.stable_events += stable.events;
  if (!waiting.paired()) return;
  RateRatioTest test = limit.complement_factor > 0
                           ? RateRatioTest(alternatives, limit.complement_factor)
                           : RateRatioTest(limit.limit, alternatives);
  test.Restore(logs);
  test.Add(waiting);
  waiting = {};
  std::copy(test.logs().begin(), test.logs().end(), logs.begin());
}

CriterionStanding StandingOf(const RolloutPlan& plan, const std::vector<PlanCriterion>& signals,
                             const PlanCriterion& criterion, const RolloutState& state,
                             const std::vector<double>& logs, bool proof) {
  CriterionStanding standing;
  standing.words = Words(plan, criterion);
  standing.measured = criterion.measured;
  standing.proof = proof;
  if (!criterion.sequential()) {
    StandInWindow(signals, criterion, state, standing);
    return standing;
  }
  const double alpha = proof ? plan.ProofAlpha() : plan.HarmAlpha();
  const Measurement canary = Measure(signals, criterion, state.total.canary);
  const Measurement stable = Measure(signals, criterion, state.total.stable);
  standing.canary = canary.value;
  standing.stable = stable.value;
  standing.canary_units = canary.units;
  standing.stable_units = stable.units;
  if (logs.empty()) {
    StandByMeans(criterion, state, alpha, standing);
    return standing;
  }
  standing.log_evidence = LogMeanExp(logs);
  standing.needed = -std::log(alpha);
  standing.holds = standing.log_evidence >= standing.needed;
  return standing;
}

std::string EvidenceWords(const RolloutPlan&, const PlanCriterion& criterion,
                          const CriterionStanding& standing) {
  std::string words = (standing.proof ? "proved: " : "shown: ") + standing.words + " (canary " +
                      FigureWords(criterion.measured, standing.canary) + " of " +
                      std::to_string(standing.canary_units) + " units, stable " +
                      FigureWords(criterion.measured, standing.stable) + " of " +
                      std::to_string(standing.stable_units);
  if (standing.needed > 0) {
    char text[64];
    std::snprintf(text, sizeof text, "; ln E %.3f, needed %.3f", standing.log_evidence,
                  standing.needed);
    words += text;
  }
  return words + ")";
}

}  // namespace mlp
