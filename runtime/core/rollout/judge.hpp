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
[[nodiscard]] std::vector<double> EmptyLog(const PlanCriterion& criterion);
[[nodiscard]] std::vector<std::vector<double>> EmptyLogs(const RolloutPlan& plan);

/// Adds a block to a criterion's log. What says nothing yet, since one arm had no unit, waits for
/// the other in `waiting`, for as long as the share stays.
void AddEvidence(const RolloutPlan& plan, const std::vector<PlanCriterion>& signals,
                 const PlanCriterion& criterion, const RolloutBlock& block,
                 std::vector<double>& logs, RateBlock& waiting);

[[nodiscard]] CriterionStanding StandingOf(const RolloutPlan& plan,
                                           const std::vector<PlanCriterion>& signals,
                                           const PlanCriterion& criterion,
                                           const RolloutState& state,
                                           const std::vector<double>& logs, bool proof);

/// What was shown, with its numbers.
[[nodiscard]] std::string EvidenceWords(const RolloutPlan& plan, const PlanCriterion& criterion,
                                        const CriterionStanding& standing);

}  // namespace mlp
