// Witnesses as words for a command line.
#pragma once

#include <string>
#include <string_view>

#include "compiler/diag/diagnostic.hpp"

namespace mlp::compiler {

/// As a POSIX shell reads it back: in single quotes where it holds anything but letters, digits and
/// `%+,-./:=@_`.
[[nodiscard]] std::string ShellQuoted(std::string_view word);

/// `tier=free tenant='a b' @date=2027-01-01`, as `mlpc explain` takes them.
[[nodiscard]] std::string WitnessWords(const Witness& witness);

/// Each name once, for a map of words: values of a repeated name (`@down=`) become one, with
/// commas, which `mlpc explain` takes too.
[[nodiscard]] Witness Joined(const Witness& witness);

}  // namespace mlp::compiler
