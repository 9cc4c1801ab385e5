// Integer points between lines: which input and output a request must have to keep linear bounds.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "mlp/tables.hpp"

namespace mlp::compiler {

/// Tokens of requests (output before any cap), ends included.
struct TokenRange {
  std::int64_t first_input = 0;
  std::int64_t last_input = 0;
  std::int64_t first_output = 0;
  std::int64_t last_output = 0;
  [[nodiscard]] bool empty() const {
    return first_input > last_input || first_output > last_output;
  }
  friend bool operator==(const TokenRange&, const TokenRange&) = default;
};

struct TokenPoint {
  std::int64_t input = 0;
  std::int64_t output = 0;
};

/// An integer point of the box that keeps all `lines`; exact: nothing means there is none. Few
/// tokens are preferred, the fewest not promised. Coefficients below 2^62; the box within 2^31.
[[nodiscard]] std::optional<TokenPoint> FindTokenPoint(const TokenRange& box,
                                                       std::span<const Guard> lines);

/// Of all such points one with the least input + output, of those with the least input.
[[nodiscard]] std::optional<TokenPoint> LeastTokenPoint(const TokenRange& box,
                                                        std::span<const Guard> lines);

/// The box less the rows and columns at its sides in which no point keeps a line; may be empty.
[[nodiscard]] TokenRange Tighten(TokenRange box, std::span<const Guard> lines);

/// The points that do not keep the line keep this one. Precondition: a and b above INT64_MIN.
[[nodiscard]] constexpr Guard Complement(const Guard& line) {
  return {-line.a, -line.b, ~line.c};  // ~c = -c - 1
}

}  // namespace mlp::compiler
