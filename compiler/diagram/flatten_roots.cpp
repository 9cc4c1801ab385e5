#include <algorithm>
#include <memory>
#include <string>

#include "compiler/diagram/flatten_parts.hpp"

namespace mlp::compiler {
namespace {

class RootFlattener {
 public:
  RootFlattener(const Diagram& diagram, const TableNumbers& numbers, OwnedTables::Storage& out)
      : diagram_(diagram),
        numbers_(numbers),
        out_(out),
        node_number_(diagram.mdd.node_count(), kNoIndex) {}

  void Run(const PolicyModel& model) {
    AddAxes();
    AddRoots();
    for (const EvaluatorModel& evaluator : model.evaluators) AddJudge(evaluator.judge_route);
  }

  std::vector<std::uint32_t> AddBudgets() {
    // A node may serve both the routes and a budget, but labels mean other things here.
    std::fill(node_number_.begin(), node_number_.end(), kNoIndex);
    labels_are_leaves_ = false;
    std::vector<std::uint32_t> edges;
    for (const DiagramBudget& budget : diagram_.budgets) {
      edges.push_back(EdgeTo(budget.when));
      ForEachOnlyCase(
          budget, [&](const DiagramBudget::OnlyCase& one) { edges.push_back(EdgeTo(one.when)); });
    }
    return edges;
  }

 private:
  void AddAxes() {
    for (std::size_t i = 0; i < diagram_.axes.axes.size(); ++i) {
      if (numbers_.axis[i] == kNoIndex) continue;
      const DiagramAxis& from = diagram_.axes.axes[i];
      Axis to{};
      to.kind = from.kind;
      to.slot = numbers_.slot[from.attribute];
      to.member = from.member;
      if (from.kind == AxisKind::kText) {
        to.first_text_cut = static_cast<std::uint32_t>(out_.text_cuts.size());
        to.text_cut_count = static_cast<std::uint32_t>(from.cuts.size());
        for (const std::string& cut : from.cuts) out_.text_cuts.push_back(out_.Text(cut));
      }
      out_.axes.push_back(to);
    }
  }

  /// The edge that leads to a diagram; its nodes are laid out children first.
  std::uint32_t EdgeTo(Ref ref) {
    if (IsTerminal(ref)) {
      return (labels_are_leaves_ ? numbers_.leaf[Label(ref)] : Label(ref)) | kLeafBit;
    }
    if (node_number_[ref] != kNoIndex) return node_number_[ref];
    const auto from = diagram_.mdd.edges(ref);
    std::vector<std::int32_t> cuts;
    std::vector<std::uint32_t> edges;
    for (const MddEdge& edge : from) {
      edges.push_back(EdgeTo(edge.child));
      cuts.push_back(edge.last + 1);
    }
    cuts.pop_back();
    const std::uint32_t axis = diagram_.mdd.axis(ref);
    return node_number_[ref] = AppendNode(out_.nodes, Narrow16(numbers_.axis[axis]),
                                          diagram_.mdd.axis_size(axis), cuts, edges);
  }

  void AddRoots() {
    if (!diagram_.terms.empty()) {
      AddBitsets();
      return;
    }
    for (const DiagramRoot& root : diagram_.roots) {
      out_.roots.push_back({root.from_s, EdgeTo(root.ref)});
    }
  }

  void AddJudge(Index route) {
    std::vector<Root> roots;
    if (route != kNoIndex) {
      for (const DiagramRoot& root : diagram_.roots) {
        const std::uint32_t edge = EdgeTo(root.routes[route]);
        if (roots.empty() || roots.back().edge != edge) roots.push_back({root.from_s, edge});
      }
    }
    out_.judge_roots.push_back(std::move(roots));
  }

  void AddBitsets() {
    const auto count = static_cast<std::uint32_t>(diagram_.terms.size());
    out_.bitsets = std::make_unique<BitsetLayout>(count);
    // Before any node: the cuts of all asked axes lie together.
    for (std::uint32_t axis = 0; axis < diagram_.axes.axes.size(); ++axis) AddBitsetAxis(axis);
    for (const DiagramRoot& root : diagram_.roots) {
      const std::uint32_t no_route = EdgeTo(root.ref);
      for (const DiagramTerm& term : diagram_.terms) {
        out_.bitsets->edge.push_back(EdgeTo(root.routes[term.route]));
      }
      out_.bitsets->no_term_edge.push_back(no_route);
      out_.roots.push_back({root.from_s, no_route});
    }
  }

  void AddBitsetAxis(std::uint32_t axis) {
    const auto part_of = [axis](const DiagramTerm& term) -> const DiagramTerm::Part* {
      for (const DiagramTerm::Part& part : term.parts) {
        if (part.axis == axis) return &part;
      }
      return nullptr;
    };
    std::vector<std::int32_t> cuts;
    for (const DiagramTerm& term : diagram_.terms) {
      const DiagramTerm::Part* part = part_of(term);
      if (part == nullptr) continue;
      for (const auto& interval : part->intervals) {
        if (interval.first > 0) cuts.push_back(interval.first);
        if (interval.last + 1 < diagram_.mdd.axis_size(axis)) cuts.push_back(interval.last + 1);
      }
    }
    if (cuts.empty()) return;
    std::sort(cuts.begin(), cuts.end());
    cuts.erase(std::unique(cuts.begin(), cuts.end()), cuts.end());
    const auto class_of = [&](std::int32_t code) {
      return static_cast<std::size_t>(std::upper_bound(cuts.begin(), cuts.end(), code) -
                                      cuts.begin());
    };
    std::vector<TermSet> sets(cuts.size() + 1, TermSet((diagram_.terms.size() + 63) / 64, 0));
    for (std::size_t t = 0; t < diagram_.terms.size(); ++t) {
      const DiagramTerm::Part* part = part_of(diagram_.terms[t]);
      const DiagramTerm::Interval whole{0, diagram_.mdd.axis_size(axis) - 1};
      const std::span<const DiagramTerm::Interval> intervals =
          part == nullptr ? std::span(&whole, 1) : std::span(part->intervals);
      for (const DiagramTerm::Interval& interval : intervals) {
        for (std::size_t c = class_of(interval.first); c <= class_of(interval.last); ++c) {
          sets[c][t / 64] |= std::uint64_t{1} << (t % 64);
        }
      }
    }
    out_.bitsets->AddAxis(Narrow16(numbers_.axis[axis]), cuts, sets, out_.nodes.cuts);
  }

  const Diagram& diagram_;
  const TableNumbers& numbers_;
  OwnedTables::Storage& out_;
  std::vector<std::uint32_t> node_number_;
  bool labels_are_leaves_ = true;
};

}  // namespace

std::vector<std::uint32_t> FlattenRoots(const Diagram& diagram, const PolicyModel& model,
                                        const TableNumbers& numbers, OwnedTables::Storage& out) {
  RootFlattener flattener(diagram, numbers, out);
  flattener.Run(model);
  return flattener.AddBudgets();
}

}  // namespace mlp::compiler
