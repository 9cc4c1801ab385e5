#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "compiler/driver/commands.hpp"
#include "compiler/driver/report.hpp"
#include "compiler/emit/emit.hpp"
#include "compiler/pipeline/files.hpp"
#include "compiler/pipeline/pipeline.hpp"

namespace mlp::compiler {
namespace {

struct CompileArguments {
  std::string file;
  std::string folder;
  std::string depfile;
  std::vector<std::string> import_roots;
  std::string format = "text";
};

/// A path as make reads it.
std::string DepfilePath(std::string_view path) {
  std::string escaped;
  for (const char c : path) {
    if (c == ' ' || c == '#') escaped += '\\';
    if (c == '$') escaped += '$';
    escaped += c;
  }
  return escaped;
}

std::string Depfile(const std::vector<std::string>& outputs, const SourceSet& sources) {
  std::string text;
  for (const std::string& output : outputs) text += (text.empty() ? "" : " ") + DepfilePath(output);
  text += ":";
  for (FileId file = 0; file < sources.size(); ++file)
    text += " \\\n  " + DepfilePath(sources.name(file));
  return text + "\n";
}

int RunCompile(const CompileArguments& arguments) {
  SourceSet sources;
  Diagnostics diagnostics;
  const Compilation compilation =
      Compile(arguments.file, {.import_roots = arguments.import_roots}, sources, diagnostics);
  if (!compilation.readable) {
    fmt::print(stderr, "mlpc compile: cannot read {}\n", arguments.file);
    return kExitUsage;
  }
  Report(arguments.format, sources, diagnostics);
  if (diagnostics.has_errors()) return kExitFindings;
  if (!compilation.has_policy) {
    fmt::print(stderr, "mlpc compile: {} has no `policy`, so there is nothing to decide\n",
               arguments.file);
    return kExitFindings;
  }
  const EmittedFiles emitted =
      Emit(compilation.tables->view(),
           {.policy_file = std::filesystem::path(arguments.file).filename().generic_string()});
  const std::string header = arguments.folder + "/" + emitted.header_name;
  const std::string source = arguments.folder + "/" + emitted.source_name;
  std::vector<std::pair<std::string, std::string>> files = {{header, emitted.header},
                                                            {source, emitted.source}};
  if (!arguments.depfile.empty())
    files.emplace_back(arguments.depfile, Depfile({header, source}, sources));
  if (const std::optional<std::string> error = WriteFiles(files)) {
    fmt::print(stderr, "mlpc compile: {}\n", *error);
    return kExitUsage;
  }
  return kExitDone;
}

}  // namespace

void AddCompileCommand(CLI::App& app, int& exit_code) {
  CLI::App* command = app.add_subcommand("compile", "Write a policy's decision tables as C++");
  const auto arguments = std::make_shared<CompileArguments>();
  command->add_option("file", arguments->file, "The policy")->required();
  command->add_option("-o,--output", arguments->folder, "Folder for NAME.mlp.h and NAME.mlp.cpp")
      ->required();
  command->add_option("--depfile", arguments->depfile,
                      "Also write what they depend on, for make and ninja");
  command->add_option("--import-root", arguments->import_roots,
                      "Where imports are looked for beside the file's folder");
  command->add_option("--format", arguments->format, "How findings are shown")
      ->check(CLI::IsMember({"text", "short", "json", "sarif", "github"}));
  command->callback([arguments, &exit_code] { exit_code = RunCompile(*arguments); });
}

}  // namespace mlp::compiler
