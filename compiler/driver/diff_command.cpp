#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "compiler/ast/literals.hpp"
#include "compiler/diff/diff.hpp"
#include "compiler/diff/render.hpp"
#include "compiler/driver/commands.hpp"
#include "compiler/driver/git_files.hpp"
#include "compiler/driver/report.hpp"
#include "compiler/driver/traffic_file.hpp"
#include "compiler/pipeline/pipeline.hpp"

namespace mlp::compiler {
namespace {

struct DiffArguments {
  std::string older;
  std::string newer;
  std::vector<std::string> import_roots;
  std::string format = "text";
  std::vector<std::string> deny;
  std::string tolerance;
  std::string traffic;
};

int Usage(const std::string& message) {
  fmt::print(stderr, "mlpc diff: {}\n", message);
  return kExitUsage;
}

bool Denied(const DiffArguments& arguments, const DiffResult& result) {
  for (const std::string& what : arguments.deny) {
    if (what == "any" && !result.same()) return true;
    if (what == "breaking" && result.breaking()) return true;
    if (what == "under-versioned" && result.under_versioned()) return true;
  }
  return false;
}

int RunDiff(const DiffArguments& arguments) {
  DiffOptions options;
  if (!arguments.tolerance.empty()) {
    const auto share = ast::ReadMicro(arguments.tolerance);
    constexpr std::int64_t kMostTolerance = 1'000'000'000;
    if (!share || *share < 0 || *share > kMostTolerance)
      return Usage(fmt::format("`{}` is not a share such as 5%", arguments.tolerance));
    options.tolerance_micro = *share;
  }
  if (!arguments.traffic.empty()) {
    auto traffic = ReadTraffic(arguments.traffic);
    if (!traffic.ok()) return Usage(traffic.error());
    options.traffic = std::move(traffic).value();
  }
  SourceSet sources;
  Diagnostics diagnostics;
  PipelineOptions pipeline{.import_roots = arguments.import_roots, .findings = false};
  // Each with its own, as each has lints of its own.
  Diagnostics of_older;
  const Compilation newer = Compile(arguments.newer, pipeline, sources, diagnostics);
  if (!newer.readable) return Usage(fmt::format("cannot read {}", arguments.newer));
  if (newer.tables && !CanBeCompared(newer.tables->view(), "new", newer.model.span, diagnostics)) {
    Report("text", sources, diagnostics);
    return kExitFindings;
  }
  const std::optional<std::string> revision = GitRevision(arguments.older);
  std::unique_ptr<GitReader> repository;
  if (revision) {
    auto opened = GitReader::Open(*revision, arguments.newer);
    if (!opened.ok()) return Usage(opened.error());
    repository = std::move(opened).value();
    pipeline.reader = repository.get();
  }
  const Compilation older =
      Compile(revision ? arguments.newer : arguments.older, pipeline, sources, of_older);
  if (!older.readable) {
    return Usage(revision ? fmt::format("{} is not in {}", arguments.newer, arguments.older)
                          : fmt::format("cannot read {}", arguments.older));
  }
  for (Diagnostic& diagnostic : of_older.all()) diagnostics.all().push_back(std::move(diagnostic));
  for (const auto& [side, name] :
       {std::pair(&newer, &arguments.newer), std::pair(&older, &arguments.older)}) {
    if (diagnostics.has_errors() || side->tables) continue;
    return Usage(fmt::format("{} has no `policy`, so there is nothing to compare", *name));
  }
  std::optional<DiffResult> result;
  if (!diagnostics.has_errors()) {
    result = Diff({older.model, older.tables->view(), sources},
                  {newer.model, newer.tables->view(), sources}, options, diagnostics);
  }
  if (!result) {
    Report("text", sources, diagnostics);
    return kExitFindings;
  }
  const DiffNames names{arguments.older, arguments.newer};
  fmt::print("{}", arguments.format == "json"       ? RenderJson(*result)
                   : arguments.format == "markdown" ? RenderMarkdown(*result, names)
                                                    : RenderText(*result, names));
  if (options.traffic && *result->traffic < options.traffic->size()) {
    fmt::print(stderr, "{}: {} of {} records do not hold a request of these policies\n",
               arguments.traffic, options.traffic->size() - *result->traffic,
               options.traffic->size());
  }
  return Denied(arguments, *result) ? kExitFindings : kExitDone;
}

}  // namespace

void AddDiffCommand(CLI::App& app, int& exit_code) {
  CLI::App* command =
      app.add_subcommand("diff", "What a new version changes: for exactly which requests, and how");
  const auto arguments = std::make_shared<DiffArguments>();
  command->add_option("old", arguments->older, "The old version: a file, or git:REV")->required();
  command->add_option("new", arguments->newer, "The new version")->required();
  command->add_option("--import-root", arguments->import_roots,
                      "Where imports are looked for beside the file's folder");
  command->add_option("--format", arguments->format, "text, json or markdown")
      ->check(CLI::IsMember({"text", "json", "markdown"}));
  command->add_option("--deny", arguments->deny, "Fail on such a difference")
      ->check(CLI::IsMember({"any", "breaking", "under-versioned"}));
  command->add_option("--cost-tolerance", arguments->tolerance,
                      "A chain that costs up to this share more is as dear, as in 5%");
  command->add_option("--traffic", arguments->traffic,
                      "Recorded requests, a JSON object of attributes a line: what share changes");
  command->callback([arguments, &exit_code] { exit_code = RunDiff(*arguments); });
}

}  // namespace mlp::compiler
