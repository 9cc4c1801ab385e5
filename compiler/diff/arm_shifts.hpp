// Which share of the units of a rollout or an experiment is in another arm under the new version,
// by the bucketing of runtime/core/bucket.hpp.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "compiler/model/policy.hpp"

namespace mlp::compiler {

/// Shares in millionths. Of the same salt and key every bucket is told apart, so that shares are
/// exact; drawn anew, the two draws have nothing to do with each other, and they are expected ones.
struct ArmShift {
  std::string kind;  ///< rollout, experiment
  std::string name;  ///< in the new version, or in the old one that it is gone from
  /// Of a rollout, at each step of the old ramp: the canary's share before, what the running
  /// rollout makes of it under the new ramp, and the units that change arms then.
  struct Step {
    std::uint32_t older_ppm = 0;
    std::uint32_t newer_ppm = 0;
    std::uint32_t moved_ppm = 0;
  };
  std::vector<Step> steps;
  std::uint32_t moved_ppm = 0;  ///< of an experiment; of a rollout at the step where most move
  bool drawn_anew = false;
  std::string because;  ///< `it is new`, `its salt is another`; empty where nothing moves
};

/// One for each rollout and each experiment of either version, old ones in their order, then new
/// ones. They are the same by name; by salt where a name is in one version alone.
[[nodiscard]] std::vector<ArmShift> CompareArms(const PolicyModel& older, const PolicyModel& newer);

/// `at most about 25.5% of the units change arms, at its 25%: its salt is another`; for texts.
[[nodiscard]] std::string ShiftWords(const ArmShift& shift);

}  // namespace mlp::compiler
