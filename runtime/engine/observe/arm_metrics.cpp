#include "runtime/engine/observe/arm_metrics.hpp"

#include <array>
#include <cstdint>

namespace mlp::engine {
namespace {

constexpr int kPpm = 6;

using RolloutLabels = std::array<MetricLabel, 2>;
RolloutLabels LabelsOf(const Tables& tables, std::size_t rollout) {
  return {{{"policy", tables.name}, {"rollout", tables.rollouts[rollout].name}}};
}

}  // namespace

void WriteRolloutMetrics(const Tables& tables, const std::vector<RolloutRow>& rows,
                         const NamedCells<ChangeCells>& changes, OpenMetricsWriter& out) {
  static const RolloutState kUnknown;
  const auto for_each = [&](const auto& write) {
    for (std::size_t i = 0; i < tables.rollouts.size(); ++i) {
      write(LabelsOf(tables, i), i < rows.size() ? rows[i].state : kUnknown);
    }
  };
  out.Family("mlp_rollout_state", MetricType::kStateSet, "",
             "Where a rollout stands: at a step of its ramp, or how it ended.");
  for_each([&](const RolloutLabels& labels, const RolloutState& state) {
    for (const RolloutStage stage : {RolloutStage::kStep, RolloutStage::kHoldback,
                                     RolloutStage::kDone, RolloutStage::kRolledBack}) {
      out.State(labels, ToString(stage), state.stage == stage);
    }
  });
  out.Family("mlp_rollout_share_ratio", MetricType::kGauge, "ratio",
             "Of units that have the new model.");
  for_each([&](const RolloutLabels& labels, const RolloutState& state) {
    out.Decimal(labels, state.share_ppm, kPpm);
  });
  out.Family("mlp_rollout_step", MetricType::kGauge, "", "Of its ramp, from 1 on.");
  for_each([&](const RolloutLabels& labels, const RolloutState& state) {
    out.Sample(labels, std::uint64_t{state.step} + 1);
  });
  out.Family("mlp_rollout_held", MetricType::kGauge, "",
             "1 where it waits for a person, for this reason.");
  for_each([&](const RolloutLabels& labels, const RolloutState& state) {
    for (const RolloutHold hold :
         {RolloutHold::kOperator, RolloutHold::kShares, RolloutHold::kUndecided}) {
      const std::array<MetricLabel, 3> all = {{labels[0], labels[1], {"reason", ToString(hold)}}};
      out.Sample(all, std::uint64_t{state.hold == hold ? 1U : 0U});
    }
  });
  out.Family("mlp_rollout_outage", MetricType::kGauge, "", "1 while both of its models fail.");
  for_each([&](const RolloutLabels& labels, const RolloutState& state) {
    out.Sample(labels, std::uint64_t{state.outage ? 1U : 0U});
  });
  out.Family("mlp_rollout_users", MetricType::kGauge, "",
             "That came in the present step, of all services on the store.");
  for_each([&](const RolloutLabels& labels, const RolloutState& state) {
    const auto show = [&](std::string_view arm, std::int64_t users) {
      const std::array<MetricLabel, 3> all = {{labels[0], labels[1], {"arm", arm}}};
      out.Sample(all, users);
    };
    show("canary", state.canary_arrived);
    show("stable", state.stable_arrived);
  });
  out.Family("mlp_rollout_changes", MetricType::kCounter, "", "Of a rollout, made by this client.");
  changes.ForEach([&](const auto& name, const ChangeCells& cells) {
    for (std::size_t change = 0; change < kRolloutChangeCount; ++change) {
      const std::array<MetricLabel, 3> labels = {
          {{"policy", name[0]},
           {"rollout", name[1]},
           {"change", ToString(static_cast<RolloutChange>(change))}}};
      out.Sample(labels, std::uint64_t{cells[change]});
    }
  });
}

void WriteExperimentMetrics(const Tables& tables, const std::vector<ExperimentRow>& rows,
                            OpenMetricsWriter& out) {
  const auto ended = [&](std::size_t i) { return i < rows.size() && rows[i].ended_s != 0; };
  out.Family("mlp_experiment_running", MetricType::kGauge, "", "1 until it ends.");
  for (std::size_t i = 0; i < tables.experiments.size(); ++i) {
    const std::array<MetricLabel, 2> labels = {
        {{"policy", tables.name}, {"experiment", tables.experiments[i].name}}};
    out.Sample(labels, std::uint64_t{ended(i) ? 0U : 1U});
  }
  out.Family("mlp_experiment_users", MetricType::kGauge, "",
             "That were counted of an arm, of all services on the store.");
  for (std::size_t i = 0; i < tables.experiments.size(); ++i) {
    const Experiment& experiment = tables.experiments[i];
    for (std::size_t arm = 0; arm < experiment.arm_count; ++arm) {
      const std::array<MetricLabel, 3> labels = {
          {{"policy", tables.name},
           {"experiment", experiment.name},
           {"arm", tables.arms[experiment.first_arm + arm].name}}};
      out.Sample(labels, i < rows.size() ? rows[i].users(arm) : std::int64_t{0});
    }
  }
}

}  // namespace mlp::engine
