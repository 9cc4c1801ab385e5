// Which requests a rollout or an experiment stands for: the leaves that they end at.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "compiler/diag/diagnostic.hpp"
#include "compiler/diagram/build.hpp"
#include "compiler/diagram/reach.hpp"
#include "compiler/diagram/token_point.hpp"
#include "compiler/model/policy.hpp"

namespace mlp::compiler {

/// Requests that end at a leaf which serves them, from `roots[root]` on.
struct ServedRequests {
  std::size_t root = 0;
  const DiagramLeaf& leaf;
  const ReachedLeaf& reached;
};

/// Calls `look` for all of them, roots in order; false where there are too many (MLP0802 has said
/// so). Precondition: the diagram is complete.
bool ForEachServed(const PolicyModel& model, const Diagram& diagram,
                   const std::function<void(const ServedRequests&)>& look);

/// Whether a rollout or experiment `for` these routes (none: all) concerns the route.
[[nodiscard]] bool IsFor(const std::vector<Index>& routes, Index route);

/// A request of the served ones with these asks and tokens (output as the route's cap leaves it),
/// and its date where others differ.
[[nodiscard]] Witness WitnessAt(const PolicyModel& model, const Diagram& diagram,
                                const ServedRequests& served, std::uint64_t asks,
                                std::int64_t input, std::int64_t capped_output);

/// The tokens of the served requests, output as the route's cap leaves it.
[[nodiscard]] TokenRange CappedRange(const PolicyModel& model, const ServedRequests& served);

}  // namespace mlp::compiler
