#include "runtime/core/rollout/experiment.hpp"

#include <algorithm>

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

/// The score that is measured; empty for none, and for the whole of an evaluation.
std::string ScoreOf(const ExperimentPlan& plan) {
  for (const ExperimentPlan::Measure& one : plan.measures) {
    if (one.measured == Measured::kQuality) return one.score;
  }
  return {};
}

}  // namespace

std::size_t ExperimentPlan::Control() const noexcept {
  for (std::size_t i = 0; i < arms.size(); ++i) {
    if (arms[i].model == replaced) return i;
  }
  return 0;
}

bool ExperimentPlan::Measure::IsShare() const noexcept {
  return measured == Measured::kFailures || measured == Measured::kSuccess ||
         measured == Measured::kErrorClass || measured == Measured::kEvent;
}

PlanCriterion ExperimentPlan::Measure::Signal() const {
  PlanCriterion signal;
  signal.measured = measured == Measured::kSuccess ? Measured::kFailures : measured;
  signal.error_class = error_class;
  return signal;
}

std::vector<PlanCriterion> ExperimentPlan::Signals() const {
  std::vector<PlanCriterion> signals(1);
  for (const Measure& measure : measures) {
    const PlanCriterion signal = measure.Signal();
    const bool known = std::find(signals.begin(), signals.end(), signal) != signals.end();
    if (measure.IsShare() && !known) signals.push_back(signal);
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

ExperimentCounts Remapped(const ExperimentPlan& before, const ExperimentPlan& plan,
                          const ExperimentCounts& counts) {
  const std::vector<PlanCriterion> from = before.Signals();
  const std::vector<PlanCriterion> to = plan.Signals();
  ExperimentCounts remapped = counts;
  for (std::size_t arm = 0; arm < counts.size(); ++arm) {
    remapped[arm].signals.assign(to.size(), {});
    for (std::size_t i = 0; i < to.size(); ++i) {
      const auto at = std::find(from.begin(), from.end(), to[i]);
      if (at == from.end()) continue;
      remapped[arm].signals[i] = counts[arm].signal(static_cast<std::size_t>(at - from.begin()));
    }
    if (ScoreOf(before) != ScoreOf(plan)) {
      remapped[arm].values[static_cast<std::size_t>(ValueKind::kQuality)] = {};
    }
  }
  return remapped;
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

}  // namespace mlp
