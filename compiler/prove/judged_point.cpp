#include "compiler/prove/judged_point.hpp"

#include <algorithm>
#include <cstdint>

#include "compiler/diagram/reach.hpp"

namespace mlp::compiler {
namespace {

constexpr std::size_t kMostReached = 100'000;

}  // namespace

std::optional<RequestPoint> JudgedPoint(const PolicyModel& model, Diagram& diagram,
                                        const ClaimRegion& region, const Counterexample& found) {
  const Index route = region.labels()[found.label].judged;
  const auto judged = std::find_if(region.judged().begin(), region.judged().end(),
                                   [&](const auto& one) { return one.route == route; });
  Ref requests = judged->requests[found.root];
  for (std::uint32_t axis = 0; axis < diagram.axes.axes.size(); ++axis) {
    const DiagramAxis& facts = diagram.axes.axes[axis];
    const std::int32_t code = found.reached.codes[axis];
    if (facts.attribute == model.input) {
      requests = diagram.mdd.And(requests, diagram.mdd.Interval(axis, 0, found.point.input));
    } else if (facts.attribute != model.asks && code >= 0) {
      requests = diagram.mdd.And(requests, diagram.mdd.Interval(axis, code, code));
    }
  }
  if (requests == kOverBudget) return std::nullopt;
  const auto reached = ReachedLeaves(model, diagram, requests, kMostReached);
  if (!reached) return std::nullopt;
  const auto one = std::find_if(reached->begin(), reached->end(),
                                [](const ReachedLeaf& leaf) { return leaf.leaf != 0; });
  if (one == reached->end()) return std::nullopt;
  RequestPoint point;
  point.codes = one->codes;
  point.asks = one->asks_all;
  point.input = one->first_input;
  point.output = std::max(one->first_output, std::min(found.point.output, one->last_output));
  return point;
}

}  // namespace mlp::compiler
