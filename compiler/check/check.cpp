#include "compiler/check/check.hpp"

#include "compiler/check/catalog.hpp"
#include "compiler/check/claims.hpp"
#include "compiler/check/declarations.hpp"
#include "compiler/check/policy_block.hpp"
#include "compiler/check/routing.hpp"
#include "compiler/check/traffic.hpp"

namespace mlp::compiler {

PolicyModel Check(const Program& program, const SourceSet& sources, Diagnostics& diagnostics) {
  PolicyModel model;
  check::Context context(sources, diagnostics, model);
  const check::Declarations declarations = check::Collect(context, program);
  CheckPolicy(context, declarations);
  CheckProviders(context, declarations);
  CheckModels(context, declarations);
  CheckRequest(context, declarations);
  CheckPools(context, declarations);
  CheckEvaluators(context, declarations);
  CheckAlerts(context, declarations);
  CheckRoutes(context, declarations);
  CheckRollouts(context, declarations);
  CheckExperiments(context, declarations);
  CheckBudgets(context, declarations);
  CheckAssertions(context, declarations);
  CheckTests(context, declarations);
  CheckLints(context, declarations);
  return model;
}

}  // namespace mlp::compiler
