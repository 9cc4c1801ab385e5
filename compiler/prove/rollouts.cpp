#include "compiler/prove/rollouts.hpp"

namespace mlp::compiler {

void FindRolloutProblems(const PolicyModel& model, const Diagram& diagram,
                         Diagnostics& diagnostics) {
  FindEvidenceProblems(model, diagnostics);
  FindVectorSpaceProblems(model, diagnostics);
  if (!diagram.complete) return;
  FindOverlappingRollouts(model, diagram, diagnostics);
  FindWeakReplacements(model, diagram, diagnostics);
}

}  // namespace mlp::compiler
