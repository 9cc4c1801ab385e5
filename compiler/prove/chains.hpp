// MLP0702: candidates that come too late, or past the money of a call.
#pragma once

#include "compiler/diag/diagnostic.hpp"
#include "compiler/diagram/build.hpp"
#include "compiler/model/policy.hpp"

namespace mlp::compiler {

/// For each route the first candidate for which, at some instant and for some request,
///
/// - no time is left of the deadline once those before it used one full attempt each (a warning),
///   or less than its own full attempt (a note);
/// - no money is left of the bound of a call once those before it cost what one attempt may.
///
/// Only as many candidates count as the route has attempts. An attempt is as long as the route's
/// `attempt` and the provider's total timeout allow. Retries, canaries and the orders of budgets
/// are left out. Precondition: the diagram is complete.
void FindLateCandidates(const PolicyModel& model, const Diagram& diagram, Diagnostics& diagnostics);

}  // namespace mlp::compiler
