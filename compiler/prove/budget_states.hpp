// What the budgets that a request counts against may do to its list, one state for each different
// effect.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "compiler/prove/claim_region.hpp"

namespace mlp::compiler {

struct BudgetState {
  bool cheapest = false;                                ///< the list in its second order
  std::vector<const CandidateCondition*> only;          ///< all must hold for a candidate
  std::vector<std::pair<Index, std::uint32_t>> levels;  ///< a way to it: millionths used
};

/// The untouched state first; none in which a budget denies. Nothing past 64 states. Pointers are
/// into the model.
[[nodiscard]] std::optional<std::vector<BudgetState>> BudgetStatesFor(const PolicyModel& model,
                                                                      const ClaimRegion& region,
                                                                      std::uint64_t bits);

}  // namespace mlp::compiler
