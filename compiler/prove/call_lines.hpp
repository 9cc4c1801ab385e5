// What the worst course of a call costs as a function of its tokens: the largest of a few linear
// ones on each part of a box.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "compiler/diagram/cells.hpp"
#include "compiler/diagram/chain.hpp"
#include "compiler/diagram/cost_lines.hpp"
#include "compiler/prove/claim_terms.hpp"

namespace mlp::compiler {

/// Tokens for which the same price tiers hold and output lies on one side of the cap.
struct CallPart {
  TokenRange box;
  bool priced = true;  ///< false: some attempt has no price, the call none either
  /// Per line of the bound `cost <= bound` the guard over raw tokens; all must hold.
  [[nodiscard]] std::optional<std::vector<Guard>> AtMost(std::int64_t bound_pico) const;

  std::vector<CostLine> lines;           ///< the call costs the largest
  std::int64_t bound_pico = kUnlimited;  ///< and no more than this
};

/// The parts of a box for candidates tried in this order (WorstCallCost). Nothing where there are
/// too many. Attempts are not rounded up to whole picodollars, which at most endpoints they are.
[[nodiscard]] std::optional<std::vector<CallPart>> CallParts(
    const PolicyModel& model, const RowPlace& place, std::span<const CandidateEntry* const> rows,
    const TokenRange& box, const ChainLimits& limits);

}  // namespace mlp::compiler
