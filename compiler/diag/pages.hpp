// The explanation of each diagnostic: what, the smallest policy that shows it, why, and that policy
// mended.
#pragma once

#include <optional>
#include <string_view>

#include "compiler/diag/diagnostic.hpp"

namespace mlp::compiler {

/// The page of pages/<name>.md as Markdown; nothing for a code that has none.
[[nodiscard]] std::optional<std::string_view> CodePage(Code code);

}  // namespace mlp::compiler
