// Diagnostics for people: in full with the source line, or one line each.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "compiler/diag/diagnostic.hpp"
#include "compiler/source/source_set.hpp"

namespace mlp::compiler {

struct TextOptions {
  bool color = false;          ///< ANSI colours
  std::size_t max_shown = 20;  ///< the rest is only counted
};

/// One after the other, in the order given:
///
///     support.mlp:12:9: error[MLP0201]: unknown model `claude-sonet-4-5`
///      12 |   try   claude-sonet-4-5
///         |         ^~~~~~~~~~~~~~~~
///     support.mlp:3:1: note: the pool is declared here
///       3 | pool small { gpt-5-4-mini }
///         | ^~~~
///     help: the nearest model is `claude-sonnet-4-5`
///     witness: tier=free region=us
///
/// The caret stands under exactly the span; of several lines the first is shown, of very long ones
/// a window.
[[nodiscard]] std::string RenderText(const SourceSet& sources,
                                     const std::vector<Diagnostic>& diagnostics,
                                     const TextOptions& options = {});

/// The first line of each only.
[[nodiscard]] std::string RenderShort(const SourceSet& sources,
                                      const std::vector<Diagnostic>& diagnostics);

/// `2 errors and 1 warning`; empty for none. Notes are not counted.
[[nodiscard]] std::string CountText(const std::vector<Diagnostic>& diagnostics);

}  // namespace mlp::compiler
