#include "runtime/core/rollout/experiment_standing.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "runtime/core/evidence/compare.hpp"
#include "runtime/core/evidence/shares.hpp"
#include "runtime/core/rollout/machine.hpp"

namespace mlp {
namespace {

constexpr std::int64_t kWeekS = std::int64_t{7} * 86'400;
/// Units of both arms at which intervals are narrowest.
constexpr double kTunedFor = 5'000;

bool MoreIsBetter(const ExperimentPlan::Measure& measure) {
  return measure.measured == Measured::kSuccess || measure.measured == Measured::kQuality;
}

Moments Shares(std::int64_t events, std::int64_t units) {
  const auto shown = static_cast<double>(events);
  return {units, shown, shown};
}

const SparseHistogram& HistogramOf(const ExperimentPlan::Measure& measure, const ArmCounts& arm) {
  return measure.measured == Measured::kTtft ? arm.ttft : arm.latency;
}

/// How many of the values lie beyond a limit.
std::int64_t Beyond(const SparseHistogram& histogram, double limit) {
  const std::int64_t bucket =
      limit <= 0 ? 0 : static_cast<std::int64_t>(std::floor(std::log2(limit) * 32));
  std::int64_t count = 0;
  for (const auto& one : histogram) count += one.first > bucket ? one.second : 0;
  return count;
}

/// An arm's measure as values with a mean.
struct Sample {
  Moments moments;
  double shown = 0;  ///< what people are told
  bool share = false;
};

Sample SampleOf(const std::vector<PlanCriterion>& signals, const ExperimentPlan::Measure& measure,
                const ArmCounts& arm, double limit) {
  Sample sample;
  if (measure.IsShare()) {
    const std::size_t at = SignalOf(signals, measure.Signal());
    const SignalCount count = at < arm.signals.size() ? arm.signals[at] : SignalCount{};
    const bool success = measure.measured == Measured::kSuccess;
    sample.moments = Shares(success ? count.units - count.events : count.events, count.units);
    sample.shown = sample.moments.mean();
    sample.share = true;
  } else if (measure.percentile != 0) {
    const SparseHistogram& histogram = HistogramOf(measure, arm);
    sample.moments = Shares(Beyond(histogram, limit), CountOf(histogram));
    sample.shown = PercentileOf(histogram, measure.percentile);
    sample.share = true;
  } else {
    const ValueSum& sum = arm.values[static_cast<std::size_t>(KindOf(measure.measured))];
    sample.moments = {sum.count, sum.sum, sum.squares};
    sample.shown = sample.moments.mean();
  }
  return sample;
}

/// Of one unit. Rates near 0 and 1 spread more than a few units show: as if one more had shown it
/// and one had not.
double VarianceOf(const Sample& sample) {
  if (!sample.share) return sample.moments.variance();
  const double rate = (sample.moments.sum + 1) / (static_cast<double>(sample.moments.count) + 2);
  return rate * (1 - rate);
}

double PValue(const Sample& arm, const Sample& control, double alpha) {
  if (!arm.share) return WelchTest(arm.moments, control.moments, alpha).p;
  return TwoProportionTest(static_cast<std::int64_t>(arm.moments.sum), arm.moments.count,
                           static_cast<std::int64_t>(control.moments.sum), control.moments.count)
      .p;
}

}  // namespace

std::string_view ToString(Verdict verdict) noexcept {
  switch (verdict) {
    case Verdict::kOpen:
      return "open";
    case Verdict::kBetter:
      return "better";
    case Verdict::kWorse:
      return "worse";
  }
  return "";
}

std::vector<Compared> Compare(const ExperimentPlan& plan, const ExperimentCounts& counts,
                              std::int64_t elapsed_s) {
  std::vector<Compared> all;
  const std::size_t control = plan.Control();
  if (counts.size() < plan.arms.size() || plan.arms.size() < 2) return all;
  const std::vector<PlanCriterion> signals = plan.Signals();
  const std::size_t family = plan.measures.size() * (plan.arms.size() - 1);
  const double alpha = 1 - plan.confidence_ppm / 1e6;
  // Intervals cannot step down: without a correction each has its own confidence, else they share.
  const double each = plan.correction == Correction::kNone
                          ? alpha
                          : alpha / static_cast<double>(std::max<std::size_t>(family, 1));
  std::vector<double> p;
  for (std::size_t m = 0; m < plan.measures.size(); ++m) {
    const ExperimentPlan::Measure& measure = plan.measures[m];
    const double limit =
        measure.percentile == 0
            ? 0
            : PercentileOf(HistogramOf(measure, counts[control]), measure.percentile);
    const Sample base = SampleOf(signals, measure, counts[control], limit);
    for (std::size_t a = 0; a < plan.arms.size(); ++a) {
      if (a == control) continue;
      const Sample arm = SampleOf(signals, measure, counts[a], limit);
      Compared one;
      one.arm = a;
      one.measure = m;
      one.units = arm.moments.count;
      one.control_units = base.moments.count;
      one.value = arm.shown;
      one.control = base.shown;
      const auto both = static_cast<double>(one.units + one.control_units);
      const bool some = one.units > 1 && one.control_units > 1;
      const double variance =
          some ? both * (VarianceOf(base) / static_cast<double>(one.control_units) +
                         VarianceOf(arm) / static_cast<double>(one.units))
               : 0;
      const double half = some ? AnytimeHalfWidth(variance, both, each, kTunedFor)
                               : std::numeric_limits<double>::infinity();
      one.difference = arm.moments.mean() - base.moments.mean();
      const double most = arm.share ? 1 : std::numeric_limits<double>::infinity();
      one.low = std::max(one.difference - half, -most);
      one.high = std::min(one.difference + half, most);
      one.p = PValue(arm, base, alpha);
      const bool enough = std::min(one.units, one.control_units) >= kLeastExperimentUnits;
      if (enough && one.low > 0) {
        one.verdict = MoreIsBetter(measure) ? Verdict::kBetter : Verdict::kWorse;
      } else if (enough && one.high < 0) {
        one.verdict = MoreIsBetter(measure) ? Verdict::kWorse : Verdict::kBetter;
      }
      // As many more units as came so far, each week of time that passed.
      if (some && elapsed_s > 0) {
        const double grown =
            both * static_cast<double>(elapsed_s + kWeekS) / static_cast<double>(elapsed_s);
        one.half_width_in_a_week = AnytimeHalfWidth(variance, grown, each, kTunedFor);
      }
      p.push_back(one.p);
      all.push_back(one);
    }
  }
  const std::vector<double> adjusted = plan.correction == Correction::kHolm ? HolmAdjusted(p)
                                       : plan.correction == Correction::kBonferroni
                                           ? BonferroniAdjusted(p)
                                           : p;
  for (std::size_t i = 0; i < all.size(); ++i) all[i].adjusted_p = adjusted[i];
  return all;
}

SharesCheck CheckShares(const ExperimentPlan& plan, const ExperimentCounts& counts) {
  double whole = 0;
  for (const ExperimentPlan::Arm& arm : plan.arms) whole += arm.share_ppm;
  std::vector<double> shares;
  std::vector<std::int64_t> users;
  for (std::size_t i = 0; i < plan.arms.size() && i < counts.size(); ++i) {
    if (plan.arms[i].share_ppm == 0) continue;
    shares.push_back(plan.arms[i].share_ppm / whole);
    users.push_back(counts[i].newcomers);
  }
  SharesCheck check;
  if (shares.size() < 2) return check;
  check.p = std::min(1.0, std::exp(-LogSharesEvidence(shares, users)));
  check.differ = check.p < kSharesAlpha;
  return check;
}

}  // namespace mlp
