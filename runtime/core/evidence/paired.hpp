// Differences between two things measured on the same cases.
#pragma once

#include <cstdint>
#include <span>

#include "runtime/core/evidence/wilson.hpp"

namespace mlp {

/// How often two did well on the same cases.
struct PairedCounts {
  std::uint64_t both = 0;
  std::uint64_t first = 0;   ///< the first alone
  std::uint64_t second = 0;  ///< the second alone
  std::uint64_t neither = 0;
  [[nodiscard]] std::uint64_t cases() const noexcept { return both + first + second + neither; }
};

struct PairedDifference {
  double estimate = 0;  ///< the first's without the second's
  double low = -1;
  double high = 1;
};

/// Of the two shares, by the square-and-add interval from Wilson's scores with the correlation of
/// the pairs (Newcombe 1998, "Improved confidence intervals for the difference between binomial
/// proportions based on paired data", method 10; recommended by Fagerland, Lydersen and Laake
/// 2014). Honest at few cases and where both always do well; [-1, 1] without cases.
[[nodiscard]] PairedDifference NewcombePaired(const PairedCounts& counts,
                                              double z = kNormal95) noexcept;

/// Of the means of paired values, given the pairs' differences: the percentile bootstrap of the
/// mean (Efron and Tibshirani 1993, chapter 13) at 95%, of 10,000 resamples by a generator with a
/// fixed seed, so that the same differences give the same interval. Takes no shape for granted:
/// latency and cost have long tails. All 0 without values.
[[nodiscard]] PairedDifference BootstrapMean(std::span<const double> differences);

}  // namespace mlp
