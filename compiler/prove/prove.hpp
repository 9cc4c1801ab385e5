// What is proved of a policy beyond its decisions (compiler/diagram/findings.hpp): a row of passes,
// each of which adds its own findings.
#pragma once

#include <cstdint>
#include <optional>

#include "compiler/diag/diagnostic.hpp"
#include "compiler/diagram/build.hpp"
#include "compiler/model/policy.hpp"

namespace mlp::compiler {

struct ProveOptions {
  /// The day that findings about what is near are relative to; without one they are left out, and
  /// what is found depends on the policy alone.
  std::optional<std::int64_t> as_of_s = std::nullopt;
};

/// Proofs over all requests are left out where the diagram is not complete (MLP0802 has said so).
/// Precondition: the model was checked without errors, and the diagram is its own.
void Prove(const PolicyModel& model, Diagram& diagram, Diagnostics& diagnostics,
           const ProveOptions& options = {});

}  // namespace mlp::compiler
