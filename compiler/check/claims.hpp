// What a policy says about itself and whom it tells: assertions, tests, lints, evaluators, alerts.
#pragma once

#include "compiler/check/declarations.hpp"

namespace mlp::compiler::check {

/// `assert` and `guardrail`.
void CheckAssertions(Context& context, const Declarations& declarations);
void CheckTests(Context& context, const Declarations& declarations);
void CheckLints(Context& context, const Declarations& declarations);
void CheckEvaluators(Context& context, const Declarations& declarations);
void CheckAlerts(Context& context, const Declarations& declarations);

}  // namespace mlp::compiler::check
