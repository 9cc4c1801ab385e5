// MLP0406: what the policy declares and no decision depends on.
#pragma once

#include "compiler/diag/diagnostic.hpp"
#include "compiler/diagram/build.hpp"
#include "compiler/model/policy.hpp"

namespace mlp::compiler {

/// Attributes, capabilities, pools and models of the policy's own file. Use by a route, place,
/// cache, budget, rollout or experiment counts; use by an assertion or a test does not. `input`,
/// `output` and `asks` bear on limits and costs and are never unused. A model is used where a step,
/// a listed pool that is used, a rollout or an experiment names it, where a pool's condition lets
/// it in at some instant, and as the base or successor of one that is used.
void FindUnused(const PolicyModel& model, const Diagram& diagram, Diagnostics& diagnostics);

}  // namespace mlp::compiler
