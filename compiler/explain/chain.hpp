// The worst that a chain of attempts may come to.
#pragma once

#include <cstdint>
#include <span>

namespace mlp::compiler {

/// The dearest sum over every sequence of attempts that the engine may make: each candidate in
/// order once and up to `retries` times more, at most `attempts` in all, a retry only while one
/// attempt remains for each later candidate. -1 where any of the costs is (a price is missing).
/// Saturates.
[[nodiscard]] std::int64_t WorstChainCost(std::span<const std::int64_t> costs_pico,
                                          std::uint32_t retries, std::uint32_t attempts);

}  // namespace mlp::compiler
