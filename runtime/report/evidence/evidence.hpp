// What the ledger beside a store says of rollouts and experiments: plain values.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "runtime/core/rollout/experiment_standing.hpp"
#include "runtime/core/rollout/machine.hpp"
#include "runtime/store/experiment_file.hpp"
#include "runtime/store/rollout_story.hpp"

namespace mlp {

struct RolloutFinding {
  RolloutStory story;
  std::vector<CriterionStanding> standing;
};

struct ExperimentFinding {
  ExperimentRow row;
  std::int64_t elapsed_s = 0;  ///< from its first unit to now or its end; 0: none came yet
  std::vector<Compared> compared;
  SharesCheck shares;
};

struct Evidence {
  std::int64_t now_s = 0;  ///< when it was read
  std::vector<RolloutFinding> rollouts;
  std::vector<ExperimentFinding> experiments;
  std::string trouble;  ///< why the ledger cannot be read, or empty
};

}  // namespace mlp
