// The families of metrics about rollouts and experiments: where they stand, and who came.
#pragma once

#include <vector>

#include "mlp/tables.hpp"
#include "runtime/core/metrics/open_metrics.hpp"
#include "runtime/engine/observe/named_cells.hpp"
#include "runtime/store/experiment_file.hpp"
#include "runtime/store/rollout_file.hpp"

namespace mlp::engine {

/// Each family has a sample for each rollout of the tables, whatever is known of it yet; `rows` are
/// in their order. `changes` are those that this client made.
void WriteRolloutMetrics(const Tables& tables, const std::vector<RolloutRow>& rows,
                         const NamedCells<ChangeCells>& changes, OpenMetricsWriter& out);
/// Likewise of the experiments, and their arms.
void WriteExperimentMetrics(const Tables& tables, const std::vector<ExperimentRow>& rows,
                            OpenMetricsWriter& out);

}  // namespace mlp::engine
