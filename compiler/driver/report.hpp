// How commands tell what they found.
#pragma once

#include <string>

#include "compiler/diag/diagnostic.hpp"
#include "compiler/source/source_set.hpp"

namespace mlp::compiler {

/// Sorts and prints: JSON, SARIF and GitHub annotations on standard output, text on standard error,
/// in colour on a terminal without NO_COLOR. A finding that two policies share through an import is
/// shown once.
void Report(const std::string& format, const SourceSet& sources, Diagnostics& diagnostics);

/// What Report prints as JSON.
[[nodiscard]] std::string ReportJson(const SourceSet& sources, Diagnostics& diagnostics);

/// 1 with errors (or, where asked, warnings), else 0.
[[nodiscard]] int ExitCodeOf(const Diagnostics& diagnostics, bool deny_warnings);

}  // namespace mlp::compiler
