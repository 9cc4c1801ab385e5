// What the diagram proves about a policy: MLP0401 to MLP0405, each with a request that shows it.
#pragma once

#include "compiler/diag/diagnostic.hpp"
#include "compiler/diagram/build.hpp"
#include "compiler/model/policy.hpp"

namespace mlp::compiler {

/// Adds every finding over the whole horizon. Findings that need the combined diagram are left out
/// where it is not complete (MLP0802 has said so). `budget` is what the proofs may add to the
/// diagram.
void FindDecisionProblems(const PolicyModel& model, Diagram& diagram, Diagnostics& diagnostics,
                          const MddBudget& budget = {});

}  // namespace mlp::compiler
