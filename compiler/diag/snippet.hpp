// A source line with a caret under a span, as text of known width.
#pragma once

#include <string>

#include "compiler/source/source_set.hpp"
#include "compiler/source/span.hpp"

namespace mlp::compiler {

struct Snippet {
  std::string line;           ///< tabs as spaces, control characters and wrong bytes as U+FFFD
  std::size_t indent = 0;     ///< columns before the caret
  std::size_t underline = 1;  ///< columns of the caret and its tildes, at least 1
};

/// The first line of the span; a window with `...` at its ends where the line is very long.
[[nodiscard]] Snippet MakeSnippet(const SourceSet& sources, Span span);

}  // namespace mlp::compiler
