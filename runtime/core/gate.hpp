// Whether a row's gate lets a request through.
#pragma once

#include <cstdint>

#include "mlp/live.hpp"
#include "mlp/tables.hpp"

namespace mlp {

/// `asks` in capability bits; output after the route's cap.
[[nodiscard]] inline bool IsOpen(const Tables& tables, const LiveState& live, const Gate& gate,
                                 std::uint64_t asks, std::int64_t input,
                                 std::int64_t output) noexcept {
  if ((asks & ~gate.capabilities) != 0) return false;
  for (std::uint32_t i = 0; i < gate.guard_count; ++i) {
    const Guard& guard = tables.guards[gate.first_guard + i];
    if (guard.a * input + guard.b * output > guard.c) return false;
  }
  for (std::uint32_t i = 0; i < gate.live_count; ++i) {
    if (!live.condition(tables.live_refs[gate.first_live + i])) return false;
  }
  return true;
}

}  // namespace mlp
