// Instants at which decisions may change by themselves, and how they are written.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "compiler/model/policy.hpp"

namespace mlp::compiler {

/// The starts of the intervals of `valid` on which every fact that a route may ask for is constant;
/// the first is valid.from_s. Ascending.
[[nodiscard]] std::vector<std::int64_t> CutPoints(const PolicyModel& model);

/// As in the policy language: `2026-06-01`, `2026-06-01T16:00Z`, with seconds only where there are.
[[nodiscard]] std::string FormatInstant(std::int64_t at_s);

}  // namespace mlp::compiler
