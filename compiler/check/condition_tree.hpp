// Building a condition's tree: and, or, not and truth are the same over requests and candidates.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "compiler/check/context.hpp"
#include "compiler/check/view.hpp"

namespace mlp::compiler::check {

/// Appends nodes to a Condition or CandidateCondition; each Add returns the new node's number.
template <typename C>
class TreeBuilder {
 public:
  using Atom = typename decltype(C::atoms)::value_type;

  std::uint32_t Add(ConditionKind kind, Span span, std::vector<std::uint32_t> operands = {}) {
    condition_.nodes.push_back({kind, 0, std::move(operands), span});
    return static_cast<std::uint32_t>(condition_.nodes.size() - 1);
  }
  std::uint32_t Add(Atom atom, Span span) {
    condition_.atoms.push_back(std::move(atom));
    condition_.nodes.push_back(
        {ConditionKind::kAtom, static_cast<std::uint32_t>(condition_.atoms.size() - 1), {}, span});
    return static_cast<std::uint32_t>(condition_.nodes.size() - 1);
  }
  std::uint32_t AddNot(std::uint32_t operand, Span span) {
    return Add(ConditionKind::kNot, span, {operand});
  }
  /// The negation of `operand` where `negated`, else the operand itself.
  std::uint32_t NotIf(bool negated, std::uint32_t operand, Span span) {
    return negated ? AddNot(operand, span) : operand;
  }
  /// What stands for a comparison that was reported: true, so that nothing follows from it.
  std::uint32_t AddPoisoned(Span span) { return Add(ConditionKind::kTrue, span); }

  /// Walks an EXPR; `leaf(View) -> node number` handles everything but and, or, not and truth. The
  /// parser bounds the depth.
  template <typename Leaf>
  std::uint32_t Build(Context& context, View expression, Leaf&& leaf) {
    using ast::Kind;
    const Span span = expression.span();
    switch (expression.kind()) {
      case Kind::kOr:
      case Kind::kAnd: {
        std::vector<std::uint32_t> operands;
        for (const View operand : expression.Children())
          operands.push_back(Build(context, operand, leaf));
        return Add(expression.Is(Kind::kOr) ? ConditionKind::kOr : ConditionKind::kAnd, span,
                   std::move(operands));
      }
      case Kind::kNot:
        return AddNot(Build(context, expression.ChildAt(0), leaf), span);
      case Kind::kTruth:
        return Add(
            context.Text(expression) == "true" ? ConditionKind::kTrue : ConditionKind::kFalse,
            span);
      case Kind::kError:
        return AddPoisoned(span);
      default:
        return leaf(expression);
    }
  }

  C Finish(std::uint32_t root) {
    condition_.root = root;
    return std::move(condition_);
  }

 private:
  C condition_;
};

}  // namespace mlp::compiler::check
