// The worst that a chain of attempts may come to, in money and in time.
#pragma once

#include <cstdint>
#include <span>

#include "compiler/model/policy.hpp"

namespace mlp::compiler {

/// The dearest sum over every sequence of attempts that the engine may make: each candidate in
/// order once and up to `retries` times more, at most `attempts` in all, a retry only while one
/// attempt remains for each later candidate. -1 where any of the costs is (a price is missing).
/// Saturates.
[[nodiscard]] std::int64_t WorstChainCost(std::span<const std::int64_t> costs_pico,
                                          std::uint32_t retries, std::uint32_t attempts);

/// What a route allows a call.
struct ChainLimits {
  std::uint32_t retries = 0;  ///< per candidate after its first attempt; a hedge counts as one
  std::uint32_t attempts = 0;
  std::int64_t cost_pico = kUnlimited;  ///< of all attempts together
};
[[nodiscard]] ChainLimits LimitsOf(const RouteModel& route);

/// The most attempts that a call on so many candidates may make.
[[nodiscard]] std::uint32_t MostAttempts(std::size_t candidates, const ChainLimits& limits);

/// WorstChainCost under the bound of the call: an attempt that might pass it is not made, so that
/// nothing without a price is tried either.
[[nodiscard]] std::int64_t WorstCallCost(std::span<const std::int64_t> costs_pico,
                                         const ChainLimits& limits);

/// The longest that a call may take, in milliseconds: all its attempts at their longest, before
/// each retry the longest backoff or two minutes, which is the longest Retry-After that the engine
/// waits for; the same before a candidate's first attempt where its model has a rate limit that the
/// route waits for; no longer than the deadline. kUnlimited where nothing ends an attempt.
/// `candidates` are in order, of PolicyModel::candidates.
[[nodiscard]] std::int64_t WorstCallTimeMs(const PolicyModel& model, const RouteModel& route,
                                           std::span<const Index> candidates);

}  // namespace mlp::compiler
