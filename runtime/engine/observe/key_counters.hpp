// Attempts by the key that they were made with, which is known by its number alone.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "mlp/tables.hpp"
#include "runtime/core/metrics/call_cells.hpp"
#include "runtime/core/metrics/open_metrics.hpp"
#include "runtime/engine/observe/named_cells.hpp"

namespace mlp::engine {

/// Thread-safe; counting takes no lock and allocates nothing.
class KeyCounters {
 public:
  /// Room for every key that a provider names, set or not.
  explicit KeyCounters(const Tables& tables,
                       std::shared_ptr<CallCellStore> cells = std::make_shared<CallCellStore>());

  void Count(std::uint16_t provider, std::uint32_t key, ErrorClass end) noexcept;
  void Write(OpenMetricsWriter& out) const;

 private:
  std::shared_ptr<CallCellStore> cells_;
  std::vector<std::vector<OutcomeCells<RelaxedCell>*>> keys_;  // of each provider
};

}  // namespace mlp::engine
