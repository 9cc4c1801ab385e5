#include "runtime/core/evidence/wilson.hpp"

#include <algorithm>
#include <cmath>

namespace mlp {

Interval WilsonInterval(std::uint64_t events, std::uint64_t trials, double z) noexcept {
  if (trials == 0) return {};
  const auto n = static_cast<double>(trials);
  const auto np = static_cast<double>(events);
  const double square = z * z;
  const double middle = 2 * np + square;
  const double reach = z * std::sqrt(square + 4 * np * (1 - np / n));
  const double whole = 2 * (n + square);
  // At the ends rounding would leave [0, 1], or not quite reach it.
  return {events == 0 ? 0 : std::clamp((middle - reach) / whole, 0.0, 1.0),
          events == trials ? 1 : std::clamp((middle + reach) / whole, 0.0, 1.0)};
}

}  // namespace mlp
