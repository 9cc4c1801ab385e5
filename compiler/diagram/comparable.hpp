// Diagrams of several policies over one request under one order of axes, so that they can be
// compared node by node.
#pragma once

#include <span>

#include "compiler/diag/diagnostic.hpp"
#include "compiler/diagram/axes.hpp"
#include "compiler/diagram/build.hpp"
#include "compiler/model/policy.hpp"

namespace mlp::compiler {

/// The axes of everything that the policies and further conditions ask of a request. Precondition:
/// at least one model, all with the same attributes.
[[nodiscard]] AxisOrder OrderAxes(std::span<const PolicyModel* const> models,
                                  std::span<const Condition> further = {});

/// BuildDiagram under an order of axes that covers the model's conditions.
[[nodiscard]] Diagram BuildDiagram(const PolicyModel& model, AxisOrder axes,
                                   const DiagramOptions& options, Diagnostics& diagnostics);

}  // namespace mlp::compiler
