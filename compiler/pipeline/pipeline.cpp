#include "compiler/pipeline/pipeline.hpp"

#include <utility>

#include "compiler/check/check.hpp"
#include "compiler/diagram/findings.hpp"
#include "compiler/evaluation/evaluations.hpp"
#include "compiler/pipeline/files.hpp"
#include "compiler/prove/lints.hpp"
#include "compiler/prove/prove.hpp"

namespace mlp::compiler {

Compilation Compile(const std::string& path, const PipelineOptions& options, SourceSet& sources,
                    Diagnostics& diagnostics) {
  Compilation result;
  DiskReader disk;
  FileReader& reader = options.reader == nullptr ? disk : *options.reader;
  result.program = LoadProgram(reader, path, options.import_roots, sources, diagnostics);
  result.readable = !result.program.trees.empty();
  if (!result.readable) return result;

  result.model = Check(result.program, sources, diagnostics);
  if (options.findings) {
    result.model = CheckEvaluations(std::move(result.model), reader, options.import_roots, sources,
                                    diagnostics);
  }
  result.has_policy = !result.model.name.empty();
  Lints lints(result.model);
  lints.Apply(0, diagnostics);
  result.off_by_lint = lints.off_count();
  if (diagnostics.has_errors() || !result.has_policy) return result;

  const std::size_t checked = diagnostics.all().size();
  result.diagram = BuildDiagram(result.model, {}, diagnostics);
  if (options.findings) {
    FindDecisionProblems(result.model, *result.diagram, diagnostics);
    Prove(result.model, *result.diagram, diagnostics, {.as_of_s = options.as_of_s});
    lints.Apply(checked, diagnostics);
    result.off_by_lint = lints.off_count();
    // What was left out may be what a lint speaks of.
    if (options.as_of_s && result.diagram->complete) lints.ReportUnused(diagnostics);
  }
  result.tables = Flatten(result.model, *result.diagram, sources);
  return result;
}

}  // namespace mlp::compiler
