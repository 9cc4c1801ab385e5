// From a condition over requests to its diagram over labels 0 and 1.
#pragma once

#include <cstdint>

#include "compiler/diagram/axes.hpp"
#include "compiler/diagram/mdd.hpp"
#include "compiler/model/policy.hpp"

namespace mlp::compiler {

/// kOverBudget where the budget is passed. Precondition: the axes were made with this condition.
[[nodiscard]] Ref ConditionDiagram(const PolicyModel& model, const AxisOrder& axes, Mdd& mdd,
                                   const Condition& condition);
[[nodiscard]] Ref AtomDiagram(const PolicyModel& model, const AxisOrder& axes, Mdd& mdd,
                              const RequestAtom& atom);

/// The same condition seen after a cap has lowered the attribute `output` to at most `cap`: ranges
/// that reach the cap go on without end, ranges above it are empty.
[[nodiscard]] Condition AfterCap(Condition condition, Index output, std::int64_t cap);

}  // namespace mlp::compiler
