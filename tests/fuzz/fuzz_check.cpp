// The whole compiler: bytes as a policy through every pass, and each witness through explain.
#include <optional>
#include <string>

#include "compiler/check/check.hpp"
#include "compiler/diagram/build.hpp"
#include "compiler/diagram/findings.hpp"
#include "compiler/diagram/flatten.hpp"
#include "compiler/emit/emit.hpp"
#include "compiler/explain/explain.hpp"
#include "compiler/model/dump.hpp"
#include "compiler/parse/program.hpp"
#include "compiler/prove/prove.hpp"
#include "tests/fuzz/fuzz_input.hpp"

namespace mlp::compiler::fuzz {
namespace {

// A few thousand nodes: both the diagram and the fallback past its budget are reached.
constexpr MddBudget kBudget{.nodes = 4'000, .steps = 400'000};

/// A witness is a request that explain takes, and that ends as the finding says.
void Replay(const Diagnostic& diagnostic, const PolicyModel& model, const Tables& tables,
            const SourceSet& sources) {
  AttributeWords attributes;
  Circumstances circumstances;
  for (const auto& [name, value] : *diagnostic.witness) {
    const std::optional<std::string> error =
        ReadWord(name + "=" + value, attributes, circumstances);
    Require(!error, error.value_or("a witness is words"));
  }
  const Result<Explanation, std::string> explanation =
      Explain(model, tables, sources, attributes, circumstances, model.valid.from_s);
  Require(explanation.ok(), explanation.ok() ? "" : explanation.error());
  if (diagnostic.code == Code::k0401) {
    Require(explanation->outcome == "no-route", "MLP0401 shows a request without a route");
  }
  if (diagnostic.code == Code::k0403) {
    Require(explanation->outcome == "no-candidate", "MLP0403 shows a request without a candidate");
  }
  (void)RenderText(*explanation);
  (void)RenderJson(*explanation);
}

void Run(std::string_view input) {
  SourceSet sources;
  Diagnostics diagnostics;
  InputReader reader(input, /*with_catalogs=*/true);
  const Program program = LoadProgram(reader, kMainFile, {}, sources, diagnostics, SmallParse());
  const PolicyModel model = Check(program, sources, diagnostics);
  if (diagnostics.has_errors() || model.name.empty()) {
    RequireSoundDiagnostics(sources, diagnostics);
    return;
  }
  (void)DumpModel(model);
  Diagram diagram = BuildDiagram(model, {.budget = kBudget, .max_terms = 1'000}, diagnostics);
  FindDecisionProblems(model, diagram, diagnostics, kBudget);
  Prove(model, diagram, diagnostics);
  RequireSoundDiagnostics(sources, diagnostics);
  const OwnedTables tables = Flatten(model, diagram, sources);
  for (const Diagnostic& diagnostic : diagnostics.all()) {
    if (diagnostic.witness) Replay(diagnostic, model, tables.view(), sources);
  }
  (void)Emit(tables.view(), {.policy_file = kMainFile});
}

}  // namespace
}  // namespace mlp::compiler::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  mlp::compiler::fuzz::Run(mlp::compiler::fuzz::AsText(data, size));
  return 0;
}
