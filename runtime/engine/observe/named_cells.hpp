// Counters that outlive the policy that they were made for: who asks for the same name gets the
// same ones.
#pragma once

#include <array>
#include <cstddef>
#include <deque>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include "mlp/error_class.hpp"
#include "runtime/core/metrics/call_cells.hpp"
#include "runtime/core/rollout/machine.hpp"

namespace mlp::engine {

/// Thread-safe; the cells are made at the first question for them and stay where they are.
template <typename Cells>
class NamedCells {
 public:
  using Name = std::array<std::string, 3>;

  [[nodiscard]] Cells& At(std::string_view a, std::string_view b, std::string_view c = {}) {
    Name name = {std::string(a), std::string(b), std::string(c)};
    const std::lock_guard lock(mutex_);
    const auto found = index_.find(name);
    if (found != index_.end()) return *found->second;
    Entry& made = entries_.emplace_back();
    made.name = name;
    index_.emplace(std::move(name), &made.cells);
    return made.cells;
  }

  /// Calls `visit(name, cells)` for each, in the order in which they were made.
  template <typename Visit>
  void ForEach(Visit&& visit) const {
    const std::lock_guard lock(mutex_);
    for (const Entry& entry : entries_) visit(entry.name, entry.cells);
  }

 private:
  struct Entry {
    Name name;
    Cells cells;
  };
  mutable std::mutex mutex_;
  std::deque<Entry> entries_;
  std::map<Name, Cells*> index_;
};

/// Changes of a rollout, by RolloutChange.
using ChangeCells = std::array<RelaxedCell, kRolloutChangeCount>;

/// What a client counts under all policies that it ever had.
struct CallCellStore {
  NamedCells<RouteCells<RelaxedCell>> routes;      ///< policy, route
  NamedCells<ModelCells<RelaxedCell>> models;      ///< policy, provider, model
  NamedCells<RolloutCells<RelaxedCell>> rollouts;  ///< policy, rollout
  NamedCells<ChangeCells> rollout_changes;         ///< policy, rollout
  NamedCells<OutcomeCells<RelaxedCell>> keys;      ///< policy, provider, number of the key
};

}  // namespace mlp::engine
