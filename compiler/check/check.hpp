// From syntax trees to the checked policy: names resolved, units and types agreed, values in range.
#pragma once

#include "compiler/ast/program.hpp"
#include "compiler/diag/diagnostic.hpp"
#include "compiler/model/policy.hpp"
#include "compiler/source/source_set.hpp"

namespace mlp::compiler {

/// Reports MLP02xx, MLP03xx and what stands in the wrong place or is missing; every independent
/// error once. The model is complete where no error was reported (here or by the parser), else only
/// good for tools that can live with holes.
[[nodiscard]] PolicyModel Check(const Program& program, const SourceSet& sources,
                                Diagnostics& diagnostics);

}  // namespace mlp::compiler
