// The engine's two clocks in microseconds.
#pragma once

#include <chrono>
#include <cstdint>

namespace mlp::engine {

/// Monotonic: for spans and waits.
[[nodiscard]] inline std::int64_t SteadyUs() noexcept {
  return std::chrono::duration_cast<std::chrono::microseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

/// Since 1970 UTC: for records, prices and periods.
[[nodiscard]] inline std::int64_t WallUs() noexcept {
  return std::chrono::duration_cast<std::chrono::microseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

}  // namespace mlp::engine
