// Diagnostics as SARIF 2.1.0 (OASIS), which code scanning services and editors read.
#pragma once

#include <string>
#include <vector>

#include "compiler/diag/diagnostic.hpp"
#include "compiler/source/source_set.hpp"

namespace mlp::compiler {

struct SarifOptions {
  std::string tool_version;  ///< of mlpc; empty: not told
};

/// One run with all of them, in the order given, and a newline. A result has its level, a region in
/// code points (`columnKind`; the end is the place after the last character), related places, helps
/// in its message, help and witness in its property bag, and a fingerprint of code, file and the
/// text of the line, so that it stays itself when lines move. Rules are the codes that occur, each
/// with its page. There are no fixes: a help is words, not an edit.
///
/// Files are URI references: relative ones as given, absolute ones as `file://`.
[[nodiscard]] std::string RenderSarif(const SourceSet& sources,
                                      const std::vector<Diagnostic>& diagnostics,
                                      const SarifOptions& options = {});

}  // namespace mlp::compiler
