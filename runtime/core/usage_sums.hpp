// Token counts that can be added up without a look at where they came from.
#pragma once

#include <algorithm>
#include <cstdint>
#include <initializer_list>

#include "mlp/call.hpp"

namespace mlp {

/// Of one kind in one attempt. What says more is damaged, or no provider's: nine million attempts
/// of so many can be added up in 63 bits.
inline constexpr std::int64_t kMostTokens = 1'000'000'000'000;

/// Each count to the nearest of 0 to kMostTokens.
inline void BoundTokens(Usage& usage) noexcept {
  for (std::int64_t* const count : {&usage.input, &usage.cache_read, &usage.cache_write,
                                    &usage.cache_write_long, &usage.output, &usage.reasoning}) {
    *count = std::clamp<std::int64_t>(*count, 0, kMostTokens);
  }
}

/// The counts alone, each bounded.
inline void AddTokens(Usage usage, Usage& sum) noexcept {
  BoundTokens(usage);
  sum.input += usage.input;
  sum.cache_read += usage.cache_read;
  sum.cache_write += usage.cache_write;
  sum.cache_write_long += usage.cache_write_long;
  sum.output += usage.output;
  sum.reasoning += usage.reasoning;
}

}  // namespace mlp
