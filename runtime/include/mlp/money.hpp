// Money as an integer: one picodollar is 10^-12 US dollars, so a price of $1 per million tokens is
// exactly 1,000,000 picodollars per token and every bill is an exact sum.
#pragma once

#include <compare>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

namespace mlp {

/// An amount of money in picodollars; may be negative (a difference). Range about +-9.2 million
/// dollars.
struct Money {
  std::int64_t pico_usd = 0;
  friend constexpr auto operator<=>(Money, Money) = default;
};

inline constexpr std::int64_t kPicoPerUsd = 1'000'000'000'000;

/// The sum, or nothing where it leaves 64 bits.
[[nodiscard]] constexpr std::optional<Money> CheckedAdd(Money a, Money b) noexcept {
  std::int64_t sum = 0;
  if (__builtin_add_overflow(a.pico_usd, b.pico_usd, &sum)) return std::nullopt;
  return Money{sum};
}

/// `count` times `unit`, or nothing where it leaves 64 bits.
[[nodiscard]] constexpr std::optional<Money> CheckedMultiply(Money unit,
                                                             std::int64_t count) noexcept {
  std::int64_t product = 0;
  if (__builtin_mul_overflow(unit.pico_usd, count, &product)) return std::nullopt;
  return Money{product};
}

/// The exact decimal, without trailing zeros after the cents: `$0.02`, `$0.000123`, `-$1.50`,
/// `$0.00`.
[[nodiscard]] std::string ToString(Money amount);

/// Reads what ToString writes (an optional `-`, `$`, digits, at most twelve decimals); nothing on
/// other text.
[[nodiscard]] std::optional<Money> ParseMoney(std::string_view text);

}  // namespace mlp
