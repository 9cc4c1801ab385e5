#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "compiler/ast/literals.hpp"
#include "compiler/diagram/dates.hpp"
#include "compiler/diff/diff.hpp"
#include "compiler/diff/render.hpp"
#include "compiler/driver/commands.hpp"
#include "compiler/driver/report.hpp"
#include "compiler/pipeline/pipeline.hpp"

namespace mlp::compiler {
namespace {

struct TimelineArguments {
  std::string file;
  std::string from;
  std::string to;
  std::vector<std::string> import_roots;
  std::string format = "text";
};

int Usage(const std::string& message) {
  fmt::print(stderr, "mlpc timeline: {}\n", message);
  return kExitUsage;
}

int RunTimeline(const TimelineArguments& arguments) {
  std::int64_t from_s = std::numeric_limits<std::int64_t>::min();
  std::int64_t to_s = std::numeric_limits<std::int64_t>::max();
  for (const auto& [word, at_s] :
       {std::pair(&arguments.from, &from_s), std::pair(&arguments.to, &to_s)}) {
    if (word->empty()) continue;
    const auto date = ast::ReadDate(*word);
    if (!date) return Usage(fmt::format("`{}` is not a date such as 2026-12-01", *word));
    *at_s = *date;
  }
  if (from_s > to_s) return Usage("--from lies after --to");

  SourceSet sources;
  Diagnostics diagnostics;
  const Compilation compilation =
      Compile(arguments.file, {.import_roots = arguments.import_roots, .findings = false}, sources,
              diagnostics);
  if (!compilation.readable) return Usage(fmt::format("cannot read {}", arguments.file));
  if (!diagnostics.has_errors() && !compilation.tables) {
    return Usage(fmt::format("{} has no `policy`, so there is nothing to decide", arguments.file));
  }
  std::optional<std::vector<TimelineEntry>> timeline;
  if (!diagnostics.has_errors()) {
    timeline = Timeline({compilation.model, compilation.tables->view(), sources}, from_s, to_s, {},
                        diagnostics);
  }
  if (!timeline) {
    Report("text", sources, diagnostics);
    return kExitFindings;
  }
  const DateRange& valid = compilation.model.valid;
  const bool outside = (!arguments.from.empty() && from_s < valid.from_s) ||
                       (!arguments.to.empty() && to_s > valid.to_s);
  if (outside) {
    fmt::print(stderr, "{} is compiled for {} .. {}; outside it nothing changes by itself\n",
               arguments.file, FormatInstant(valid.from_s), FormatInstant(valid.to_s));
  }
  fmt::print("{}", arguments.format == "json"       ? RenderJson(*timeline)
                   : arguments.format == "markdown" ? RenderMarkdown(*timeline)
                                                    : RenderText(*timeline));
  return kExitDone;
}

}  // namespace

void AddTimelineCommand(CLI::App& app, int& exit_code) {
  CLI::App* command =
      app.add_subcommand("timeline", "On which dates decisions change by themselves, and why");
  const auto arguments = std::make_shared<TimelineArguments>();
  command->add_option("file", arguments->file, "The policy")->required();
  command->add_option("--from", arguments->from, "After this date; all of the horizon without it");
  command->add_option("--to", arguments->to, "Up to this date");
  command->add_option("--import-root", arguments->import_roots,
                      "Where imports are looked for beside the file's folder");
  command->add_option("--format", arguments->format, "text, json or markdown")
      ->check(CLI::IsMember({"text", "json", "markdown"}));
  command->callback([arguments, &exit_code] { exit_code = RunTimeline(*arguments); });
}

}  // namespace mlp::compiler
