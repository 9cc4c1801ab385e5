// The worst chain of attempts as a function of a request's tokens: the largest of a few linear
// ones, before any rounding to picodollars.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "compiler/diagram/cells.hpp"
#include "compiler/diagram/cost_lines.hpp"
#include "compiler/diff/offer.hpp"

namespace mlp::compiler {

/// What an attempt may cost at most on `sheet` for prompts of the box, whose output lies either
/// within the cap or beyond it: the largest of these. Nothing where no price is known.
/// Precondition: the box lies in one tier.
[[nodiscard]] std::vector<CostLine> AttemptLines(const CostSheet& sheet, const TokenRange& box,
                                                 std::int64_t output_cap);

/// The worst chain (compiler/diagram/chain.hpp) over candidates with these attempts: the largest of
/// the result. Candidates without a price count as free.
[[nodiscard]] std::vector<CostLine> ChainLines(const std::vector<std::vector<CostLine>>& attempts,
                                               std::uint32_t retries, std::uint32_t most_attempts);

/// The largest at a point; 0 without lines.
[[nodiscard]] Int128 CostAt(std::span<const CostLine> lines, const TokenPoint& point);

/// Holds exactly where `after` is at most `before` and the tolerance more; nothing where that is
/// everywhere in tokens. The factors are reduced; those that would not fit a Guard are rounded.
[[nodiscard]] std::optional<Guard> NotAbove(const CostLine& after, const CostLine& before,
                                            std::int64_t tolerance_micro);

}  // namespace mlp::compiler
