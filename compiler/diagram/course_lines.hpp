// The worst course of a call as a function of its tokens: the largest of the lines of all ways to
// spread the attempts that are left over the candidates.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "compiler/diagram/cost_lines.hpp"
#include "compiler/diagram/token_point.hpp"

namespace mlp::compiler {

/// Per candidate in the order of trying what one attempt costs, the largest of these; without any
/// it is free.
using AttemptCosts = std::vector<std::vector<CostLine>>;

/// How often candidates are tried: each once while attempts last, and up to `retries` times more.
struct CourseAttempts {
  std::uint32_t retries = 0;
  std::uint32_t most = 0;
};

/// A few lines take microseconds; 20 million comparisons take some 50 ms.
struct CourseLimits {
  std::size_t lines = 512;
  std::uint64_t comparisons = 20'000'000;
};

struct CourseLines {
  std::vector<CostLine> lines;
  bool complete = true;           ///< false past a limit: dearer courses may be missing
  std::uint64_t comparisons = 0;  ///< of lines, which is what it took
};

/// The courses that are dearest somewhere (WorstCallCost in compiler/diagram/chain.hpp, before any
/// rounding).
[[nodiscard]] CourseLines WorstCourses(const AttemptCosts& attempts, const CourseAttempts& count,
                                       const CourseLimits& limits = {});

/// What the worst course costs at a point, exactly, without a limit.
[[nodiscard]] Int128 WorstCourseAt(const AttemptCosts& attempts, const CourseAttempts& count,
                                   const TokenPoint& point);

/// The largest at a point; 0 without lines.
[[nodiscard]] Int128 CostAt(std::span<const CostLine> lines, const TokenPoint& point);

}  // namespace mlp::compiler
