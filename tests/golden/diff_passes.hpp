// The goldens of comparisons.
#pragma once

#include <string>

namespace mlp::compiler::golden {

/// Of two policies in one text: what they share, then behind a line `//// older.mlp` the rest of
/// the one and behind `//// newer.mlp` the rest of the other. Text, markdown and JSON.
[[nodiscard]] std::string RunDiff(const std::string& name, const std::string& text);

/// Of a policy over its whole horizon. Text, markdown and JSON.
[[nodiscard]] std::string RunTimeline(const std::string& name, const std::string& text);

}  // namespace mlp::compiler::golden
