// What a client counts of its calls: a fixed set of cells for each route, model and rollout of the
// policy, there from the start.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <unordered_map>

#include "mlp/record.hpp"
#include "mlp/tables.hpp"
#include "runtime/core/metrics/call_cells.hpp"
#include "runtime/core/metrics/call_metrics.hpp"

namespace mlp::engine {

/// Thread-safe. Counting takes no lock and allocates nothing.
class CallCounters {
 public:
  /// `tables` outlive it.
  explicit CallCounters(const Tables& tables);

  /// A call of this policy has ended; names that the tables do not have are not counted.
  void Count(const CallRecord& call) noexcept;

  [[nodiscard]] CallMetrics Metrics() const;

 private:
  using Index = std::unordered_map<std::string_view, std::size_t>;

  const Tables& tables_;
  Index route_index_;
  Index model_index_;
  std::unique_ptr<RouteCells<RelaxedCell>[]> routes_;  ///< one more: calls without a route
  std::unique_ptr<ModelCells<RelaxedCell>[]> models_;
  std::unique_ptr<RolloutCells<RelaxedCell>[]> rollouts_;
};

}  // namespace mlp::engine
