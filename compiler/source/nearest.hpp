// The known name that a misspelt one most likely meant.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

namespace mlp::compiler {

/// Edits between two texts: insert, delete, replace a byte, swap two neighbours (Damerau's distance
/// with adjacent swaps only), and upper against lower case for nothing. Stops counting past `limit`
/// and returns limit + 1.
[[nodiscard]] int EditDistance(std::string_view left, std::string_view right, int limit);

/// The candidate with the fewest edits, the first of equals; nothing where more than a third of the
/// word would change. Never the word itself.
[[nodiscard]] std::optional<std::string_view> NearestName(
    std::string_view word, const std::vector<std::string_view>& candidates);

}  // namespace mlp::compiler
