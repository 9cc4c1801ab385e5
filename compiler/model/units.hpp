// The small types that every part of the model uses.
#pragma once

#include <cstdint>
#include <limits>

#include "mlp/tables.hpp"

namespace mlp::compiler {

/// Indices into the vectors of PolicyModel; kNoIndex is none.
using Index = std::uint32_t;
inline constexpr Index kNoIndex = 0xFFFFFFFF;
inline constexpr std::int64_t kUnlimited = std::numeric_limits<std::int64_t>::max();

/// Instants in seconds since 1970 UTC.
struct DateRange {
  std::int64_t from_s = 0;       ///< inclusive
  std::int64_t to_s = kForever;  ///< exclusive
};

}  // namespace mlp::compiler
