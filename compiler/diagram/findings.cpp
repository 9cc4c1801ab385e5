#include "compiler/diagram/findings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "compiler/diagram/candidate_findings.hpp"
#include "compiler/diagram/condition_diagram.hpp"
#include "compiler/diagram/reach.hpp"
#include "compiler/diagram/request_words.hpp"

namespace mlp::compiler {
namespace {

constexpr std::size_t kMostRegions = 3;
constexpr std::size_t kMostNamed = 5;
// Dead routes whose covering routes are looked for: each takes a walk over all routes before it.
constexpr std::size_t kMostExplained = 100;

/// `a`, `b` and 3 more.
std::string NameList(const std::vector<std::string>& names) {
  std::string text;
  const std::size_t shown = names.size() > kMostNamed ? kMostNamed : names.size();
  for (std::size_t i = 0; i < shown; ++i) {
    if (i > 0) text += i + 1 == shown && shown == names.size() ? " and " : ", ";
    text += fmt::format("`{}`", names[i]);
  }
  if (shown < names.size()) text += fmt::format(" and {} more", names.size() - shown);
  return text;
}

class Finder {
 public:
  Finder(const PolicyModel& model, Diagram& diagram, Diagnostics& diagnostics, MddBudget budget)
      : model_(model), diagram_(diagram), diagnostics_(diagnostics), budget_(budget) {}

  void Find() {
    if (diagram_.conditions.size() != model_.routes.size()) return;  // MLP0801 has said so
    // What follows only adds to the diagram that is built; its budget begins anew.
    diagram_.mdd.SetBudget(budget_);
    Conditions();
    if (!diagram_.complete) return;
    Unrouted();
    DeadRoutes();
    FindCandidateProblems(model_, diagram_, live_routes_, diagnostics_);
  }

 private:
  // ------------------------------------------------------------ MLP0404

  void Conditions() {
    for (std::size_t i = 0; i < model_.routes.size(); ++i) {
      const RouteModel& route = model_.routes[i];
      if (!route.otherwise) {
        CheckCondition(diagram_.conditions[i], route.when, route.when_span,
                       fmt::format("condition of route `{}`", route.name),
                       "write `otherwise` for a route that takes the rest");
      }
      if (!route.cache_when.always()) {
        const Condition seen = AfterCap(route.cache_when, model_.output, route.output_cap);
        CheckCondition(ConditionDiagram(model_, diagram_.axes, diagram_.mdd, seen),
                       route.cache_when, route.cache_span,
                       fmt::format("cache condition of route `{}`", route.name),
                       "leave the condition out");
      }
    }
    for (const BudgetModel& budget : model_.budgets) {
      CheckCondition(ConditionDiagram(model_, diagram_.axes, diagram_.mdd, budget.when),
                     budget.when, budget.span, fmt::format("condition of budget `{}`", budget.name),
                     "leave the condition out");
    }
  }

  void CheckCondition(Ref ref, const Condition& condition, Span span, const std::string& what,
                      const char* always_help) {
    if (condition.always() || (ref != kTrue && ref != kFalse)) return;
    const Span own = condition.nodes[condition.root].span;
    if (own.begin != own.end) span = own;
    if (ref == kFalse) {
      Diagnostic& diagnostic = diagnostics_.Add(Code::k0404, span, what + " can never hold");
      diagnostic.severity = Severity::kError;
      diagnostic.help.emplace_back("no request has all of these values at once; loosen a part");
    } else {
      diagnostics_.Add(Code::k0404, span, what + " always holds").help.emplace_back(always_help);
    }
  }

  // ------------------------------------------------------------ MLP0401

  void Unrouted() {
    std::vector<Ref> parts = diagram_.conditions;
    if (parts.empty()) parts.push_back(kFalse);
    while (parts.size() > 1) {
      std::size_t kept = 0;
      for (std::size_t i = 0; i + 1 < parts.size(); i += 2) {
        parts[kept++] = diagram_.mdd.Or(parts[i], parts[i + 1]);
      }
      if (parts.size() % 2 != 0) parts[kept++] = parts.back();
      parts.resize(kept);
    }
    if (parts.front() == kTrue || parts.front() == kOverBudget) return;
    const auto regions = Regions(diagram_.mdd, parts.front(), kFalse, kMostRegions + 1);
    Diagnostic& diagnostic = diagnostics_.Add(
        Code::k0401, model_.span,
        regions.front().empty() ? std::string("no route takes any request")
                                : fmt::format("no route takes requests with {}",
                                              RegionWords(model_, diagram_.axes, regions.front())));
    for (std::size_t i = 1; i < regions.size() && i < kMostRegions; ++i) {
      diagnostic.help.push_back(
          fmt::format("nor those with {}", RegionWords(model_, diagram_.axes, regions[i])));
    }
    if (regions.size() > kMostRegions) diagnostic.help.emplace_back("and there are more");
    diagnostic.help.emplace_back(
        "end the policy with `route NAME otherwise { ... }`, which may `refuse \"why\"`");
    diagnostic.witness =
        WitnessOf(model_, diagram_.axes, PointOf(model_, diagram_.axes, regions.front()));
  }

  // ------------------------------------------------------------ MLP0402

  void DeadRoutes() {
    live_routes_.assign(model_.routes.size(), false);
    for (const DiagramRoot& root : diagram_.roots) {
      for (const std::uint32_t leaf : LeavesBelow(diagram_.mdd, root.ref)) {
        const Index route = diagram_.leaves[leaf].route;
        if (route != kNoIndex) live_routes_[route] = true;
      }
    }
    for (Index i = 0; i < model_.routes.size(); ++i) {
      if (!live_routes_[i] && diagram_.conditions[i] != kFalse) DeadRoute(i);
    }
  }

  void DeadRoute(Index dead) {
    const RouteModel& route = model_.routes[dead];
    std::vector<std::string> names;
    std::vector<Related> related;
    Ref left = diagram_.conditions[dead];
    const Index looked_at = explained_++ < kMostExplained ? dead : 0;
    for (Index i = 0; i < looked_at && left != kFalse; ++i) {
      const Ref next = diagram_.mdd.And(left, diagram_.mdd.Not(diagram_.conditions[i]));
      if (next == kOverBudget) {
        names.clear();
        related.clear();
        break;
      }
      if (next == left) continue;
      names.push_back(model_.routes[i].name);
      if (related.size() < kMostNamed) {
        related.push_back({model_.routes[i].span,
                           next == kFalse && names.size() == 1
                               ? fmt::format("`{}` takes all of them", model_.routes[i].name)
                               : fmt::format("`{}` takes some of them", model_.routes[i].name)});
      }
      left = next;
    }
    Diagnostic& diagnostic = diagnostics_.Add(
        Code::k0402, route.span,
        names.empty()
            ? fmt::format("route `{}` can never be chosen", route.name)
            : fmt::format("route `{}` can never be chosen: {} {} its requests first", route.name,
                          NameList(names), names.size() == 1 ? "takes" : "take"));
    diagnostic.related = std::move(related);
    diagnostic.help.emplace_back("move it before them, narrow their conditions, or remove it");
  }

  const PolicyModel& model_;
  Diagram& diagram_;
  Diagnostics& diagnostics_;
  MddBudget budget_;
  std::vector<bool> live_routes_;
  std::size_t explained_ = 0;
};

}  // namespace

void FindDecisionProblems(const PolicyModel& model, Diagram& diagram, Diagnostics& diagnostics,
                          const MddBudget& budget) {
  Finder(model, diagram, diagnostics, budget).Find();
}

}  // namespace mlp::compiler
