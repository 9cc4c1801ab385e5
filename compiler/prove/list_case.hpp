// What a claim about lists is asked of: the rows of one leaf at one instant.
#pragma once

#include <cstdint>
#include <vector>

#include "compiler/diagram/chain.hpp"
#include "compiler/prove/ask.hpp"

namespace mlp::compiler {

/// Rows of a leaf in the order in which they are tried.
using RowList = std::vector<std::uint32_t>;

/// Borrows both; they live longer.
struct ListCase {
  ListCase(const ClaimContext& claim_context, const ClaimCase& claim_case)
      : context(claim_context),
        at(claim_case),
        model(context.model),
        label(context.region.labels()[at.label]),
        leaf(context.diagram.leaves[label.leaf]),
        route(model.routes[leaf.route]),
        limits(LimitsOf(route)),
        place{leaf.route, at.at_s, label.bits} {}

  const ClaimContext& context;
  const ClaimCase& at;
  const PolicyModel& model;
  const ClaimRegion::Label& label;
  const DiagramLeaf& leaf;
  const RouteModel& route;
  const ChainLimits limits;
  const RowPlace place;
};

}  // namespace mlp::compiler
