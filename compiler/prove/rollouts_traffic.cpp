#include "compiler/prove/rollouts_traffic.hpp"

#include <algorithm>

#include "compiler/diagram/dates.hpp"
#include "compiler/diagram/request_words.hpp"

namespace mlp::compiler {
namespace {

constexpr std::size_t kMostReached = 2'000'000;

}  // namespace

bool ForEachServed(const PolicyModel& model, const Diagram& diagram,
                   const std::function<void(const ServedRequests&)>& look) {
  for (std::size_t root = 0; root < diagram.roots.size(); ++root) {
    const auto all = ReachedLeaves(model, diagram, diagram.roots[root].ref, kMostReached);
    if (!all) return false;
    for (const ReachedLeaf& reached : *all) {
      const DiagramLeaf& leaf = diagram.leaves[reached.leaf];
      if (leaf.kind == LeafKind::kServe) look({root, leaf, reached});
    }
  }
  return true;
}

bool IsFor(const std::vector<Index>& routes, Index route) {
  return routes.empty() || std::find(routes.begin(), routes.end(), route) != routes.end();
}

Witness WitnessAt(const PolicyModel& model, const Diagram& diagram, const ServedRequests& served,
                  std::uint64_t asks, std::int64_t input, std::int64_t capped_output) {
  RequestPoint point;
  point.codes = served.reached.codes;
  point.asks = asks;
  point.input = input;
  point.output = std::max(capped_output, served.reached.first_output);
  Witness witness = WitnessOf(model, diagram.axes, point);
  if (diagram.roots.size() > 1)
    witness.emplace_back("@date", FormatInstant(diagram.roots[served.root].from_s));
  return witness;
}

TokenRange CappedRange(const PolicyModel& model, const ServedRequests& served) {
  const std::int64_t cap = model.routes[served.leaf.route].output_cap;
  const ReachedLeaf& reached = served.reached;
  return {reached.first_input, reached.last_input, std::min(reached.first_output, cap),
          std::min(reached.last_output, cap)};
}

}  // namespace mlp::compiler
