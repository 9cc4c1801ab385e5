#include "compiler/diff/claims.hpp"

#include <array>
#include <optional>

#include "compiler/diagram/comparable.hpp"
#include "compiler/diagram/condition_diagram.hpp"
#include "compiler/diff/align.hpp"
#include "compiler/model/dump.hpp"

namespace mlp::compiler {
namespace {

constexpr MddBudget kBudget{.nodes = 100'000, .steps = 2'000'000};

/// Whether each request of the older version that the claim was about is one that it is about now.
ClaimEdit CompareRequests(const PolicyModel& older, Index before, const PolicyModel& newer,
                          Index after) {
  if (newer.asserts[after].when.always()) return ClaimEdit::kNotLooser;
  const Result<Alignment, std::string> aligned = Align(older, newer);
  if (!aligned.ok()) return ClaimEdit::kUnknown;
  const std::array<const PolicyModel*, 2> models{&aligned->older.model, &aligned->newer.model};
  const std::array<Condition, 3> conditions{
      aligned->older.domain, aligned->older.claims[before].when, aligned->newer.claims[after].when};
  const AxisOrder axes = OrderAxes(models, conditions);
  Mdd mdd(axes.Sizes(), kBudget);
  const auto diagram = [&](const PolicyModel& model, const Condition& condition) {
    return ConditionDiagram(model, axes, mdd, condition);
  };
  const Ref was = mdd.And(diagram(*models[0], conditions[0]), diagram(*models[0], conditions[1]));
  const Ref left = mdd.And(was, mdd.Not(diagram(*models[1], conditions[2])));
  if (mdd.over_budget()) return ClaimEdit::kUnknown;
  return left == kFalse ? ClaimEdit::kNotLooser : ClaimEdit::kLooser;
}

/// A condition that is one bound on a number.
const CandidateAtom* Bound(const CandidateCondition& condition) {
  if (condition.nodes.size() != 1 || condition.nodes.front().kind != ConditionKind::kAtom) {
    return nullptr;
  }
  const CandidateAtom& atom = condition.atoms[condition.nodes.front().atom];
  const bool numbers = atom.names.empty() && (atom.kind == CandidateAtom::Kind::kFact ||
                                              atom.kind == CandidateAtom::Kind::kList ||
                                              atom.kind == CandidateAtom::Kind::kLive);
  return numbers ? &atom : nullptr;
}

bool SameFact(const CandidateAtom& a, const CandidateAtom& b) {
  return a.kind == b.kind && a.fact == b.fact && a.price_class == b.price_class &&
         a.comparison == b.comparison && a.name == b.name && a.live_fact == b.live_fact &&
         a.window_s == b.window_s && a.list_fact == b.list_fact;
}

ClaimEdit CompareBounds(const PolicyModel& older, const AssertModel& before,
                        const PolicyModel& newer, const AssertModel& after) {
  if (before.kind != after.kind) return ClaimEdit::kUnknown;
  if (before.kind != ClaimKind::kAlways && before.kind != ClaimKind::kNever) {
    return ClaimEdit::kNotLooser;
  }
  if (DumpCondition(older, before.claim) == DumpCondition(newer, after.claim)) {
    return ClaimEdit::kNotLooser;
  }
  const CandidateAtom* was = Bound(before.claim);
  const CandidateAtom* is = Bound(after.claim);
  if (was == nullptr || is == nullptr || !SameFact(*was, *is)) return ClaimEdit::kUnknown;
  const bool always = before.kind == ClaimKind::kAlways;
  switch (was->comparison) {
    case Comparison::kLess:
    case Comparison::kLessEqual:
      return (is->value < was->value) == always ? ClaimEdit::kNotLooser : ClaimEdit::kLooser;
    case Comparison::kGreater:
    case Comparison::kGreaterEqual:
      return (is->value > was->value) == always ? ClaimEdit::kNotLooser : ClaimEdit::kLooser;
    case Comparison::kEqual:
    case Comparison::kNotEqual:
      break;
  }
  return ClaimEdit::kUnknown;
}

}  // namespace

ClaimEdit CompareClaims(const PolicyModel& older, Index before, const PolicyModel& newer,
                        Index after) {
  const ClaimEdit bounds = CompareBounds(older, older.asserts[before], newer, newer.asserts[after]);
  if (bounds == ClaimEdit::kUnknown) return bounds;
  const ClaimEdit requests = CompareRequests(older, before, newer, after);
  return bounds == ClaimEdit::kLooser ? bounds : requests;
}

}  // namespace mlp::compiler
