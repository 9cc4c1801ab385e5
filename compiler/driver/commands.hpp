// The commands of mlpc. Each adds itself to the command line and, when chosen, does its work and
// sets the exit code.
#pragma once

#include <CLI/CLI.hpp>

namespace mlp::compiler {

/// As in the contract: 0 done, 1 errors in the policy, 2 wrong usage or unreadable file, 3 a bug.
enum ExitCode : int { kExitDone = 0, kExitFindings = 1, kExitUsage = 2, kExitBug = 3 };

void AddCheckCommand(CLI::App& app, int& exit_code);
void AddCompileCommand(CLI::App& app, int& exit_code);
void AddDiffCommand(CLI::App& app, int& exit_code);
void AddExplainCommand(CLI::App& app, int& exit_code);
void AddFmtCommand(CLI::App& app, int& exit_code);
void AddGraphCommand(CLI::App& app, int& exit_code);
void AddImportCommand(CLI::App& app, int& exit_code);
void AddModelsCommand(CLI::App& app, int& exit_code);
void AddTestCommand(CLI::App& app, int& exit_code);
void AddHelpCommand(CLI::App& app, int& exit_code);
void AddTimelineCommand(CLI::App& app, int& exit_code);

}  // namespace mlp::compiler
