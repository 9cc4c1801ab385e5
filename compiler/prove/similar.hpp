// The embedding models of `cache ... similar`: whether they are ever asked, and their ends.
#pragma once

#include <cstdint>
#include <optional>

#include "compiler/diag/diagnostic.hpp"
#include "compiler/diagram/build.hpp"
#include "compiler/model/policy.hpp"

namespace mlp::compiler {

/// At the statement: MLP0405, an error, where no candidate that it is for stands at an endpoint
/// with the places of one of the model's; MLP0502 for a model that retires within the horizon; and
/// with a day MLP0503 for one that is deprecated then, or ends within 30 days of it.
void FindSimilarProblems(const PolicyModel& model, const Diagram& diagram,
                         std::optional<std::int64_t> as_of_s, Diagnostics& diagnostics);

}  // namespace mlp::compiler
