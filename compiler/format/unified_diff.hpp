// The lines in which two texts differ, as patch reads them.
#pragma once

#include <string>
#include <string_view>

namespace mlp::compiler {

/// `--- NAME`, `+++ NAME` and hunks with three lines around each change; empty for equal texts. The
/// fewest changed lines (Myers, An O(ND) Difference Algorithm, 1986); past 1,000 of them a hunk may
/// hold more than it must.
[[nodiscard]] std::string UnifiedDiff(std::string_view old_text, std::string_view new_text,
                                      std::string_view old_name, std::string_view new_name);

}  // namespace mlp::compiler
