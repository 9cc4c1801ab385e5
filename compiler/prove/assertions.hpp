// MLP0407: every `assert` and `guardrail`, proved over all requests, instants, arms and budget
// states, or refuted by a request that explain replays.
#pragma once

#include "compiler/diag/diagnostic.hpp"
#include "compiler/diagram/build.hpp"
#include "compiler/model/policy.hpp"

namespace mlp::compiler {

/// MLP0407 for what is refuted, MLP0404 for what speaks of no request that is served, MLP0802 for
/// what could be neither proved nor refuted within the compiler's limits. Only adds nodes to the
/// diagram.
void ProveAssertions(const PolicyModel& model, Diagram& diagram, Diagnostics& diagnostics);

}  // namespace mlp::compiler
