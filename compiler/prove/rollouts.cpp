#include "compiler/prove/rollouts.hpp"

namespace mlp::compiler {

void FindRolloutProblems(const PolicyModel& model, const Diagram&, Diagnostics& diagnostics) {
  FindVectorSpaceProblems(model, diagnostics);
}

}  // namespace mlp::compiler
