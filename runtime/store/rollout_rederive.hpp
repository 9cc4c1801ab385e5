// A rollout's log read anew: what it leads to, and what it passed through on the way.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "runtime/store/rollout_file.hpp"

namespace mlp {

struct Rederived {
  RolloutPlan plan;
  RolloutState state;
  std::int64_t entries = 0;
  std::string difference;  ///< empty: none
};

/// Told of each entry that follows, with what it led to.
using RolloutVisitor = std::function<void(const RolloutEntry& entry, const Rederived& so_far)>;

/// Reads a log from its beginning, or from where a later version of mlp took it over: the state
/// that it leads to, or a sentence on the first entry whose changes are others than those that were
/// written.
[[nodiscard]] Rederived Rederive(const std::vector<RolloutEntry>& log,
                                 const RolloutVisitor& visit = {});

}  // namespace mlp
