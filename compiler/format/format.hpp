// The one canonical layout of the policy language.
//
// - A statement stands on one line, and in its block all values begin in one column, two blanks
//   behind the longest keyword. What passes 100 columns is broken after commas and before `and`
//   and `or`, and goes on below the values.
// - A block that was written on one line stays there while it fits; any other has a line for each
//   statement.
// - Comments keep their text and place. Behind statements they stand in one column from one blank
//   line to the next; those of long statements two blanks behind.
// - At most one blank line in a row, none at either end of a block; LF, no blanks at line ends, no
//   byte order mark.
#pragma once

#include <string>

#include "compiler/ast/ast.hpp"
#include "compiler/source/source_set.hpp"

namespace mlp::compiler {

/// The file's text in its canonical layout: a fixed point, whose tree differs in spans alone.
/// Precondition: the file parsed without an error.
[[nodiscard]] std::string Format(const SourceSet& sources, const ast::Tree& tree);

/// Whether two trees, which may be of different files, say the same and have the same comments;
/// blanks at the ends of comments and docs aside.
[[nodiscard]] bool SaysTheSame(const SourceSet& sources, const ast::Tree& left,
                               const ast::Tree& right);

}  // namespace mlp::compiler
