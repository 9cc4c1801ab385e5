#include "compiler/check/request_condition.hpp"

#include <utility>

#include <fmt/format.h>

#include "compiler/check/condition_tree.hpp"
#include "compiler/check/literal.hpp"

namespace mlp::compiler::check {
namespace {

using ast::Kind;

class RequestConditions {
 public:
  explicit RequestConditions(Context& context) : context_(context) {}

  Condition Check(View expression) {
    const std::uint32_t root =
        tree_.Build(context_, expression, [this](View leaf) { return Leaf(leaf); });
    return tree_.Finish(root);
  }

 private:
  std::uint32_t Leaf(View leaf) {
    const Span span = leaf.span();
    switch (leaf.kind()) {
      case Kind::kCompare:
        return Compare(leaf);
      case Kind::kIn: {
        const std::vector<View> parts = leaf.Children();
        const auto attribute = Attribute(parts.front());
        if (!attribute) return tree_.AddPoisoned(span);
        std::vector<std::uint32_t> matches;
        for (std::size_t i = 1; i < parts.size(); ++i) {
          if (auto atom = MatchAttribute(context_, *attribute, parts[i])) {
            matches.push_back(tree_.Add(std::move(*atom), parts[i].span()));
          }
        }
        if (matches.size() + 1 < parts.size()) return tree_.AddPoisoned(span);
        return tree_.Add(ConditionKind::kOr, span, std::move(matches));
      }
      case Kind::kHas: {
        const View path = leaf.ChildAt(0);
        const auto attribute = Attribute(path);
        if (!attribute) return tree_.AddPoisoned(span);
        auto atom = HasMembers(context_, *attribute, path, leaf.Children(Kind::kName));
        return atom ? tree_.Add(std::move(*atom), span) : tree_.AddPoisoned(span);
      }
      case Kind::kStartsWith: {
        const View path = leaf.ChildAt(0);
        const auto attribute = Attribute(path);
        if (!attribute) return tree_.AddPoisoned(span);
        auto atom = StartsWith(context_, *attribute, path, leaf.ChildAt(1));
        return atom ? tree_.Add(std::move(*atom), span) : tree_.AddPoisoned(span);
      }
      case Kind::kCan:
        context_.Report(
            Code::k0301, span, "`can` asks a model, and this condition is about the request",
            "a request's capabilities are `asks has NAME`; a route demands them with `need NAME`");
        return tree_.AddPoisoned(span);
      default:
        context_.Report(Code::k0301, span,
                        fmt::format("`{}` is not a condition", context_.Text(leaf)),
                        "compare an attribute, as in `tier == free`");
        return tree_.AddPoisoned(span);
    }
  }

  std::uint32_t Compare(View leaf) {
    const Span span = leaf.span();
    auto sides = ReadSides(context_, leaf);
    if (!sides) return tree_.AddPoisoned(span);
    if (IsLiteral(sides->left) && IsLiteral(sides->right)) {
      context_.Report(Code::k0301, span, "two literals are compared",
                      "one side of a comparison is an attribute of the request");
      return tree_.AddPoisoned(span);
    }
    if (!IsAttribute(sides->left) && IsAttribute(sides->right)) Swap(*sides);
    if (IsLiteral(sides->left)) Swap(*sides);
    if (ValueOf(sides->right, sides->left) && !ValueOf(sides->left, sides->right)) Swap(*sides);
    const auto attribute = Attribute(sides->left);
    if (!attribute) return tree_.AddPoisoned(span);
    if (IsAttribute(sides->right) && !ValueOf(sides->left, sides->right)) {
      context_.Report(
          Code::k0301, sides->right.span(),
          fmt::format("two attributes are compared, `{}` and `{}`", PathText(context_, sides->left),
                      PathText(context_, sides->right)),
          "compare an attribute with a value");
      return tree_.AddPoisoned(span);
    }
    auto test =
        CompareAttribute(context_, *attribute, sides->comparison, sides->written, sides->right);
    if (!test) return tree_.AddPoisoned(span);
    return tree_.NotIf(test->negated, tree_.Add(std::move(test->atom), span), span);
  }

  static void Swap(Sides& sides) {
    std::swap(sides.left, sides.right);
    sides.comparison = Mirror(sides.comparison);
  }

  [[nodiscard]] bool IsAttribute(View side) const {
    const std::vector<std::string> names = PathNames(context_, side);
    return names.size() == 1 && Lookup(context_, Scope::kAttribute, names.front()) != kNoIndex;
  }

  // True where `value` is a value of the enum attribute that `side` names.
  [[nodiscard]] bool ValueOf(View side, View value) const {
    const std::vector<std::string> names = PathNames(context_, side);
    const std::vector<std::string> words = PathNames(context_, value);
    if (names.size() != 1 || words.size() != 1) return false;
    const Index index = Lookup(context_, Scope::kAttribute, names.front());
    if (index == kNoIndex) return false;
    return context_.label_codes[index].contains(words.front());
  }

  // The attribute that a path names; reports unknown ones and paths that are something else.
  std::optional<Index> Attribute(View path) {
    if (!path.Is(Kind::kPath)) {
      context_.Report(Code::k0301, path.span(),
                      fmt::format("`{}` is not an attribute", context_.Text(path)),
                      "compare an attribute of the request");
      return std::nullopt;
    }
    const std::vector<View> names = path.Children(Kind::kName);
    if (const View window = path.Child(Kind::kWindow)) {
      context_.Report(Code::k0301, window.span(), "an attribute of the request has no window",
                      "leave `over` out; it belongs to `live.` facts");
      return std::nullopt;
    }
    if (names.size() > 1) {
      const bool request = context_.Text(names[0]) == "request";
      context_.Report(
          Code::k0201, path.span(), fmt::format("unknown attribute `{}`", PathText(context_, path)),
          request ? fmt::format("in `when` the attribute is written `{}`", context_.Text(names[1]))
                  : "a condition in `when` looks at the request alone; facts of a candidate "
                    "belong in `where`");
      return std::nullopt;
    }
    const Index index = Resolve(context_, Scope::kAttribute, names.front());
    return index == kNoIndex ? std::nullopt : std::optional(index);
  }

  Context& context_;
  TreeBuilder<Condition> tree_;
};

}  // namespace

Condition CheckWhen(Context& context, View expression) {
  if (!expression) return {};
  return RequestConditions(context).Check(expression);
}

Condition CheckOptionalWhen(Context& context, View declaration) {
  const View when = declaration.Child(ast::Kind::kWhen);
  return when ? CheckWhen(context, when.ChildAt(0)) : Condition{};
}

}  // namespace mlp::compiler::check
