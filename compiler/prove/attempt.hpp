// What one attempt of a row may cost and how long it may take, at the worst.
#pragma once

#include <cstdint>
#include <set>
#include <string>

#include "compiler/diagram/candidates.hpp"
#include "compiler/diagram/leaf_bounds.hpp"
#include "compiler/model/policy.hpp"

namespace mlp::compiler {

/// As AttemptCostPico (mlp/decide.hpp) at the instant, or kNoPrice; the point's output is capped
/// first.
[[nodiscard]] std::int64_t WorstAttemptPico(const PolicyModel& model, Index route,
                                            const CandidateEntry& row, const LeafPoint& point,
                                            std::int64_t at_s);

/// The instants of [from_s, to_s) at which other prices may begin to hold, `from_s` first.
[[nodiscard]] std::set<std::int64_t> PriceDates(const CandidateModel& candidate,
                                                std::int64_t from_s, std::int64_t to_s);

/// The route's own bound or the provider's, whichever is shorter, in milliseconds; 0: without end.
[[nodiscard]] std::int64_t LongestAttemptMs(const PolicyModel& model, const RouteModel& route,
                                            Index candidate);

/// As the policy language writes it: `90s`, `1500ms`.
[[nodiscard]] std::string MillisecondsWords(std::int64_t milliseconds);

}  // namespace mlp::compiler
