// mlpc: checks, explains and compiles model-lifecycle policies.
#include <cstdio>
#include <exception>
#include <new>
#include <system_error>

#include <CLI/CLI.hpp>

#include "compiler/driver/commands.hpp"

namespace {

constexpr const char* kFooter =
    "Exit codes: 0 done, 1 errors in the policy or a denied finding, 2 wrong usage or unreadable "
    "file, 3 a bug.\n"
    "Limits: files up to 16 MiB (64 MiB with imports), nesting up to 200, 64 capabilities,\n"
    "2,000,000 diagram nodes; what passes them is reported as MLP08xx. `mlpc help CODE` explains a "
    "finding.";

// An option takes one value each time it is given, so that it may stand before the file and the
// words: CLI11's lists would take those too.
void TakeOneValueAtATime(CLI::App& app) {
  for (CLI::App* const command : app.get_subcommands([](const CLI::App*) { return true; })) {
    for (CLI::Option* const option : command->get_options()) {
      if (!option->get_positional()) option->allow_extra_args(false);
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  try {
    CLI::App app{"mlpc, the Model Lifecycle Policy compiler", "mlpc"};
    app.footer(kFooter);
    app.require_subcommand(1);
    app.set_version_flag("--version", std::string("mlpc " MLP_VERSION));
    int exit_code = mlp::compiler::kExitDone;
    mlp::compiler::AddCheckCommand(app, exit_code);
    mlp::compiler::AddCompileCommand(app, exit_code);
    mlp::compiler::AddDiffCommand(app, exit_code);
    mlp::compiler::AddExplainCommand(app, exit_code);
    mlp::compiler::AddFmtCommand(app, exit_code);
    mlp::compiler::AddGraphCommand(app, exit_code);
    mlp::compiler::AddTimelineCommand(app, exit_code);
    mlp::compiler::AddImportCommand(app, exit_code);
    mlp::compiler::AddModelsCommand(app, exit_code);
    mlp::compiler::AddTestCommand(app, exit_code);
    mlp::compiler::AddHelpCommand(app, exit_code);
    TakeOneValueAtATime(app);
    try {
      app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
      return app.exit(error) == 0 ? mlp::compiler::kExitDone : mlp::compiler::kExitUsage;
    }
    if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0) {
      std::fputs("mlpc: cannot write standard output\n", stderr);
      return mlp::compiler::kExitUsage;
    }
    return exit_code;
  } catch (const std::bad_alloc&) {
    std::fputs("mlpc: out of memory\n", stderr);
  } catch (const std::system_error& error) {
    std::fprintf(stderr, "mlpc: %s\n", error.what());
    return mlp::compiler::kExitUsage;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "mlpc: internal fault: %s\n", error.what());
  }
  return mlp::compiler::kExitBug;
}
