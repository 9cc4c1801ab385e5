// What a client counts of its calls: a fixed set of cells for each route, model and rollout of the
// policy, there from the start, and going on where a policy of the same name had them before.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "mlp/record.hpp"
#include "mlp/tables.hpp"
#include "runtime/core/metrics/call_cells.hpp"
#include "runtime/core/metrics/call_metrics.hpp"
#include "runtime/engine/observe/named_cells.hpp"

namespace mlp::engine {

/// Thread-safe. Counting takes no lock and allocates nothing.
class CallCounters {
 public:
  /// `tables` outlive it.
  explicit CallCounters(const Tables& tables,
                        std::shared_ptr<CallCellStore> cells = std::make_shared<CallCellStore>());

  /// A call of this policy has ended; names that the tables do not have are not counted.
  void Count(const CallRecord& call) noexcept;

  /// Of all policies that share the cells.
  [[nodiscard]] CallMetrics Metrics() const;

 private:
  using Index = std::unordered_map<std::string_view, std::size_t>;

  const Tables& tables_;
  Index route_index_;
  Index model_index_;
  std::shared_ptr<CallCellStore> cells_;
  std::vector<RouteCells<RelaxedCell>*> routes_;  ///< one more: calls without a route
  std::vector<ModelCells<RelaxedCell>*> models_;
  std::vector<RolloutCells<RelaxedCell>*> rollouts_;
};

}  // namespace mlp::engine
