// Whether a diagram's leaves fit the widths of the tables (mlp/tables.hpp).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compiler/diagram/build.hpp"

namespace mlp::compiler {

/// What there is too much of, in words with the limit, or nothing.
[[nodiscard]] std::optional<std::string> PastTableLimits(const PolicyModel& model,
                                                         const std::vector<DiagramLeaf>& leaves);

}  // namespace mlp::compiler
