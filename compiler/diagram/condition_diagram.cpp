#include "compiler/diagram/condition_diagram.hpp"

#include <algorithm>

namespace mlp::compiler {
namespace {

class Builder {
 public:
  Builder(const PolicyModel& model, const AxisOrder& axes, Mdd& mdd, const Condition& condition)
      : model_(model), axes_(axes), mdd_(mdd), condition_(condition) {}

  Ref Build(std::uint32_t id) {
    const Condition::Node& node = condition_.nodes[id];
    switch (node.kind) {
      case ConditionKind::kTrue:
        return kTrue;
      case ConditionKind::kFalse:
        return kFalse;
      case ConditionKind::kNot:
        return mdd_.Not(Build(node.operands.front()));
      case ConditionKind::kAtom:
        return AtomDiagram(model_, axes_, mdd_, condition_.atoms[node.atom]);
      case ConditionKind::kAnd:
      case ConditionKind::kOr: {
        std::vector<Ref> parts;
        for (const std::uint32_t operand : node.operands) parts.push_back(Build(operand));
        return Fold(std::move(parts), node.kind == ConditionKind::kAnd);
      }
    }
    return kFalse;
  }

 private:
  /// In pairs, then pairs of pairs: a long `in` list stays linear times its logarithm.
  Ref Fold(std::vector<Ref> parts, bool conjunction) {
    if (parts.empty()) return conjunction ? kTrue : kFalse;
    while (parts.size() > 1) {
      std::size_t kept = 0;
      for (std::size_t i = 0; i + 1 < parts.size(); i += 2) {
        parts[kept++] =
            conjunction ? mdd_.And(parts[i], parts[i + 1]) : mdd_.Or(parts[i], parts[i + 1]);
      }
      if (parts.size() % 2 != 0) parts[kept++] = parts.back();
      parts.resize(kept);
    }
    return parts.front();
  }

  const PolicyModel& model_;
  const AxisOrder& axes_;
  Mdd& mdd_;
  const Condition& condition_;
};

}  // namespace

Ref AtomDiagram(const PolicyModel& model, const AxisOrder& axes, Mdd& mdd,
                const RequestAtom& atom) {
  if (atom.kind == RequestAtom::Kind::kHasMember) {
    // A member that may not be given is never in the set.
    if ((atom.members & ~model.attributes[atom.attribute].members) != 0) return kFalse;
    Ref all = kTrue;
    for (unsigned bit = 0; bit < 64; ++bit) {
      const std::uint64_t member = std::uint64_t{1} << bit;
      if ((atom.members & member) == 0) continue;
      all = mdd.And(all, mdd.Interval(axes.Find(atom.attribute, member), 1, 1));
    }
    return all;
  }
  const Index axis = axes.Find(atom.attribute);
  switch (atom.kind) {
    case RequestAtom::Kind::kCodeRange:
      return mdd.Interval(axis, atom.first, atom.last);
    case RequestAtom::Kind::kTextEqual: {
      const std::int32_t text = TextClass(axes.axes[axis].cuts, atom.text);
      return mdd.Interval(axis, text, text);
    }
    case RequestAtom::Kind::kTextPrefix: {
      if (atom.text.empty()) return kTrue;
      const auto& cuts = axes.axes[axis].cuts;
      const std::int32_t first = TextClass(cuts, atom.text);
      const auto end = std::find_if(cuts.begin() + first, cuts.end(), [&](const std::string& cut) {
        return !cut.starts_with(atom.text);
      });
      return mdd.Interval(axis, first, end - cuts.begin());
    }
    case RequestAtom::Kind::kHasMember:
      break;
  }
  return kFalse;
}

Ref ConditionDiagram(const PolicyModel& model, const AxisOrder& axes, Mdd& mdd,
                     const Condition& condition) {
  if (condition.always()) return kTrue;
  return Builder(model, axes, mdd, condition).Build(condition.root);
}

Condition AfterCap(Condition condition, Index output, std::int64_t cap) {
  for (RequestAtom& atom : condition.atoms) {
    if (atom.kind != RequestAtom::Kind::kCodeRange || atom.attribute != output) continue;
    if (atom.first <= cap && cap <= atom.last) atom.last = kUnlimited;
    if (atom.first > cap) atom = RequestAtom{RequestAtom::Kind::kCodeRange, output, 1, 0, {}, 0};
  }
  return condition;
}

}  // namespace mlp::compiler
