#include <chrono>
#include <cmath>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "compiler/ast/ast.hpp"
#include "compiler/ast/literals.hpp"
#include "compiler/diag/render_text.hpp"
#include "compiler/driver/commands.hpp"
#include "compiler/driver/report.hpp"
#include "compiler/model/dump.hpp"
#include "compiler/pipeline/pipeline.hpp"
#include "compiler/prove/rollouts_duration.hpp"

namespace mlp::compiler {
namespace {

struct CheckArguments {
  std::vector<std::string> files;
  std::vector<std::string> import_roots;
  std::string format = "text";
  std::string deny;
  std::string dump;
  std::string as_of;
};

/// The day's first moment in UTC.
std::int64_t Today() {
  constexpr std::int64_t kDay = 86'400;
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::seconds>(now).count() / kDay * kDay;
}

void PrintDump(const std::string& what, const Compilation& compilation, const SourceSet& sources) {
  if (what == "ast") {
    fmt::print("{}", ast::Dump(compilation.program.trees.back(), sources));
  } else if (what == "model") {
    fmt::print("{}", DumpModel(compilation.model));
  }
}

/// How long each rollout takes: of policies without errors.
struct FileRollouts {
  std::string file;
  std::vector<RolloutDuration> rollouts;
};

void AddRollouts(const std::string& file, const Compilation& compilation,
                 std::vector<FileRollouts>& all) {
  if (!compilation.diagram || compilation.model.rollouts.empty()) return;
  FileRollouts made{file, {}};
  for (const RolloutModel& one : compilation.model.rollouts) {
    made.rollouts.push_back(DurationOf(one));
  }
  all.push_back(std::move(made));
}

std::string RolloutsText(const std::vector<FileRollouts>& all) {
  std::string text;
  for (const FileRollouts& of : all) {
    for (const RolloutDuration& one : of.rollouts) {
      text += fmt::format("{}: rollout `{}` {}\n", of.file, one.name, RolloutDurationWords(one));
    }
  }
  return text;
}

/// The findings as JSON, and the rollouts beside them.
std::string WithRollouts(const std::string& findings, const std::vector<FileRollouts>& all) {
  if (all.empty()) return findings;
  auto page = nlohmann::ordered_json::parse(findings);
  auto rollouts = nlohmann::ordered_json::array();
  const auto seconds = [](const RolloutDuration& one, double value) {
    return one.known ? nlohmann::ordered_json(std::llround(value)) : nlohmann::ordered_json();
  };
  for (const FileRollouts& of : all) {
    for (const RolloutDuration& one : of.rollouts) {
      rollouts.push_back(
          {{"file", of.file},
           {"name", one.name},
           {"longestSeconds", seconds(one, one.longest_s)},
           {"expectedSeconds", seconds(one, one.expected_s)},
           {"harmSeconds", one.harm_s ? seconds(one, *one.harm_s) : nlohmann::ordered_json()},
           {"waits", one.waits}});
    }
  }
  page["rollouts"] = std::move(rollouts);
  return page.dump() + "\n";
}

/// Findings that are not shown.
std::string OffByLint(std::size_t count) {
  if (count == 0) return {};
  return fmt::format("{} finding{} off by lint\n", count, count == 1 ? " is" : "s are");
}

int RunCheck(const CheckArguments& arguments) {
  const std::optional<std::int64_t> as_of_s =
      arguments.as_of.empty() ? Today() : ast::ReadDate(arguments.as_of);
  if (!as_of_s) {
    fmt::print(stderr, "mlpc check: `{}` is not a date such as 2026-12-01\n", arguments.as_of);
    return kExitUsage;
  }
  SourceSet sources;
  Diagnostics diagnostics;
  std::size_t off_by_lint = 0;
  std::vector<FileRollouts> rollouts;
  for (const std::string& file : arguments.files) {
    Diagnostics of_file;
    const Compilation compilation = Compile(
        file, {.import_roots = arguments.import_roots, .as_of_s = as_of_s}, sources, of_file);
    if (!compilation.readable) {
      fmt::print(stderr, "mlpc check: cannot read {}\n", file);
      return kExitUsage;
    }
    PrintDump(arguments.dump, compilation, sources);
    off_by_lint += compilation.off_by_lint;
    AddRollouts(file, compilation, rollouts);
    for (Diagnostic& diagnostic : of_file.all()) diagnostics.all().push_back(std::move(diagnostic));
  }
  if (arguments.format == "json") {
    fmt::print("{}", WithRollouts(ReportJson(sources, diagnostics), rollouts));
  } else {
    Report(arguments.format, sources, diagnostics);
  }
  const int exit_code = ExitCodeOf(diagnostics, arguments.deny == "warnings");
  if (arguments.format == "text" && arguments.dump.empty()) {
    const std::string counts = CountText(diagnostics.all());
    fmt::print(stderr, "{}: {}\n", fmt::join(arguments.files, " "),
               !counts.empty()             ? counts
               : diagnostics.all().empty() ? "no findings"
                                           : "nothing but notes");
    fmt::print(stderr, "{}{}", OffByLint(off_by_lint), RolloutsText(rollouts));
  }
  return exit_code;
}

}  // namespace

void AddCheckCommand(CLI::App& app, int& exit_code) {
  CLI::App* command = app.add_subcommand(
      "check", "Check policies: names, types, units, and proofs over every request");
  const auto arguments = std::make_shared<CheckArguments>();
  command->add_option("files", arguments->files, "Policies or catalogs")->required();
  command->add_option("--import-root", arguments->import_roots,
                      "Where imports are looked for beside the file's folder");
  command->add_option("--as-of", arguments->as_of,
                      "The date for findings about what is near; today (UTC) without it");
  command->add_option("--format", arguments->format, "How findings are shown")
      ->check(CLI::IsMember({"text", "short", "json", "sarif", "github"}));
  command->add_option("--deny", arguments->deny, "Fail on warnings too")
      ->check(CLI::IsMember({"warnings"}));
  command->add_option("--dump", arguments->dump, "Print what a pass made")
      ->check(CLI::IsMember({"ast", "model"}));
  command->callback([arguments, &exit_code] { exit_code = RunCheck(*arguments); });
}

}  // namespace mlp::compiler
