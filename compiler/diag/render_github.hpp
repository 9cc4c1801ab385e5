// Diagnostics as the lines that a GitHub workflow turns into annotations.
#pragma once

#include <string>
#include <vector>

#include "compiler/diag/diagnostic.hpp"
#include "compiler/source/source_set.hpp"

namespace mlp::compiler {

/// One line each, in the order given:
///
///     ::error file=F,line=L,endLine=L,col=C,endColumn=D,title=MLP0101 syntax error::message
///
/// The message goes on, behind %0A, with the related places, helps and the witness. Columns are
/// left out where a finding spans several lines: annotations have them within one line only. GitHub
/// shows the first ten errors, warnings and notices of a step each; the log has all.
[[nodiscard]] std::string RenderGithub(const SourceSet& sources,
                                       const std::vector<Diagnostic>& diagnostics);

}  // namespace mlp::compiler
