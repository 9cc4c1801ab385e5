// The members of a step whose order is drawn or measured.
#pragma once

#include <cstdint>
#include <vector>

#include "compiler/diagram/candidate_rows.hpp"

namespace mlp::compiler {

/// Adds the step's groups and numbers its members' entries with them; nothing where the order is
/// fixed.
void AssignGroups(const ListPlace& list, const StepModel& step, std::uint32_t number,
                  std::vector<Survivor>& members, std::vector<CandidateGroup>& groups);

}  // namespace mlp::compiler
