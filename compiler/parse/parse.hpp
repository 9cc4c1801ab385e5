// From a file's text to its syntax tree. Reports every syntax error (MLP0101), one per broken
// statement at least, and limits (size, depth) as MLP08xx; never throws, never fails to return a
// tree.
#pragma once

#include "compiler/ast/ast.hpp"
#include "compiler/diag/diagnostic.hpp"
#include "compiler/source/source_set.hpp"

namespace mlp::compiler {

struct ParseOptions {
  std::uint32_t max_bytes = 16U << 20;  ///< larger files are reported, not parsed
  std::uint32_t max_depth = 200;        ///< nested parentheses, braces and `not`
};

/// Where statements did not parse the tree has kError nodes.
[[nodiscard]] ast::Tree Parse(const SourceSet& sources, FileId file, Diagnostics& diagnostics,
                              const ParseOptions& options = {});

}  // namespace mlp::compiler
