// mlp: runs and operates services under compiled policies.
#include <cstdio>
#include <exception>
#include <new>

#include <CLI/CLI.hpp>

#include "runtime/tools/commands.hpp"
#include "runtime/tools/report_command.hpp"

int main(int argc, char** argv) {
  try {
    CLI::App app{"mlp, the runtime of model-lifecycle policies"};
    app.footer(
        "Exit codes: 0 done, 1 a finding, 2 wrong usage or unreadable file, 3 a bug, 4 the call "
        "failed.");
    app.require_subcommand(1);
    app.set_version_flag("--version", std::string("mlp " MLP_VERSION));
    int exit_code = mlp::tools::kExitDone;
    mlp::tools::AddDemoCommand(app, exit_code);
    mlp::tools::AddDownCommands(app, exit_code);
    mlp::tools::AddCallCommand(app, exit_code);
    mlp::AddReportCommand(app, exit_code);
    mlp::tools::AddMetricsCommand(app, exit_code);
    mlp::tools::AddCompactCommand(app, exit_code);
    mlp::tools::AddReplayCommand(app, exit_code);
    mlp::tools::AddRolloutCommand(app, exit_code);
    mlp::tools::AddExperimentCommand(app, exit_code);
    mlp::tools::AddEvalCommand(app, exit_code);
    mlp::tools::AddAdviseCommand(app, exit_code);
    try {
      app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
      return app.exit(error) == 0 ? mlp::tools::kExitDone : mlp::tools::kExitUsage;
    }
    return exit_code;
  } catch (const std::bad_alloc&) {
    std::fputs("mlp: out of memory\n", stderr);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "mlp: internal fault: %s\n", error.what());
  }
  return mlp::tools::kExitBug;
}
