// Rollouts and experiments as text for a terminal, within 100 columns.
#pragma once

#include <cstdint>
#include <string>

#include "runtime/report/evidence/evidence.hpp"

namespace mlp {

/// Two lines: what it moves, and where it stands.
[[nodiscard]] std::string RolloutLines(const RolloutRow& row, std::int64_t now_s);
/// Its ramp, the evidence and what changed.
[[nodiscard]] std::string RolloutText(const RolloutFinding& finding, std::int64_t now_s);

/// Two lines: its arms, and where it stands.
[[nodiscard]] std::string ExperimentLines(const ExperimentFinding& finding);
/// Its arms, how they compare, and what follows.
[[nodiscard]] std::string ExperimentText(const ExperimentFinding& finding);

/// As a report has them: where each stands, and what is recommended; empty without any.
[[nodiscard]] std::string EvidenceText(const Evidence& evidence);

}  // namespace mlp
