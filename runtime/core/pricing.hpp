// Exact products of money shared by the worst case before an attempt and the bill after it.
#pragma once

#include <cstdint>

#include "mlp/tables.hpp"
#include "runtime/core/wide.hpp"

namespace mlp {

inline constexpr std::uint32_t kListPrice_ppm = 1'000'000;

enum class Rounding : std::uint8_t { kUp, kHalfUp };

/// `pico_usd` times an endpoint's factor, rounded; INT64_MAX where the result passes it.
[[nodiscard]] std::int64_t ApplyPriceFactor(UInt128 pico_usd, std::uint32_t price_ppm,
                                            Rounding rounding) noexcept;

/// count * price without overflow; negative counts and kNoPrice are 0.
[[nodiscard]] constexpr UInt128 TokensTimesPrice(std::int64_t count, std::int64_t price) noexcept {
  if (count <= 0 || price <= 0) return 0;
  return UInt128{static_cast<std::uint64_t>(count)} * static_cast<std::uint64_t>(price);
}

}  // namespace mlp
