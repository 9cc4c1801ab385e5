// What the tests of the layout ask about a text, by the parser alone.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace mlp::compiler::test {

/// What a file says, whatever its layout.
struct Meaning {
  std::string tree;                   ///< the tree's dump, blanks in words and docs made one
  std::vector<std::string> comments;  ///< sorted, without blanks at their ends
  friend bool operator==(const Meaning&, const Meaning&) = default;
};

/// Nothing where the text has an error.
[[nodiscard]] std::optional<Meaning> MeaningOf(const std::string& text);

/// The canonical layout; fails the running test where the text has an error.
[[nodiscard]] std::string Formatted(const std::string& text);

}  // namespace mlp::compiler::test
