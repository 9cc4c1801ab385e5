// Literals as values of the unit that a statement expects.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "compiler/check/context.hpp"
#include "compiler/check/view.hpp"

namespace mlp::compiler::check {

/// Units as the user knows them. Values: tokens and counts as they are, ratios, numbers and factors
/// in millionths, money and rates in picodollars (per token), durations in milliseconds, dates in
/// seconds.
enum class Unit : std::uint8_t {
  kCount,
  kTokens,
  kNumber,
  kRatio,
  kFactor,
  kMoney,
  kRate,
  kDuration,
  kDate,
  kText
};

/// `tokens`, `money` ...
[[nodiscard]] std::string_view ToString(Unit unit);
[[nodiscard]] bool IsLiteral(View node);

/// The literal's value, or nothing after MLP0302 (another unit), MLP0301 (not a literal) or MLP0303
/// (does not exist or does not fit). Not for kText. Silent on a node that is missing.
[[nodiscard]] std::optional<std::int64_t> Read(Context& context, View literal, Unit unit);
/// As Read, within [low, high], else MLP0303 that names `what` and `bounds`, as in `1 to 32`.
[[nodiscard]] std::optional<std::int64_t> ReadWithin(Context& context, View literal, Unit unit,
                                                     std::int64_t low, std::int64_t high,
                                                     std::string_view what,
                                                     std::string_view bounds);
/// Millionths as the user writes them: `110%`, `0.5%`.
[[nodiscard]] std::string ShowPercent(std::int64_t micro);
/// A share of at most 100% in millionths.
[[nodiscard]] std::optional<std::uint32_t> ReadShare(Context& context, View literal,
                                                     std::string_view what);

}  // namespace mlp::compiler::check
