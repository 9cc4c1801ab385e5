// A share as policies write one: `0.94`.
#pragma once

#include <cstdint>
#include <string>

namespace mlp {

/// part / whole to a ten thousandth, without zeros behind: `0.94`, `1.0`. Precondition:
/// 0 <= part <= whole, 0 < whole < 2^40.
[[nodiscard]] inline std::string ShareText(std::int64_t part, std::int64_t whole) {
  constexpr std::int64_t kUnits = 10'000;
  const std::int64_t units = (part * kUnits + whole / 2) / whole;
  std::string digits = std::to_string(kUnits + units % kUnits).substr(1);
  while (digits.size() > 1 && digits.back() == '0') digits.pop_back();
  return std::to_string(units / kUnits) + "." + digits;
}

}  // namespace mlp
