#include "compiler/testing/shortest_ways.hpp"

#include <algorithm>
#include <cstddef>
#include <map>
#include <set>
#include <utility>

namespace mlp::compiler {
namespace {

/// Breadth first from one root; of equally short ways the one over the attributes' defaults.
class Walk {
 public:
  Walk(const PolicyModel& model, const Diagram& diagram, std::size_t root)
      : model_(model),
        diagram_(diagram),
        root_(diagram.roots[root]),
        until_s_(root + 1 < diagram.roots.size() ? diagram.roots[root + 1].from_s : kForever),
        parents_(diagram.mdd.node_count(), kNone) {}

  /// Removes from `wanted` what it finds.
  void Run(std::set<std::uint32_t>& wanted, std::map<std::uint32_t, ShortestWay>& found) {
    if (IsTerminal(root_.ref)) {
      if (wanted.erase(Label(root_.ref)) > 0)
        found[Label(root_.ref)] = {Label(root_.ref), root_.from_s, until_s_, {}};
      return;
    }
    std::vector<Ref> queue{root_.ref};
    parents_[root_.ref] = root_.ref;
    for (std::size_t next = 0; next < queue.size() && !wanted.empty(); ++next) {
      for (const Ref child : Children(queue[next])) {
        if (IsTerminal(child)) {
          if (wanted.erase(Label(child)) > 0) found[Label(child)] = WayTo(queue[next], child);
        } else if (parents_[child] == kNone) {
          parents_[child] = queue[next];
          queue.push_back(child);
        }
      }
    }
  }

 private:
  static constexpr Ref kNone = kOverBudget;

  /// The one that the default leads to first, then as the edges stand.
  [[nodiscard]] std::vector<Ref> Children(Ref node) const {
    std::vector<Ref> children;
    const DiagramAxis& axis = diagram_.axes.axes[diagram_.mdd.axis(node)];
    if (axis.kind == AxisKind::kCode) {
      const std::int32_t usual = model_.attributes[axis.attribute].default_code;
      if (usual >= 0) children.push_back(diagram_.mdd.Child(node, usual));
    }
    for (const MddEdge& edge : diagram_.mdd.edges(node)) children.push_back(edge.child);
    return children;
  }

  [[nodiscard]] ShortestWay WayTo(Ref node, Ref child) const {
    ShortestWay way{Label(child), root_.from_s, until_s_, {}};
    for (;;) {
      DiagramTerm::Part part;
      part.axis = diagram_.mdd.axis(node);
      std::int32_t first = 0;
      for (const MddEdge& edge : diagram_.mdd.edges(node)) {
        if (edge.child == child) part.intervals.push_back({first, edge.last});
        first = edge.last + 1;
      }
      way.parts.push_back(std::move(part));
      if (node == root_.ref) break;
      child = node;
      node = parents_[node];
    }
    std::reverse(way.parts.begin(), way.parts.end());
    return way;
  }

  const PolicyModel& model_;
  const Diagram& diagram_;
  const DiagramRoot& root_;
  const std::int64_t until_s_;
  std::vector<Ref> parents_;
};

}  // namespace

std::vector<ShortestWay> ShortestWays(const PolicyModel& model, const Diagram& diagram,
                                      const std::vector<std::uint32_t>& leaves) {
  std::set<std::uint32_t> wanted(leaves.begin(), leaves.end());
  std::map<std::uint32_t, ShortestWay> found;
  for (std::size_t root = 0; root < diagram.roots.size() && !wanted.empty(); ++root)
    Walk(model, diagram, root).Run(wanted, found);
  std::vector<ShortestWay> ways;
  for (const std::uint32_t leaf : leaves) {
    const auto way = found.find(leaf);
    if (way != found.end()) ways.push_back(std::move(way->second));
  }
  return ways;
}

}  // namespace mlp::compiler
