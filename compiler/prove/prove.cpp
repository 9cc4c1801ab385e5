#include "compiler/prove/prove.hpp"

#include "compiler/prove/rollouts.hpp"

namespace mlp::compiler {

void Prove(const PolicyModel& model, Diagram& diagram, Diagnostics& diagnostics) {
  FindRolloutProblems(model, diagram, diagnostics);
}

}  // namespace mlp::compiler
