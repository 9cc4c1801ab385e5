// The requests that a judge is asked with, as diagrams: those of the judged calls, with no asks and
// an input that has grown by the answer.
#pragma once

#include "compiler/diagram/build.hpp"
#include "compiler/model/policy.hpp"

namespace mlp::compiler {

/// From the requests whose answers are judged (labels 0 and 1) to those that the judge is asked
/// with: whatever they asked for, and every input from theirs on, since how long an answer is
/// nobody knows before. kOverBudget where the diagram's budget is passed.
[[nodiscard]] Ref JudgeRequests(const PolicyModel& model, Diagram& diagram, Ref judged);

/// The diagram for requests that ask for nothing; any labels.
[[nodiscard]] Ref WithoutAsks(const PolicyModel& model, Diagram& diagram, Ref ref);

}  // namespace mlp::compiler
