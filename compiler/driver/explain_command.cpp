#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "compiler/ast/literals.hpp"
#include "compiler/driver/commands.hpp"
#include "compiler/driver/report.hpp"
#include "compiler/explain/explain.hpp"
#include "compiler/pipeline/pipeline.hpp"

namespace mlp::compiler {
namespace {

struct ExplainArguments {
  std::string file;
  std::vector<std::string> words;
  std::string as_of;
  std::vector<std::string> down;
  std::vector<std::string> live;
  std::vector<std::string> import_roots;
  std::string format = "text";
};

std::int64_t Today() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::seconds>(now).count();
}

int Usage(const std::string& message) {
  fmt::print(stderr, "mlpc explain: {}\n", message);
  return kExitUsage;
}

int RunExplain(const ExplainArguments& arguments) {
  AttributeWords attributes;
  Circumstances circumstances;
  for (const std::string& word : arguments.words) {
    if (const std::optional<std::string> error = ReadWord(word, attributes, circumstances))
      return Usage(*error);
  }
  if (!arguments.as_of.empty()) {
    circumstances.at_s = ast::ReadDate(arguments.as_of);
    if (!circumstances.at_s)
      return Usage(fmt::format("`{}` is not a date such as 2026-12-01", arguments.as_of));
  }
  for (const std::string& name : arguments.down) circumstances.down.push_back(name);
  for (const std::string& word : arguments.live) {
    Result<Circumstances::LiveValue, std::string> live = ReadLiveValue(word);
    if (!live.ok()) return Usage(live.error());
    circumstances.live.push_back(std::move(live).value());
  }

  SourceSet sources;
  Diagnostics diagnostics;
  const Compilation compilation =
      Compile(arguments.file, {.import_roots = arguments.import_roots, .findings = false}, sources,
              diagnostics);
  if (!compilation.readable) return Usage(fmt::format("cannot read {}", arguments.file));
  if (!compilation.tables) {
    Report("text", sources, diagnostics);
    if (diagnostics.has_errors()) return kExitFindings;
    return Usage(fmt::format("{} has no `policy`, so there is nothing to decide", arguments.file));
  }
  const Result<Explanation, std::string> explanation = Explain(
      compilation.model, compilation.tables->view(), sources, attributes, circumstances, Today());
  if (!explanation.ok()) return Usage(explanation.error());
  fmt::print("{}",
             arguments.format == "json" ? RenderJson(*explanation) : RenderText(*explanation));
  return kExitDone;
}

}  // namespace

void AddExplainCommand(CLI::App& app, int& exit_code) {
  CLI::App* command = app.add_subcommand("explain", "One decision with its reasons");
  const auto arguments = std::make_shared<ExplainArguments>();
  command->add_option("file", arguments->file, "The policy")->required();
  command->add_option(
      "words", arguments->words,
      "The request as ATTR=VALUE; also a witness's @date= @down= @arm= @budget= @live. words");
  command->add_option("--as-of", arguments->as_of, "The date; today without it");
  command->add_option("--down", arguments->down, "A model or provider that does not answer");
  command->add_option("--live", arguments->live,
                      "A measured fact, as in claude-sonnet-4-5.latency.p95=3s");
  command->add_option("--import-root", arguments->import_roots,
                      "Where imports are looked for beside the file's folder");
  command->add_option("--format", arguments->format, "text or json")
      ->check(CLI::IsMember({"text", "json"}));
  command->callback([arguments, &exit_code] { exit_code = RunExplain(*arguments); });
}

}  // namespace mlp::compiler
