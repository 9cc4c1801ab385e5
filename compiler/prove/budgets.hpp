// MLP0701: budgets that never bind, and budgets that nothing passes.
#pragma once

#include "compiler/diag/diagnostic.hpp"
#include "compiler/diagram/build.hpp"
#include "compiler/model/policy.hpp"

namespace mlp::compiler {

/// A budget that can never bind: it says nothing to do at any share of its limit; no request of its
/// condition is served; every candidate behind it costs nothing; it only prefers the cheapest,
/// which stands first already; or one of its two limits is always reached after the other (a month
/// has at most 31 days). Or one that no request could pass: each attempt may cost more than the
/// limit by itself. Precondition: the diagram is complete.
void FindIdleBudgets(const PolicyModel& model, Diagram& diagram, Diagnostics& diagnostics);

}  // namespace mlp::compiler
