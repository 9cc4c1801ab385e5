// What stops a rollout beside its criteria: an outage of both arms, a dead canary, and arms that do
// not have the shares of units that they were given. Part of the rollout machine.
#pragma once

#include <cstdint>
#include <string>

#include "runtime/core/rollout/machine.hpp"

namespace mlp {

/// The least time over which lately is.
inline constexpr std::int64_t kRecentS = 900;

/// All blocks that ended after the instant.
[[nodiscard]] RolloutBlock Recent(const RolloutState& state, std::int64_t after_s);

/// Whether both arms fail, in the ten minutes before the instant, far more often than the stable
/// arm did at the start; one that began ends when the stable arm is well again.
[[nodiscard]] bool IsOutage(const RolloutState& state, std::int64_t at_s);
[[nodiscard]] std::string OutageWords(const RolloutState& state, std::int64_t at_s);

/// The numbers behind IsDead.
[[nodiscard]] std::string DeathWords(const RolloutState& state);

/// ln of the Bayes factor for other shares than the present one, by the units that are new at it
/// (Lindon and Malek, as in runtime/core/evidence/shares.hpp).
[[nodiscard]] double SharesLog(const RolloutState& state);
/// Whether that, over all shares that there were, is more than one in a thousand rollouts shows.
[[nodiscard]] bool SharesAreOthers(const RolloutState& state);
[[nodiscard]] std::string SharesWords(const RolloutState& state);

/// `format` has at most three `%` of doubles, and gives at most 159 characters.
[[nodiscard]] std::string Numbers(const char* format, double a, double b, double c);

}  // namespace mlp
