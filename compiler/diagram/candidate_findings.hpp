// MLP0403 and MLP0405: requests that are left without a candidate, candidates without a request.
#pragma once

#include <vector>

#include "compiler/diag/diagnostic.hpp"
#include "compiler/diagram/build.hpp"
#include "compiler/model/policy.hpp"

namespace mlp::compiler {

/// Only routes marked in `live_routes` are looked at: the others are findings already.
/// Precondition: the diagram is complete.
void FindCandidateProblems(const PolicyModel& model, const Diagram& diagram,
                           const std::vector<bool>& live_routes, Diagnostics& diagnostics);

}  // namespace mlp::compiler
