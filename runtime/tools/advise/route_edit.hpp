// Edits of one route in a policy's text.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

namespace mlp::tools {

/// The text with `with` in place of the model `model` in the `try` and `else` lines of the route
/// whose name is on `line` (1-based); nothing where it is not named there, as where a pool chooses.
[[nodiscard]] std::optional<std::string> ReplaceInRoute(const std::string& text, std::size_t line,
                                                        const std::string& model,
                                                        const std::string& with);

/// Without the `else` line that names the model alone; nothing where there is none.
[[nodiscard]] std::optional<std::string> DropElse(const std::string& text, std::size_t line,
                                                  const std::string& model);

}  // namespace mlp::tools
