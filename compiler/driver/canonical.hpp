// A text in its canonical layout, held to say what it said before.
#pragma once

#include <optional>
#include <string>

#include "compiler/diag/diagnostic.hpp"
#include "compiler/source/source_set.hpp"

namespace mlp::compiler {

struct CanonicalText {
  std::optional<std::string> text;  ///< nothing where the text has errors, or on a fault
  bool fault = false;               ///< the layout would have changed what the file says: a bug
};

/// Parses under `name`, reports, lays out, and reads the result again. The text itself becomes the
/// first file that is added to `sources`.
[[nodiscard]] CanonicalText Canonical(const std::string& name, std::string text, SourceSet& sources,
                                      Diagnostics& diagnostics);

}  // namespace mlp::compiler
