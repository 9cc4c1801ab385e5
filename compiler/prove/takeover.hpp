// Whether one model can stand in for another where a route tries it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "compiler/model/policy.hpp"

namespace mlp::compiler {

/// Why `other` would not serve, from the instant on, every request that `candidate` serves just
/// before it in that step, or would if it were not retired by then: `it lacks streaming`, `it is
/// retired since 2026-12-01`; nothing where it would.
[[nodiscard]] std::optional<std::string> WhyNoTakeover(const PolicyModel& model, Index route,
                                                       std::uint32_t step, Index candidate,
                                                       Index other, std::int64_t at_s);

}  // namespace mlp::compiler
