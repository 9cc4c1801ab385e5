#include <algorithm>

#include "mlp/budgets.hpp"
#include "runtime/core/wide.hpp"

namespace mlp {

std::optional<Money> ForecastSpend(Money spent, std::int64_t from_s, std::int64_t to_s,
                                   std::int64_t now_s) noexcept {
  constexpr std::int64_t kLeastParts = 24;
  const std::int64_t length = to_s - from_s;
  const std::int64_t elapsed = now_s - from_s;
  if (length <= 0 || now_s >= to_s || elapsed < (length + kLeastParts - 1) / kLeastParts) {
    return std::nullopt;
  }
  const UInt128 whole =
      UInt128{static_cast<std::uint64_t>(std::max<std::int64_t>(spent.pico_usd, 0))} *
      static_cast<std::uint64_t>(length) / static_cast<std::uint64_t>(elapsed);
  return Money{static_cast<std::int64_t>(std::min<UInt128>(whole, INT64_MAX))};
}

}  // namespace mlp
