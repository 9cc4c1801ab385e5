// How criteria are judged: what evidence a block adds, and when a criterion holds. Part of the
// rollout machine.
#pragma once

#include <string>
#include <vector>

#include "runtime/core/rollout/machine.hpp"

namespace mlp {

/// Whether it can be judged only once the baseline is frozen.
[[nodiscard]] bool NeedsBaseline(const RolloutPlan& plan);

/// The state of a criterion's test before any evidence: empty with a window.
[[nodiscard]] std::vector<double> EmptyLog(const RolloutPlan& plan, const PlanCriterion& criterion,
                                           bool proof);
[[nodiscard]] std::vector<std::vector<double>> EmptyLogs(const RolloutPlan& plan);

/// `proof`: that what the criterion says is so, else that it is harmed beyond it.
void AddEvidence(const RolloutPlan& plan, const std::vector<PlanCriterion>& signals,
                 const PlanCriterion& criterion, const RolloutBaseline& baseline,
                 const RolloutBlock& block, bool proof, std::vector<double>& logs);

[[nodiscard]] CriterionStanding StandingOf(const RolloutPlan& plan,
                                           const std::vector<PlanCriterion>& signals,
                                           const PlanCriterion& criterion,
                                           const RolloutState& state,
                                           const std::vector<double>& logs, bool proof);

/// What was shown, with its numbers.
[[nodiscard]] std::string EvidenceWords(const RolloutPlan& plan, const PlanCriterion& criterion,
                                        const CriterionStanding& standing);

}  // namespace mlp
