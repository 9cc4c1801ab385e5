// MLP0601 to MLP0604: whether rollouts and experiments can do what they say.
#pragma once

#include "compiler/diag/diagnostic.hpp"
#include "compiler/diagram/build.hpp"
#include "compiler/model/policy.hpp"

namespace mlp::compiler {

/// All that follow.
void FindRolloutProblems(const PolicyModel& model, const Diagram& diagram,
                         Diagnostics& diagnostics);

/// MLP0604: rollouts and experiments between models whose vectors cannot be compared. Vectors are
/// comparable where dimension and pinned model are the same; providers and call parameters may
/// differ.
void FindVectorSpaceProblems(const PolicyModel& model, Diagnostics& diagnostics);

}  // namespace mlp::compiler
