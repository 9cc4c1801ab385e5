#include "compiler/diagram/reach.hpp"

#include <algorithm>
#include <set>
#include <tuple>

namespace mlp::compiler {
namespace {

/// Depth first; a node is entered once per state, since only asks and tokens bear on a leaf's rows.
class Walker {
 public:
  Walker(const PolicyModel& model, const Diagram& diagram, std::size_t most)
      : model_(model), diagram_(diagram), most_(most) {
    state_.codes.assign(diagram.axes.axes.size(), -1);
    if (model.input != kNoIndex) state_.last_input = model.attributes[model.input].size - 1;
    if (model.output != kNoIndex) state_.last_output = model.attributes[model.output].size - 1;
  }

  bool Walk(Ref ref) {
    const auto key = std::tuple(ref, state_.asks_all, state_.asks_none, state_.first_input,
                                state_.last_input, state_.first_output, state_.last_output);
    if (!seen_.insert(key).second) return true;
    if (seen_.size() > most_) return false;
    if (IsTerminal(ref)) {
      state_.leaf = Label(ref);
      found.push_back(state_);
      return true;
    }
    const std::uint32_t axis = diagram_.mdd.axis(ref);
    // The usual value first: of several ways to a leaf the first is kept as its example.
    const std::int32_t usual = Usual(axis);
    if (!WalkEdges(ref, usual, true)) return false;
    return WalkEdges(ref, usual, false);
  }

  std::vector<ReachedLeaf> found;

 private:
  bool WalkEdges(Ref ref, std::int32_t usual, bool the_usual_one) {
    const std::uint32_t axis = diagram_.mdd.axis(ref);
    std::int32_t first = 0;
    for (const MddEdge& edge : diagram_.mdd.edges(ref)) {
      const bool is_usual = first <= usual && usual <= edge.last;
      if (is_usual == the_usual_one) {
        const ReachedLeaf before = state_;
        Enter(axis, first, edge.last, is_usual ? usual : first);
        const bool fits = Walk(edge.child);
        state_ = before;
        if (!fits) return false;
      }
      first = edge.last + 1;
    }
    return true;
  }

  /// The default, or among texts the class of `other`.
  [[nodiscard]] std::int32_t Usual(std::uint32_t axis) const {
    const DiagramAxis& facts = diagram_.axes.axes[axis];
    switch (facts.kind) {
      case AxisKind::kText:
        return TextClass(facts.cuts, "other");
      case AxisKind::kMember:
        return 0;
      case AxisKind::kCode:
        break;
    }
    return std::max(model_.attributes[facts.attribute].default_code, 0);
  }

  void Enter(std::uint32_t axis, std::int32_t first, std::int32_t last, std::int32_t example) {
    const DiagramAxis& facts = diagram_.axes.axes[axis];
    state_.codes[axis] = example;
    if (facts.kind == AxisKind::kMember && facts.attribute == model_.asks) {
      (first == 1 ? state_.asks_all : state_.asks_none) |= facts.member;
    } else if (facts.attribute == model_.input) {
      state_.first_input = first;
      state_.last_input = last;
    } else if (facts.attribute == model_.output) {
      state_.first_output = first;
      state_.last_output = last;
    }
  }

  const PolicyModel& model_;
  const Diagram& diagram_;
  std::size_t most_;
  ReachedLeaf state_;
  std::set<std::tuple<Ref, std::uint64_t, std::uint64_t, std::int64_t, std::int64_t, std::int64_t,
                      std::int64_t>>
      seen_;
};

}  // namespace

std::optional<std::vector<ReachedLeaf>> ReachedLeaves(const PolicyModel& model,
                                                      const Diagram& diagram, Ref root,
                                                      std::size_t most) {
  Walker walker(model, diagram, most);
  if (!walker.Walk(root)) return std::nullopt;
  return std::move(walker.found);
}

std::vector<std::uint32_t> LeavesBelow(const Mdd& mdd, Ref root) {
  std::set<std::uint32_t> leaves;
  std::vector<bool> seen(mdd.node_count());
  std::vector<Ref> open{root};
  while (!open.empty()) {
    const Ref ref = open.back();
    open.pop_back();
    if (IsTerminal(ref)) {
      leaves.insert(Label(ref));
    } else if (!seen[ref]) {
      seen[ref] = true;
      for (const MddEdge& edge : mdd.edges(ref)) open.push_back(edge.child);
    }
  }
  return {leaves.begin(), leaves.end()};
}

}  // namespace mlp::compiler
