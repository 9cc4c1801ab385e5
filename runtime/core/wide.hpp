// 128-bit integers, so that products of 64-bit ones are exact. GCC and Clang have them on 64-bit
// targets.
#pragma once

#include <cstdint>

namespace mlp {

__extension__ using UInt128 = unsigned __int128;

/// floor(value * range / 2^64): maps a uniform 64-bit value to 0 .. range-1 without the bias of a
/// modulus.
[[nodiscard]] constexpr std::uint64_t MultiplyShift(std::uint64_t value,
                                                    std::uint64_t range) noexcept {
  return static_cast<std::uint64_t>((UInt128{value} * range) >> 64);
}

}  // namespace mlp
