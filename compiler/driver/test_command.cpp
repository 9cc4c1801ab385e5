#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "compiler/driver/commands.hpp"
#include "compiler/driver/report.hpp"
#include "compiler/pipeline/pipeline.hpp"
#include "compiler/testing/report.hpp"

namespace mlp::compiler {
namespace {

constexpr std::size_t kMostShown = 10;      // of what is not covered, in text
constexpr std::size_t kMostListed = 1'000;  // in JSON

struct TestArguments {
  std::vector<std::string> files;
  std::vector<std::string> import_roots;
  std::string format = "text";
  std::string filter;
  bool coverage = false;
};

int Usage(const std::string& message) {
  fmt::print(stderr, "mlpc test: {}\n", message);
  return kExitUsage;
}

FileReport RunFile(const TestArguments& arguments, const std::string& file,
                   const Compilation& compilation, const SourceSet& sources,
                   Diagnostics& diagnostics) {
  FileReport report;
  report.file = file;
  report.policy = compilation.model.name;
  report.declared = compilation.model.tests.size();
  report.broken = diagnostics.has_errors();
  if (report.broken && arguments.format != "json") {
    // Standard output is the report's.
    Report("text", sources, diagnostics);
  }
  if (!report.broken && compilation.tables) {
    report.results =
        RunTests(compilation.model, compilation.tables->view(), sources, arguments.filter);
    if (arguments.coverage) {
      const std::size_t most = arguments.format == "json" ? kMostListed : kMostShown;
      report.coverage = MeasureCoverage(compilation.model, *compilation.diagram,
                                        compilation.tables->view(), sources, report.results, most);
    }
  }
  diagnostics.Sort();
  report.diagnostics = std::move(diagnostics.all());
  return report;
}

int RunTestCommand(const TestArguments& arguments) {
  SourceSet sources;
  std::vector<FileReport> files;
  for (const std::string& file : arguments.files) {
    Diagnostics diagnostics;
    const Compilation compilation = Compile(
        file, {.import_roots = arguments.import_roots, .findings = false}, sources, diagnostics);
    if (!compilation.readable) return Usage("cannot read " + file);
    files.push_back(RunFile(arguments, file, compilation, sources, diagnostics));
  }
  if (arguments.format == "json") {
    fmt::print("{}", RenderTestsJson(sources, files));
  } else if (arguments.format == "junit") {
    fmt::print("{}", RenderTestsJunit(sources, files));
  } else {
    fmt::print("{}", RenderTestsText(sources, files, kMostShown));
  }
  const TestCounts counts = Count(files);
  const bool broken =
      std::any_of(files.begin(), files.end(), [](const FileReport& file) { return file.broken; });
  const bool declared = std::any_of(files.begin(), files.end(),
                                    [](const FileReport& file) { return file.declared > 0; });
  if (broken || counts.failed > 0) return kExitFindings;
  // A misspelt filter must not look like success.
  if (declared && counts.run == 0)
    return Usage(fmt::format("no test's name contains `{}`", arguments.filter));
  return kExitDone;
}

}  // namespace

void AddTestCommand(CLI::App& app, int& exit_code) {
  CLI::App* command = app.add_subcommand("test", "Run the policies' own tests");
  const auto arguments = std::make_shared<TestArguments>();
  command->add_option("files", arguments->files, "The policies")->required();
  command->add_option("--filter", arguments->filter, "Only tests whose name contains this text");
  command->add_flag("--coverage", arguments->coverage,
                    "Also what no test reaches: routes, steps, and regions with tests for them");
  command->add_option("--import-root", arguments->import_roots,
                      "Where imports are looked for beside the file's folder");
  command->add_option("--format", arguments->format, "text, json or junit")
      ->check(CLI::IsMember({"text", "json", "junit"}));
  command->callback([arguments, &exit_code] { exit_code = RunTestCommand(*arguments); });
}

}  // namespace mlp::compiler
