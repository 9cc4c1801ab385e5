#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "compiler/driver/canonical.hpp"
#include "compiler/driver/commands.hpp"
#include "compiler/driver/report.hpp"
#include "compiler/format/unified_diff.hpp"
#include "compiler/pipeline/files.hpp"

namespace mlp::compiler {
namespace {

constexpr const char* kStandardInput = "<standard input>";

struct FmtArguments {
  std::vector<std::string> files;
  bool check = false;
};

int Refuse(const std::string& message) {
  fmt::print(stderr, "mlpc fmt: {}\n", message);
  return kExitUsage;
}

/// Why the file cannot be replaced by another text, or nothing.
std::optional<std::string> WhyNotReplaced(const std::string& path) {
  std::error_code error;
  const std::filesystem::file_status status = std::filesystem::symlink_status(path, error);
  if (error) return fmt::format("cannot read {}: {}", path, error.message());
  if (std::filesystem::is_symlink(status)) {
    return fmt::format("{} is a symbolic link; format the file that it leads to", path);
  }
  if (!std::filesystem::is_regular_file(status)) return path + " is not a regular file";
  constexpr auto kWritable = std::filesystem::perms::owner_write |
                             std::filesystem::perms::group_write |
                             std::filesystem::perms::others_write;
  if ((status.permissions() & kWritable) == std::filesystem::perms::none) {
    return path + " is read-only";
  }
  return std::nullopt;
}

int FormatOne(const std::string& path, bool check) {
  const bool standard_input = path == "-";
  const std::string name = standard_input ? kStandardInput : path;
  std::optional<std::string> text = standard_input ? ReadStandardInput() : DiskReader().Read(path);
  if (!text) return Refuse("cannot read " + name);

  SourceSet sources;
  Diagnostics diagnostics;
  const CanonicalText canonical = Canonical(name, *text, sources, diagnostics);
  if (!canonical.text && !canonical.fault) {
    Report("text", sources, diagnostics);
    return kExitFindings;
  }
  if (canonical.fault) {
    fmt::print(stderr,
               "mlpc fmt: internal fault: {} is left as it is, for it would not say the same\n",
               name);
    return kExitBug;
  }
  if (check) {
    fmt::print("{}", UnifiedDiff(*text, *canonical.text, name, name));
    return *text == *canonical.text ? kExitDone : kExitFindings;
  }
  if (standard_input) {
    fmt::print("{}", *canonical.text);
    return kExitDone;
  }
  if (*text == *canonical.text) return kExitDone;
  if (const auto why = WhyNotReplaced(path)) return Refuse(*why);
  if (const auto error = ReplaceFile(path, *canonical.text)) return Refuse(*error);
  return kExitDone;
}

}  // namespace

void AddFmtCommand(CLI::App& app, int& exit_code) {
  CLI::App* command = app.add_subcommand("fmt", "Put files into the canonical layout, in place");
  const auto arguments = std::make_shared<FmtArguments>();
  command->add_option("files", arguments->files, "Policies or catalogs; - is standard input")
      ->required();
  command->add_flag("--check", arguments->check,
                    "Change nothing: show what would change, and exit 1 where anything would");
  command->callback([arguments, &exit_code] {
    for (const std::string& file : arguments->files)
      exit_code = std::max(exit_code, FormatOne(file, arguments->check));
  });
}

}  // namespace mlp::compiler
