// The order inside a step: what cheapest, best, fastest and balanced compare.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "compiler/model/policy.hpp"

namespace mlp::compiler {

/// A candidate that a step may try, before its rows are made.
struct StepMember {
  Index candidate = kNoIndex;
  std::int64_t mix_pico = -1;      ///< of the route's mix at its endpoint; -1 without a price
  std::int64_t output_price = -1;  ///< the dearest, at list price
  std::uint32_t place = 0;         ///< where the step names it, or in the order of the pool
};

/// Why the objective cannot weigh a member (no price, no such score), or nothing.
[[nodiscard]] std::optional<std::string> MissingFact(const PolicyModel& model,
                                                     const StepModel& step,
                                                     const StepMember& member);

/// Sorts the members of a step; all are weighable.
///
/// - cheapest: by the mix, then output price, then name.
/// - best quality.NAME: by falling score, then the mix (without a price last), then name.
/// - fastest, until measured: by prior p50, then p95 (without one last), then name.
/// - least-busy, until measured, lists: as written.
/// - spread: as written.
/// - balanced, until measured: by falling score, then name. In millionths, weights as the step
///   gives them: capability fit = share of the `prefer` capabilities that it has (all without
///   `prefer`); cost = least mix of the members / own mix (0 without a price); performance = least
///   prior p95 / own (half without one); availability = all.
/// - `prefer` sorts stably over that, its first capability first.
void SortMembers(const PolicyModel& model, const RouteModel& route, const StepModel& step,
                 std::vector<StepMember>& members);

/// Which of the `prefer` capabilities a candidate lacks, the first in the highest bit: members with
/// different values keep their order among each other whatever is measured.
[[nodiscard]] std::uint64_t PreferRank(const StepModel& step, const CandidateModel& candidate);

}  // namespace mlp::compiler
