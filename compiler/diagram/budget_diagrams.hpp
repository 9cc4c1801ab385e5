// Which requests count against each budget, and which candidates its `only` leaves them.
#pragma once

#include <vector>

#include "compiler/diagram/build.hpp"
#include "compiler/model/policy.hpp"

namespace mlp::compiler {

/// One per budget, built in the nodes of `diagram`; `only` for the candidates of its leaves.
[[nodiscard]] std::vector<DiagramBudget> BudgetDiagrams(const PolicyModel& model, Diagram& diagram);

}  // namespace mlp::compiler
