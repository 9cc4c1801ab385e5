// The six comparisons: their signs, and what they tell of two values.
#pragma once

#include <string_view>

#include "mlp/tables.hpp"

namespace mlp {

/// `<=`, as policies write it.
[[nodiscard]] constexpr std::string_view ToString(Comparison comparison) noexcept {
  switch (comparison) {
    case Comparison::kEqual:
      return "==";
    case Comparison::kNotEqual:
      return "!=";
    case Comparison::kLess:
      return "<";
    case Comparison::kLessEqual:
      return "<=";
    case Comparison::kGreater:
      return ">";
    case Comparison::kGreaterEqual:
      return ">=";
  }
  return {};
}

/// left `comparison` right.
template <typename T>
[[nodiscard]] constexpr bool Compare(const T& left, Comparison comparison, const T& right) {
  switch (comparison) {
    case Comparison::kEqual:
      return left == right;
    case Comparison::kNotEqual:
      return left != right;
    case Comparison::kLess:
      return left < right;
    case Comparison::kLessEqual:
      return left <= right;
    case Comparison::kGreater:
      return left > right;
    case Comparison::kGreaterEqual:
      return left >= right;
  }
  return false;
}

}  // namespace mlp
