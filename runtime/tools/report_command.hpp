// `mlp report --store FILE`: what a store says about calls, for people and for programs.
#pragma once

#include <CLI/CLI.hpp>

namespace mlp {

/// Adds the command to `app`. When it is chosen, it runs within the parse and sets `exit_code`,
/// which like `app` must outlive the parse.
void AddReportCommand(CLI::App& app, int& exit_code);

}  // namespace mlp
