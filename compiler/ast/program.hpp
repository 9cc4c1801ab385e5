// The trees of one policy: its main file and everything that it imports.
#pragma once

#include <vector>

#include "compiler/ast/ast.hpp"

namespace mlp::compiler {

/// Imported files stand before their importers, each once; the main file is the last.
struct Program {
  std::vector<ast::Tree> trees;
  std::vector<bool> imported;  ///< for each tree: false for the main file only
  bool incomplete =
      false;  ///< an import could not be read, so names may be missing; already reported
};

}  // namespace mlp::compiler
