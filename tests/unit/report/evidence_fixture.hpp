// Rollouts and experiments made by hand, for tests of what is said of them.
#pragma once

#include <cstdint>

#include "runtime/report/evidence/evidence.hpp"

namespace mlp {

/// Arms `plain` (mini, the control) and `warm` (haiku) with these users each and sums of cost, in
/// units of $0.001 a user, that spread by a third; `failing` of warm's users fail. It began three
/// days ago.
[[nodiscard]] ExperimentFinding MakeExperiment(std::int64_t plain_users, std::int64_t warm_users,
                                               double plain_cost, double warm_cost,
                                               std::int64_t warm_failing);

/// A rollout `next` of mini -> haiku over 10%, 50% and 100%, at `start_s`: a block of 900 stable
/// and 100 canary users each minute, of which 18 and 2 fail; a person takes it to 50% after 40
/// minutes, where the canary fails half as often again, until harm is shown.
[[nodiscard]] RolloutFinding MakeRollout(std::int64_t start_s);

}  // namespace mlp
