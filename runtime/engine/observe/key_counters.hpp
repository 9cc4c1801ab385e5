// Attempts by the key that they were made with, which is known by its number alone.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "mlp/tables.hpp"
#include "runtime/core/metrics/call_cells.hpp"
#include "runtime/core/metrics/open_metrics.hpp"

namespace mlp::engine {

/// Thread-safe; counting takes no lock and allocates nothing.
class KeyCounters {
 public:
  /// Room for every key that a provider names, set or not. `tables` outlive it.
  explicit KeyCounters(const Tables& tables);

  void Count(std::uint16_t provider, std::uint32_t key, ErrorClass end) noexcept;
  void Write(OpenMetricsWriter& out) const;

 private:
  const Tables& tables_;
  std::vector<std::size_t> first_;  // of each provider, in cells_; one more ends it
  std::unique_ptr<OutcomeCells<RelaxedCell>[]> cells_;
};

}  // namespace mlp::engine
