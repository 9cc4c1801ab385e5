// Worst-case costs as linear functions of a request's tokens, before any rounding to picodollars: a
// cost is the largest of a few.
#pragma once

#include <cstdint>
#include <vector>

namespace mlp::compiler {

__extension__ using Int128 = __int128;

/// Millionths of a picodollar: input * raw input + output * raw output + constant.
struct CostLine {
  Int128 input = 0;
  Int128 output = 0;
  Int128 constant = 0;
  [[nodiscard]] Int128 At(std::int64_t input_tokens, std::int64_t output_tokens) const {
    return input * input_tokens + output * output_tokens + constant;
  }
};

/// `a` and `times` of `b`.
[[nodiscard]] CostLine AddTimes(const CostLine& a, const CostLine& b, std::int64_t times);

/// Adds a line unless one is at least as dear everywhere, and takes out those that are not dearer
/// anywhere.
void KeepDearest(std::vector<CostLine>& lines, const CostLine& line);

[[nodiscard]] constexpr Int128 Magnitude(Int128 value) { return value < 0 ? -value : value; }

/// Precondition: `by` is above 0.
[[nodiscard]] constexpr Int128 FloorDivide(Int128 value, Int128 by) {
  const Int128 quotient = value / by;
  return value % by < 0 ? quotient - 1 : quotient;
}

}  // namespace mlp::compiler
