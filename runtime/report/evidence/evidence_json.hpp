// Rollouts and experiments for programs, wherever mlp prints them.
#pragma once

#include <cstdint>

#include <nlohmann/json_fwd.hpp>

#include "runtime/report/evidence/evidence.hpp"

namespace mlp {

/// Where a rollout stands, and its ramp.
[[nodiscard]] nlohmann::ordered_json RolloutJson(const RolloutRow& row, std::int64_t now_s);
/// Its criteria as `evidence` and its `changes`, oldest first.
void AddEvidence(const RolloutFinding& finding, nlohmann::ordered_json& json);

/// Where an experiment stands, and its arms.
[[nodiscard]] nlohmann::ordered_json ExperimentJson(const ExperimentRow& row);
/// Each measure of each arm against the control as `comparisons` (null where an interval has no end
/// yet), how they were made, and what follows.
void AddEvidence(const ExperimentFinding& finding, nlohmann::ordered_json& json);

/// With everything above, as a report has them.
[[nodiscard]] nlohmann::ordered_json RolloutsJson(const Evidence& evidence);
[[nodiscard]] nlohmann::ordered_json ExperimentsJson(const Evidence& evidence);

}  // namespace mlp
