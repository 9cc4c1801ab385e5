// Which models the routes of a policy may come to, on whatever date and for whatever request.
#pragma once

#include <vector>

#include "compiler/model/policy.hpp"

namespace mlp::compiler {

/// Per candidate whether some route, directly, by a rollout or as a successor, may come to it.
[[nodiscard]] std::vector<bool> ReachableCandidates(const PolicyModel& model);

}  // namespace mlp::compiler
