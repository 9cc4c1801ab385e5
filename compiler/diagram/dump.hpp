// The diagram as text, stable enough for golden files: what `mlpc check --dump=diagram` prints.
#pragma once

#include <string>

#include "compiler/diagram/build.hpp"
#include "compiler/model/policy.hpp"

namespace mlp::compiler {

/// Axes, then per root its date and its regions: one line a node, children indented below the edge
/// that leads to them, a node that was printed before by its number alone; then the leaves.
[[nodiscard]] std::string DumpDiagram(const PolicyModel& model, const Diagram& diagram);

}  // namespace mlp::compiler
