#include "runtime/core/rollout/experiment.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "runtime/core/evidence/compare.hpp"
#include "runtime/core/rollout/fields.hpp"
#include "runtime/core/rollout/machine.hpp"

namespace mlp {

template <typename Io>
void Fields(Io& io, ExperimentPlan::Arm& x) {
  io(x.name, x.model, x.share_ppm);
}
template <typename Io>
void Fields(Io& io, ExperimentPlan::Measure& x) {
  io(x.name, x.measured, x.percentile, x.error_class, x.score);
}
template <typename Io>
void Fields(Io& io, ExperimentPlan& x) {
  io(x.name, x.salt, x.policy, x.replaced, x.arms, x.measures, x.correction, x.until_s, x.lasts_s,
     x.min_units, x.confidence_ppm);
}

namespace {

constexpr std::string_view kPlan = "experiment1 ";
constexpr std::int64_t kWeekS = 7 * 86'400;
/// Intervals are for large counts.
constexpr std::int64_t kLeastUnits = 30;

PlanCriterion SignalFor(const ExperimentPlan::Measure& measure) {
  PlanCriterion signal;
  signal.measured = measure.measured == Measured::kSuccess ? Measured::kFailures : measure.measured;
  signal.error_class = measure.error_class;
  return signal;
}

bool IsShare(const ExperimentPlan::Measure& measure) {
  return measure.measured == Measured::kFailures || measure.measured == Measured::kSuccess ||
         measure.measured == Measured::kErrorClass || measure.measured == Measured::kEvent;
}

std::size_t KindOf(Measured measured) {
  switch (measured) {
    case Measured::kTtft:
      return static_cast<std::size_t>(ValueKind::kTtft);
    case Measured::kCost:
      return static_cast<std::size_t>(ValueKind::kCost);
    case Measured::kQuality:
      return static_cast<std::size_t>(ValueKind::kQuality);
    default:
      return static_cast<std::size_t>(ValueKind::kLatency);
  }
}

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
  if (IsShare(measure)) {
    const std::size_t at = SignalOf(signals, SignalFor(measure));
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
    const ValueSum& sum = arm.values[KindOf(measure.measured)];
    sample.moments = {sum.count, sum.sum, sum.squares};
    sample.shown = sample.moments.mean();
  }
  return sample;
}

double PValue(const Sample& arm, const Sample& control, double alpha) {
  if (!arm.share) return WelchTest(arm.moments, control.moments, alpha).p;
  return TwoProportionTest(static_cast<std::int64_t>(arm.moments.sum), arm.moments.count,
                           static_cast<std::int64_t>(control.moments.sum), control.moments.count)
      .p;
}

std::string Percent(double share) {
  char text[32];
  std::snprintf(text, sizeof text, "%.3g%%", 100 * share);
  return text;
}

/// `12% less (5% to 19%)` of the control's value; of shares, in percentage points.
std::string DifferenceWords(const ExperimentPlan::Measure& measure, const Compared& one) {
  char text[160];
  const bool share = IsShare(measure) || measure.percentile != 0;
  if (share || one.control == 0) {
    std::snprintf(text, sizeof text, "%+.3g points, %.3g to %.3g%s", 100 * one.difference,
                  100 * one.low, 100 * one.high,
                  measure.percentile != 0 ? " of units beyond the control's" : "");
  } else {
    std::snprintf(text, sizeof text, "%+.3g%%, %.3g%% to %.3g%%",
                  100 * one.difference / one.control, 100 * one.low / one.control,
                  100 * one.high / one.control);
  }
  return text;
}

}  // namespace

std::size_t ExperimentPlan::Control() const noexcept {
  for (std::size_t i = 0; i < arms.size(); ++i) {
    if (arms[i].model == replaced) return i;
  }
  return 0;
}

std::vector<PlanCriterion> ExperimentPlan::Signals() const {
  std::vector<PlanCriterion> signals(1);
  for (const Measure& measure : measures) {
    const PlanCriterion signal = SignalFor(measure);
    const bool known = std::find(signals.begin(), signals.end(), signal) != signals.end();
    if (IsShare(measure) && !known) signals.push_back(signal);
  }
  return signals;
}

ExperimentPlan PlanOf(const Tables& tables, const Experiment& experiment) {
  const auto model = [&](std::uint16_t number) {
    return number == kNone16 ? std::string() : std::string(tables.models[number].name);
  };
  ExperimentPlan plan;
  plan.name = experiment.name;
  plan.salt = experiment.salt;
  plan.policy = tables.name;
  plan.replaced = model(experiment.replaced);
  for (const ExperimentArm& arm : tables.arms.subspan(experiment.first_arm, experiment.arm_count)) {
    plan.arms.push_back({std::string(arm.name), model(arm.model), arm.to_ppm - arm.from_ppm});
  }
  for (const ExperimentMeasure& measure : experiment.measures) {
    plan.measures.push_back({std::string(measure.name), measure.measured, measure.percentile,
                             measure.error_class, std::string(measure.score)});
  }
  plan.correction = experiment.correction;
  plan.until_s = experiment.until_s;
  plan.lasts_s = experiment.lasts_s;
  plan.min_units = experiment.min_units;
  plan.confidence_ppm = experiment.confidence_ppm;
  return plan;
}

std::string ToText(const ExperimentPlan& plan) {
  FieldWriter writer;
  writer(plan);
  return std::string(kPlan) + writer.Take();
}

