#include "compiler/prove/prove.hpp"

#include "compiler/prove/assertions.hpp"
#include "compiler/prove/budgets.hpp"
#include "compiler/prove/chains.hpp"
#include "compiler/prove/lifecycle.hpp"
#include "compiler/prove/prices.hpp"
#include "compiler/prove/rollouts.hpp"
#include "compiler/prove/similar.hpp"
#include "compiler/prove/stages.hpp"
#include "compiler/prove/unused.hpp"
#include "compiler/prove/uses.hpp"

namespace mlp::compiler {

void Prove(const PolicyModel& model, Diagram& diagram, Diagnostics& diagnostics,
           const ProveOptions& options) {
  FindUnused(model, diagram, diagnostics);
  ProveAssertions(model, diagram, diagnostics);
  FindRolloutProblems(model, diagram, diagnostics);
  if (!diagram.complete) return;
  FindIdleBudgets(model, diagram, diagnostics);
  FindLateCandidates(model, diagram, diagnostics);
  FindSimilarProblems(model, diagram, options.as_of_s, diagnostics);
  const Uses uses = FindUses(model, diagram);
  if (!uses.complete) return;
  FindSingleProviders(model, diagram, uses, diagnostics);
  FindFloatingPins(model, diagram, uses, diagnostics);
  FindEnds(model, diagram, uses, diagnostics);
  FindMissingPrices(model, diagram, uses, diagnostics);
  if (options.as_of_s) FindDeprecated(model, diagram, uses, *options.as_of_s, diagnostics);
}

}  // namespace mlp::compiler
