// The two sides of a comparison and its operator.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/check/context.hpp"
#include "compiler/check/view.hpp"

namespace mlp::compiler::check {

/// == != < <= > >=, and `above` and `below`.
[[nodiscard]] std::optional<Comparison> ReadOperator(std::string_view text);
/// a OP b is b Mirror(OP) a.
[[nodiscard]] Comparison Mirror(Comparison comparison);
[[nodiscard]] bool IsEquality(Comparison comparison);

/// A Compare node in parts; `written` is the operator's node.
struct Sides {
  View left;
  View right;
  View written;
  Comparison comparison = Comparison::kEqual;
};
/// Nothing where a part is missing (poisoned).
[[nodiscard]] std::optional<Sides> ReadSides(const Context& context, View compare);

/// `tier`, `quality.accuracy`, `attempt cost`: the names joined by dots.
[[nodiscard]] std::string PathText(const Context& context, View path);
[[nodiscard]] std::vector<std::string> PathNames(const Context& context, View path);
/// A path's `over D` in seconds, 0 without one; reports windows below a second or above 31 days.
[[nodiscard]] std::uint32_t ReadWindow(Context& context, View path);

}  // namespace mlp::compiler::check
