// What happens to a rollout's row within one transaction: its plan is brought up to date, calls are
// counted, blocks end, operators move it. The machine decides (core/rollout/machine.hpp), the log
// has it all.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "runtime/store/rollout_file.hpp"

namespace mlp::engine {

/// A row with what is to be written of it.
struct RolloutWork {
  RolloutRow row;
  std::vector<RolloutEntry> entries;           ///< new in the log
  std::vector<RolloutTransition> transitions;  ///< of these
  bool changed = false;                        ///< the row is to be saved
};

[[nodiscard]] RolloutWork BeginRollout(const RolloutPlan& plan, std::int64_t now_s,
                                       std::int64_t planned_us);
/// Takes over a plan of a service that began later than the one that brought the row's.
void TakePlan(const RolloutPlan& plan, std::int64_t now_s, std::int64_t planned_us,
              RolloutWork& work);
/// Of a step of the ramp, other after each restart: what UnitMarks::step is.
[[nodiscard]] std::int64_t StepNumber(const RolloutState& state) noexcept;
/// Counts a call into the block that is pending, whose time begins with its first unit.
void CountSample(const std::vector<PlanCriterion>& signals, const RolloutSample& sample,
                 std::int64_t now_s, UnitMarks& marks, RolloutWork& work);
/// Ends the block where it is time to, or where the canary is dead.
void EndBlock(std::int64_t now_s, std::int64_t block_s, RolloutWork& work);
/// Why not; empty where it is done. Either way the row is to be saved where it changed: the block
/// that was pending ended first, and may have taken the rollout to its end.
[[nodiscard]] std::string TakeMove(RolloutMove move, const std::string& who, const std::string& why,
                                   std::int64_t now_s, RolloutWork& work);
[[nodiscard]] bool IsActive(const RolloutState& state) noexcept;

}  // namespace mlp::engine
