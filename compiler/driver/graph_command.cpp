#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "compiler/driver/commands.hpp"
#include "compiler/driver/report.hpp"
#include "compiler/graph/graph.hpp"
#include "compiler/pipeline/pipeline.hpp"

namespace mlp::compiler {
namespace {

struct GraphArguments {
  std::string file;
  std::vector<std::string> import_roots;
  std::string format = "mermaid";
};

int RunGraph(const GraphArguments& arguments) {
  SourceSet sources;
  Diagnostics diagnostics;
  const Compilation compilation =
      Compile(arguments.file, {.import_roots = arguments.import_roots, .findings = false}, sources,
              diagnostics);
  if (!compilation.readable) {
    fmt::print(stderr, "mlpc graph: cannot read {}\n", arguments.file);
    return kExitUsage;
  }
  if (diagnostics.has_errors()) {
    Report("text", sources, diagnostics);
    return kExitFindings;
  }
  if (!compilation.has_policy) {
    fmt::print(stderr, "mlpc graph: {} has no `policy`, so there are no routes to draw\n",
               arguments.file);
    return kExitUsage;
  }
  const PolicyGraph graph = MakeGraph(compilation.model, sources);
  fmt::print("{}", arguments.format == "dot" ? RenderDot(graph) : RenderMermaid(graph));
  return kExitDone;
}

}  // namespace

void AddGraphCommand(CLI::App& app, int& exit_code) {
  CLI::App* command = app.add_subcommand(
      "graph", "A policy as a picture: routes, candidates, providers, rollouts, retirements");
  const auto arguments = std::make_shared<GraphArguments>();
  command->add_option("file", arguments->file, "The policy")->required();
  command
      ->add_option("--format", arguments->format,
                   "mermaid, which code review pages draw, or dot for Graphviz")
      ->check(CLI::IsMember({"mermaid", "dot"}));
  command->add_option("--import-root", arguments->import_roots,
                      "Where imports are looked for beside the file's folder");
  command->callback([arguments, &exit_code] { exit_code = RunGraph(*arguments); });
}

}  // namespace mlp::compiler
