// The commands of mlp. Each adds itself to the command line and, when chosen, does its work and
// sets the exit code.
#pragma once

#include <CLI/CLI.hpp>

namespace mlp::tools {

/// As in the contract: 0 done, 1 a finding, 2 wrong usage or unreadable file, 3 a bug, 4 the call
/// failed on every candidate.
enum ExitCode : int {
  kExitDone = 0,
  kExitFindings = 1,
  kExitUsage = 2,
  kExitBug = 3,
  kExitCallFailed = 4
};

void AddAdviseCommand(CLI::App& app, int& exit_code);
void AddCallCommand(CLI::App& app, int& exit_code);
void AddCompactCommand(CLI::App& app, int& exit_code);
void AddDemoCommand(CLI::App& app, int& exit_code);
void AddDownCommands(CLI::App& app, int& exit_code);
void AddExperimentCommand(CLI::App& app, int& exit_code);
void AddEvalCommand(CLI::App& app, int& exit_code);
void AddMetricsCommand(CLI::App& app, int& exit_code);
void AddReplayCommand(CLI::App& app, int& exit_code);
void AddRolloutCommand(CLI::App& app, int& exit_code);

}  // namespace mlp::tools
