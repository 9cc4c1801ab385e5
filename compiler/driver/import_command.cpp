#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "compiler/driver/canonical.hpp"
#include "compiler/driver/commands.hpp"
#include "compiler/import/import.hpp"
#include "compiler/pipeline/files.hpp"

namespace mlp::compiler {
namespace {

struct ImportArguments {
  std::string source;
  std::string file;
  std::string folder;
};

/// What the importer wrote, as `mlpc fmt` would leave it. A text that does not parse stays as it
/// is, for `mlpc check` to say why.
std::string LaidOut(const std::string& text) {
  SourceSet sources;
  Diagnostics diagnostics;
  return Canonical("imported", text, sources, diagnostics).text.value_or(text);
}

int RunImport(const ImportArguments& arguments) {
  const std::optional<std::string> json = DiskReader().Read(arguments.file);
  if (!json) {
    fmt::print(stderr, "mlpc import: cannot read {}\n", arguments.file);
    return kExitUsage;
  }
  const ImportResult result = Import(arguments.source, *json);
  if (!result.ok()) {
    fmt::print(stderr, "mlpc import: {}: {}\n", arguments.file, result.error);
    return kExitUsage;
  }
  for (const std::string& conflict : result.conflicts) fmt::print(stderr, "{}\n", conflict);
  if (arguments.folder.empty()) {
    fmt::print("{}", LaidOut(result.text));
    return kExitDone;
  }
  std::vector<std::pair<std::string, std::string>> files;
  for (const auto& [name, text] : result.files)
    files.emplace_back(arguments.folder + "/" + name, LaidOut(text));
  if (const std::optional<std::string> error = WriteFiles(files)) {
    fmt::print(stderr, "mlpc import: {}\n", *error);
    return kExitUsage;
  }
  return kExitDone;
}

}  // namespace

void AddImportCommand(CLI::App& app, int& exit_code) {
  CLI::App* command = app.add_subcommand(
      "import", "Catalog declarations from a public price list; conflicts on standard error");
  const auto arguments = std::make_shared<ImportArguments>();
  command->add_option("source", arguments->source, "The list's shape")
      ->required()
      ->check(CLI::IsMember(ImportSources()));
  command->add_option("file", arguments->file, "The JSON file")->required();
  command->add_option("-o,--output", arguments->folder,
                      "Write one file per provider here, not standard output");
  command->callback([arguments, &exit_code] { exit_code = RunImport(*arguments); });
}

}  // namespace mlp::compiler
