// The model as text, one fact a line, for `--dump=model` and golden tests. Stable: equal models,
// equal text.
#pragma once

#include <string>

#include "compiler/model/policy.hpp"

namespace mlp::compiler {

[[nodiscard]] std::string DumpModel(const PolicyModel& model);

/// A condition in one line with attributes, values and capabilities by name; `true` where it always
/// holds.
[[nodiscard]] std::string DumpCondition(const PolicyModel& model, const Condition& condition);
[[nodiscard]] std::string DumpCondition(const PolicyModel& model,
                                        const CandidateCondition& condition);

}  // namespace mlp::compiler
