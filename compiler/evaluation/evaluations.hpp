// The scores of a policy, held against the evaluations that they are said to come from.
#pragma once

#include <string_view>

#include "compiler/diag/diagnostic.hpp"
#include "compiler/model/policy.hpp"
#include "compiler/parse/program.hpp"
#include "compiler/source/source_set.hpp"

namespace mlp::compiler {

/// Whether `quality ... from` names a result file of `mlp eval`: a path that ends in `.json`. An
/// address with `://` and all other words are for readers.
[[nodiscard]] bool NamesResult(std::string_view source);

/// Reads the results that scores name, relative to the naming file or to a root and never outside
/// of it, and the suites beside them. MLP0506 for each score that its result does not bear out; the
/// others get `measured_micro`. Every file read is added to `sources`: the verdict depends on it.
[[nodiscard]] PolicyModel CheckEvaluations(PolicyModel model, FileReader& reader,
                                           const ImportRoots& roots, SourceSet& sources,
                                           Diagnostics& diagnostics);

}  // namespace mlp::compiler
