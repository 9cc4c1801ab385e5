// Live facts under which some conditions hold and others do not.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "compiler/diagram/candidates.hpp"

namespace mlp::compiler {

/// A measured fact of a candidate, in the fact's unit.
struct LiveValue {
  Index candidate = kNoIndex;
  LiveFact fact = LiveFact::kLatencyP95;
  std::uint32_t window_s = 0;
  std::int64_t value = 0;
};

/// Values for which each clause is as its flag says; nothing where there are none. Clauses that all
/// hold always have some: while nothing is measured they do, and then there are no values.
[[nodiscard]] std::optional<std::vector<LiveValue>> LiveValuesFor(
    std::span<const std::pair<LiveClause, bool>> clauses);

[[nodiscard]] bool SameClause(const LiveClause& a, const LiveClause& b);

}  // namespace mlp::compiler
