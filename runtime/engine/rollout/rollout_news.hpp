// What a rollout tells when it changes.
#pragma once

#include <functional>
#include <string>

#include "runtime/core/rollout/machine.hpp"

namespace mlp::engine {

/// Told once for each change, by the process that made it.
struct RolloutNews {
  std::string rollout;
  std::string alert;  ///< the policy's, or empty
  RolloutTransition transition;
};
using RolloutListener = std::function<void(const RolloutNews&)>;

}  // namespace mlp::engine
