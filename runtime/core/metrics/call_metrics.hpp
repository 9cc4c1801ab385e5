// The families of metrics about calls, written from counts that were taken in a client or from
// records.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "runtime/core/metrics/call_cells.hpp"
#include "runtime/core/metrics/open_metrics.hpp"

namespace mlp {

struct PolicyMetrics {
  std::string policy;
  std::string version;
  std::string hash;
};
struct RouteMetrics {
  std::string policy;
  std::string route;  ///< empty for calls that no route took
  RouteCells<std::uint64_t> cells;
};
struct ModelMetrics {
  std::string policy;
  std::string provider;
  std::string model;
  ModelCells<std::uint64_t> cells;
};
struct RolloutMetrics {
  std::string policy;
  std::string rollout;
  RolloutCells<std::uint64_t> cells;
};

/// Each with distinct names.
struct CallMetrics {
  std::vector<PolicyMetrics> policies;
  std::vector<RouteMetrics> routes;
  std::vector<ModelMetrics> models;
  std::vector<RolloutMetrics> rollouts;
};

void WriteCallMetrics(const CallMetrics& metrics, OpenMetricsWriter& out);

}  // namespace mlp
