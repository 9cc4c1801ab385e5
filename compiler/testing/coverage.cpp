#include "compiler/testing/coverage.hpp"

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

#include "compiler/diagram/reach.hpp"
#include "compiler/testing/shortest_ways.hpp"
#include "compiler/testing/suggestion.hpp"

namespace mlp::compiler {
namespace {

const DiagramRoot& RootOf(const Diagram& diagram, std::int64_t at_s) {
  const auto after =
      std::upper_bound(diagram.roots.begin(), diagram.roots.end(), at_s,
                       [](std::int64_t at, const DiagramRoot& root) { return at < root.from_s; });
  return after == diagram.roots.begin() ? *after : *std::prev(after);
}

std::int32_t CodeOf(const DiagramAxis& axis, const Tables& tables, const OwnedRequest& request) {
  const std::uint16_t slot = tables.attributes[axis.attribute].slot;
  switch (axis.kind) {
    case AxisKind::kCode:
      return request.codes[slot];
    case AxisKind::kText:
      return TextClass(axis.cuts, request.texts[slot]);
    case AxisKind::kMember:
      return (request.sets[slot] & axis.member) != 0 ? 1 : 0;
  }
  return 0;
}

void CountRoutesAndSteps(const PolicyModel& model, const std::vector<TestResult>& results,
                         Coverage& coverage) {
  std::set<std::string_view> routes;
  std::set<std::pair<std::string_view, std::uint32_t>> steps;
  for (const TestResult& result : results) {
    routes.insert(result.decision.route);
    for (const Explanation::Candidate& candidate : result.decision.candidates)
      steps.emplace(result.decision.route, candidate.step);
  }
  coverage.routes.all = model.routes.size();
  for (const RouteModel& route : model.routes) {
    if (!routes.contains(route.name)) coverage.missed_routes.push_back({route.name, route.span});
    coverage.steps.all += route.steps.size();
    for (std::uint32_t step = 1; step <= route.steps.size(); ++step) {
      if (steps.contains({route.name, step})) continue;
      coverage.missed_steps.push_back({route.name, step, route.steps[step - 1].span});
    }
  }
  coverage.routes.reached = coverage.routes.all - coverage.missed_routes.size();
  coverage.steps.reached = coverage.steps.all - coverage.missed_steps.size();
}

}  // namespace

std::uint32_t LeafOf(const Diagram& diagram, const Tables& tables, const OwnedRequest& request,
                     std::int64_t at_s) {
  Ref ref = RootOf(diagram, at_s).ref;
  while (!IsTerminal(ref)) {
    ref = diagram.mdd.Child(ref, CodeOf(diagram.axes.axes[diagram.mdd.axis(ref)], tables, request));
  }
  return Label(ref);
}

Coverage MeasureCoverage(const PolicyModel& model, const Diagram& diagram, const Tables& tables,
                         const SourceSet& sources, const std::vector<TestResult>& results,
                         std::size_t most) {
  Coverage coverage;
  CountRoutesAndSteps(model, results, coverage);
  coverage.regions_known = diagram.complete;
  if (!diagram.complete) return coverage;

  std::set<std::uint32_t> missed;
  for (const DiagramRoot& root : diagram.roots) {
    for (const std::uint32_t leaf : LeavesBelow(diagram.mdd, root.ref)) missed.insert(leaf);
  }
  coverage.regions.all = missed.size();
  for (const TestResult& result : results) {
    const TestModel& test = model.tests[result.test];
    missed.erase(LeafOf(diagram, tables, RequestOf(model, tables, test), InstantOf(model, test)));
  }
  coverage.regions.reached = coverage.regions.all - missed.size();

  // In the order of the routes; what no route takes comes last.
  std::vector<std::uint32_t> leaves(missed.begin(), missed.end());
  std::stable_sort(leaves.begin(), leaves.end(), [&](std::uint32_t a, std::uint32_t b) {
    return diagram.leaves[a].route < diagram.leaves[b].route;
  });
  if (leaves.size() > most) leaves.resize(most);
  for (const ShortestWay& way : ShortestWays(model, diagram, leaves)) {
    const Index route = diagram.leaves[way.leaf].route;
    MissedRegion region;
    if (route != kNoIndex) region.route = model.routes[route].name;
    region.when = RegionWords(model, diagram.axes, way.parts);
    region.from_s = way.from_s;
    region.dated = way.from_s != diagram.roots.front().from_s;
    region.test = SuggestTest(model, diagram, tables, sources, way, region);
    coverage.missed_regions.push_back(std::move(region));
  }
  return coverage;
}

}  // namespace mlp::compiler