std::optional<ExperimentPlan> ParseExperimentPlan(std::string_view text) {
  if (text.substr(0, kPlan.size()) != kPlan) return std::nullopt;
  FieldReader reader(text.substr(kPlan.size()));
  ExperimentPlan plan;
  reader(plan);
  if (!reader.Whole()) return std::nullopt;
  return plan;
}

std::string ToText(const ExperimentCounts& counts) {
  std::string text;
  for (const ArmCounts& arm : counts) {
    RolloutBlock block;
    block.stable = arm;
    text += (text.empty() ? "" : "\n") + ToText(block);
  }
  return text;
}

std::optional<ExperimentCounts> ParseExperimentCounts(std::string_view text) {
  ExperimentCounts counts;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(line.size() < text.size() ? line.size() + 1 : line.size());
    std::optional<RolloutBlock> block = ParseRolloutBlock(line);
    if (!block) return std::nullopt;
    counts.push_back(std::move(block->stable));
  }
  return counts;
}

void CountOnce(const ExperimentPlan& plan, std::size_t arm, const RolloutSample& sample,
               ExperimentCounts& counts) {
  counts.resize(std::max(counts.size(), plan.arms.size()));
  if (arm >= counts.size()) return;
  RolloutBlock block;
  UnitMarks marks;
  RolloutSample one = sample;
  one.canary = false;
  CountUnit(plan.Signals(), {}, 0, one, marks, block);
  RolloutBlock sum;
  sum.stable = std::move(counts[arm]);
  sum.Add(block);
  counts[arm] = std::move(sum.stable);
}

bool IsOver(const ExperimentPlan& plan, const ExperimentCounts& counts, std::int64_t started_s,
            std::int64_t now_s) noexcept {
  if (plan.until_s == kForever && plan.lasts_s == 0) return false;
  if (plan.until_s != kForever && now_s < plan.until_s) return false;
  if (plan.lasts_s != 0 && now_s - started_s < plan.lasts_s) return false;
  return plan.min_units == 0 ||
         (counts.size() >= plan.arms.size() &&
          std::all_of(counts.begin(), counts.end(),
                      [&](const ArmCounts& arm) { return arm.newcomers >= plan.min_units; }));
}

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
      const Difference difference = AnytimeDifference(base.moments, arm.moments, each);
      one.difference = difference.estimate;
      one.low = difference.low();
      one.high = difference.high();
      one.p = PValue(arm, base, alpha);
      const bool enough = std::min(one.units, one.control_units) >= kLeastUnits;
      if (enough && one.low > 0) {
        one.verdict = MoreIsBetter(measure) ? Verdict::kBetter : Verdict::kWorse;
      } else if (enough && one.high < 0) {
        one.verdict = MoreIsBetter(measure) ? Verdict::kWorse : Verdict::kBetter;
      }
      // As many more units as came so far, each week of time that passed.
      const auto both = static_cast<double>(one.units + one.control_units);
      if (one.units > 1 && one.control_units > 1 && elapsed_s > 0) {
        const double grown =
            both * static_cast<double>(elapsed_s + kWeekS) / static_cast<double>(elapsed_s);
        const double variance =
            both * (base.moments.variance() / static_cast<double>(one.control_units) +
                    arm.moments.variance() / static_cast<double>(one.units));
        one.half_width_in_a_week = AnytimeHalfWidth(variance, grown, each, 5'000);
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

std::string Recommendation(const ExperimentPlan& plan, const std::vector<Compared>& compared,
                           bool runs) {
  const std::string confidence = Percent(plan.confidence_ppm / 1e6);
  std::string words;
  double narrowest = 1;
  for (std::size_t a = 0; a < plan.arms.size(); ++a) {
    if (a == plan.Control()) continue;
    std::string better;
    std::string worse;
    std::string open;
    for (const Compared& one : compared) {
      if (one.arm != a) continue;
      const ExperimentPlan::Measure& measure = plan.measures[one.measure];
      std::string& list = one.verdict == Verdict::kBetter  ? better
                          : one.verdict == Verdict::kWorse ? worse
                                                           : open;
      list += (list.empty() ? "" : ", ") + measure.name;
      if (one.verdict != Verdict::kOpen) list += " (" + DifferenceWords(measure, one) + ")";
      const double half = (one.high - one.low) / 2;
      if (one.half_width_in_a_week > 0 && std::isfinite(half) && half > 0) {
        narrowest = std::min(narrowest, one.half_width_in_a_week / half);
      }
    }
    if (!words.empty()) words += ' ';
    const std::string& name = plan.arms[a].name;
    if (!better.empty() && worse.empty()) {
      words += "Take `" + name + "`: with " + confidence + " confidence it is better in " + better +
               (open.empty() ? "." : "; nothing is shown of " + open + ".");
    } else if (better.empty() && !worse.empty()) {
      words += "Leave `" + name + "`: with " + confidence + " confidence it is worse in " + worse +
               (open.empty() ? "." : "; nothing is shown of " + open + ".");
    } else if (!better.empty()) {
      words += "Weigh `" + name + "`: it is better in " + better + " and worse in " + worse + ".";
    } else {
      words += "Of `" + name + "` nothing is shown yet: what there is may be chance.";
    }
  }
  if (runs && narrowest < 1) {
    char text[96];
    std::snprintf(text, sizeof text,
                  " One more week at this traffic would narrow the intervals by %.0f%%.",
                  100 * (1 - narrowest));
    words += text;
  }
  return words;
}

}  // namespace mlp
