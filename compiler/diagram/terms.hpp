// The conditions of all routes as a list of terms, for the index that answers where the combined
// diagram would be too large.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "compiler/diagram/build.hpp"

namespace mlp::compiler {

/// In route order; the terms of one route are disjoint. Nothing past `most` terms or
/// kMaxBitsetAxes axes. Axes on which a condition does not depend are not named.
[[nodiscard]] std::optional<std::vector<DiagramTerm>> TermsOf(const Diagram& diagram,
                                                              std::uint32_t most);

}  // namespace mlp::compiler
