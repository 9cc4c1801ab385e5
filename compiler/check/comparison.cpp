#include "compiler/check/comparison.hpp"

#include "compiler/check/literal.hpp"

namespace mlp::compiler::check {

std::optional<Comparison> ReadOperator(std::string_view text) {
  if (text == "==") return Comparison::kEqual;
  if (text == "!=") return Comparison::kNotEqual;
  if (text == "<" || text == "below") return Comparison::kLess;
  if (text == "<=") return Comparison::kLessEqual;
  if (text == ">" || text == "above") return Comparison::kGreater;
  if (text == ">=") return Comparison::kGreaterEqual;
  return std::nullopt;
}

Comparison Mirror(Comparison comparison) {
  switch (comparison) {
    case Comparison::kEqual:
    case Comparison::kNotEqual:
      return comparison;
    case Comparison::kLess:
      return Comparison::kGreater;
    case Comparison::kLessEqual:
      return Comparison::kGreaterEqual;
    case Comparison::kGreater:
      return Comparison::kLess;
    case Comparison::kGreaterEqual:
      return Comparison::kLessEqual;
  }
  return comparison;
}

bool IsEquality(Comparison comparison) {
  return comparison == Comparison::kEqual || comparison == Comparison::kNotEqual;
}

std::optional<Sides> ReadSides(const Context& context, View compare) {
  const std::vector<View> parts = compare.Children();
  const bool windowed = parts.size() == 4 && parts[3].Is(ast::Kind::kWindow);
  if ((parts.size() != 3 && !windowed) || !parts[1].Is(ast::Kind::kOperator)) return std::nullopt;
  if (parts[0].Is(ast::Kind::kError) || parts[2].Is(ast::Kind::kError)) return std::nullopt;
  const auto comparison = ReadOperator(context.Text(parts[1]));
  if (!comparison) return std::nullopt;
  return Sides{parts[0], parts[2], parts[1], *comparison};
}

std::vector<std::string> PathNames(const Context& context, View path) {
  std::vector<std::string> names;
  if (!path.Is(ast::Kind::kPath)) return names;
  for (const View name : path.Children(ast::Kind::kName)) names.push_back(context.String(name));
  return names;
}

std::string PathText(const Context& context, View path) {
  std::string text;
  for (const std::string& name : PathNames(context, path)) {
    if (!text.empty()) text += '.';
    text += name;
  }
  return text;
}

std::uint32_t ReadWindow(Context& context, View path) {
  constexpr std::int64_t kSecond = 1'000;
  constexpr std::int64_t kMonth = 31LL * 86'400 * kSecond;
  const View window = path.Child(ast::Kind::kWindow);
  if (!window) return 0;
  const auto value = ReadWithin(context, window.ChildAt(0), Unit::kDuration, kSecond, kMonth,
                                "the window", "1s to 31d");
  return value ? static_cast<std::uint32_t>(*value / kSecond) : 0;
}

}  // namespace mlp::compiler::check
