// Whole division towards minus infinity, for instants before 1970 too, which only a wrong clock
// writes.
#pragma once

#include <cstdint>

namespace mlp {

/// Precondition: divisor > 0.
[[nodiscard]] constexpr std::int64_t FloorDivide(std::int64_t value,
                                                 std::int64_t divisor) noexcept {
  return value / divisor - (value % divisor < 0 ? 1 : 0);
}

/// The greatest multiple of `step` that is not above `value`.
[[nodiscard]] constexpr std::int64_t FloorTo(std::int64_t value, std::int64_t step) noexcept {
  return FloorDivide(value, step) * step;
}

/// The least multiple of `step` that is not below `value`.
[[nodiscard]] constexpr std::int64_t CeilTo(std::int64_t value, std::int64_t step) noexcept {
  const std::int64_t floor = FloorTo(value, step);
  return floor == value ? floor : floor + step;
}

}  // namespace mlp
