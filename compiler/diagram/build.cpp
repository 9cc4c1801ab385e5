#include "compiler/diagram/build.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "compiler/diagram/budget_diagrams.hpp"
#include "compiler/diagram/comparable.hpp"
#include "compiler/diagram/condition_diagram.hpp"
#include "compiler/diagram/dates.hpp"
#include "compiler/diagram/limits.hpp"
#include "compiler/diagram/route_diagram.hpp"
#include "compiler/diagram/terms.hpp"

namespace mlp::compiler {
namespace {

class Builder {
 public:
  Builder(const PolicyModel& model, AxisOrder axes, const DiagramOptions& options,
          Diagnostics& diagnostics)
      : model_(model), options_(options), diagnostics_(diagnostics) {
    diagram_.axes = std::move(axes);
  }

  Diagram Build() {
    diagram_.mdd = Mdd(diagram_.axes.Sizes(), options_.budget);
    if (!BuildRoutes()) {
      Fail(TooManyCases());
    } else if (!Combine()) {
      UseTerms();
    }
    diagram_.leaves = leaves_.Take();
    diagram_.mdd.SetBudget(options_.budget);
    diagram_.budgets = BudgetDiagrams(model_, diagram_);
    if (diagram_.mdd.over_budget()) Fail(TooManyCases());
    if (const auto problem = PastTableLimits(model_, diagram_.leaves)) Fail(*problem);
    MergeRoots();
    return std::move(diagram_);
  }

 private:
  /// Each route by itself, at each instant.
  bool BuildRoutes() {
    for (const RouteModel& route : model_.routes) {
      diagram_.conditions.push_back(
          ConditionDiagram(model_, diagram_.axes, diagram_.mdd, route.when));
    }
    for (const std::int64_t at_s : CutPoints(model_)) {
      DiagramRoot root;
      root.from_s = at_s;
      root.ref = kFalse;
      for (Index i = 0; i < model_.routes.size(); ++i) {
        root.routes.push_back(RouteDiagram(model_, diagram_.axes, diagram_.mdd, leaves_, i, at_s));
      }
      if (!diagram_.roots.empty() && diagram_.roots.back().routes == root.routes) continue;
      diagram_.roots.push_back(std::move(root));
    }
    return !diagram_.mdd.over_budget();
  }

  /// False past the budget; then the nodes are as before.
  bool Combine() {
    diagram_.mdd.SetBudget(options_.budget);
    const std::uint32_t node_count = diagram_.mdd.node_count();
    for (DiagramRoot& root : diagram_.roots) {
      std::vector<Ref> gated;
      for (std::size_t i = 0; i < root.routes.size(); ++i) {
        gated.push_back(diagram_.mdd.Gate(diagram_.conditions[i], root.routes[i]));
      }
      root.ref = FirstMatch(gated, 0, gated.size());
      if (root.ref == kOverBudget) {
        diagram_.mdd.Truncate(node_count);
        return false;
      }
    }
    return true;
  }

  /// The first of gated[first .. end-1], in halves: the operation is associative, and halves of
  /// disjoint routes stay small where a list of them would be walked again for each.
  Ref FirstMatch(const std::vector<Ref>& gated, std::size_t first, std::size_t end) {
    if (first == end) return kFalse;
    if (end - first == 1) return gated[first];
    const std::size_t middle = first + (end - first) / 2;
    const Ref front = FirstMatch(gated, first, middle);
    return diagram_.mdd.FirstMatch(front, FirstMatch(gated, middle, end));
  }

  void UseTerms() {
    diagram_.complete = false;
    for (DiagramRoot& root : diagram_.roots) root.ref = kFalse;
    const auto terms = TermsOf(diagram_, options_.max_terms);
    if (!terms) {
      Fail(TooManyCases());
      return;
    }
    diagram_.terms = *terms;
    diagnostics_
        .Add(Code::k0802, model_.span,
             fmt::format(
                 "the conditions of `{}` overlap so much that their diagram passes {} nodes, "
                 "{} steps or {} MB",
                 model_.name, options_.budget.nodes, options_.budget.steps,
                 options_.budget.bytes / 1'000'000))
        .help = {
        "decisions are compiled as an index of conditions instead: exact, but slower",
        "not proved: that every request is served, that every route and candidate is reached, "
        "assertions",
        "let routes overlap less, or split the policy"};
  }

  [[nodiscard]] std::string TooManyCases() const {
    return fmt::format("at most {} nodes, and {} cases of all conditions together on {} attributes",
                       options_.budget.nodes, options_.max_terms, kMaxBitsetAxes);
  }

  void Fail(const std::string& limit) {
    diagnostics_
        .Add(Code::k0801, model_.span,
             fmt::format("the conditions of `{}` pass the compiler's limits", model_.name))
        .help.push_back("split the policy: " + limit);
    // What is left is a policy without routes, so that later passes have something whole to read.
    diagram_.complete = false;
    diagram_.terms.clear();
    diagram_.roots.resize(1);
    diagram_.roots.front().from_s = model_.valid.from_s;
    diagram_.roots.front().ref = kFalse;
    diagram_.roots.front().routes.assign(model_.routes.size(), kFalse);
    diagram_.conditions.clear();
    diagram_.budgets.clear();
  }

  void MergeRoots() {
    if (!diagram_.complete) return;
    const std::vector<Index> judges = JudgeRoutes(model_);
    const auto same = [&](const DiagramRoot& a, const DiagramRoot& b) {
      return a.ref == b.ref && std::all_of(judges.begin(), judges.end(), [&](Index route) {
               return a.routes[route] == b.routes[route];
             });
    };
    auto& roots = diagram_.roots;
    roots.erase(std::unique(roots.begin(), roots.end(), same), roots.end());
  }

  const PolicyModel& model_;
  const DiagramOptions& options_;
  Diagnostics& diagnostics_;
  Diagram diagram_;
  LeafTable leaves_;
};

}  // namespace

std::vector<Index> JudgeRoutes(const PolicyModel& model) {
  std::vector<Index> routes;
  for (const EvaluatorModel& evaluator : model.evaluators) {
    if (evaluator.judge_route != kNoIndex) routes.push_back(evaluator.judge_route);
  }
  std::sort(routes.begin(), routes.end());
  routes.erase(std::unique(routes.begin(), routes.end()), routes.end());
  return routes;
}

Diagram BuildDiagram(const PolicyModel& model, const DiagramOptions& options,
                     Diagnostics& diagnostics) {
  return BuildDiagram(model, OrderAxes(model), options, diagnostics);
}

Diagram BuildDiagram(const PolicyModel& model, AxisOrder axes, const DiagramOptions& options,
                     Diagnostics& diagnostics) {
  return Builder(model, std::move(axes), options, diagnostics).Build();
}

}  // namespace mlp::compiler
