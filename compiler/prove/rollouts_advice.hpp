// What would make a criterion of a rollout sound: each answer is one change that is enough by
// itself, as it stands in the policy.
#pragma once

#include <string>
#include <vector>

#include "compiler/model/rollout.hpp"
#include "compiler/prove/rollouts_plan.hpp"

namespace mlp::compiler {

/// So that harm of `detect` is shown before 100%: more traffic, a larger `detect`, longer steps, a
/// longer hold.
[[nodiscard]] std::vector<std::string> AdviceForHarm(const RolloutModel& rollout,
                                                     const Judged& judged);
/// So that the step's criterion is proved within the hold: more traffic, a wider margin, a longer
/// hold. Precondition: it is judged.
[[nodiscard]] std::vector<std::string> AdviceForProof(const RolloutModel& rollout,
                                                      std::size_t step);
/// So that a window of the criterion reaches its users: more traffic, a longer window, fewer users.
/// `step` is the one at which most come.
[[nodiscard]] std::vector<std::string> AdviceForWindow(const RolloutModel& rollout,
                                                       const CriterionModel& criterion,
                                                       std::size_t step);

/// The users of the canary that a window is expected to see at a step.
[[nodiscard]] double UsersInWindow(const RolloutPlan& plan, std::size_t step,
                                   const CriterionModel& criterion);

}  // namespace mlp::compiler
