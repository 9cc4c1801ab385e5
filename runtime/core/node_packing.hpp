// How a diagram node is laid out in arrays: chosen here once, for the compiler, which fills Tables
// with it, and for benchmarks of the search. The layouts themselves are in mlp/tables.hpp (Node).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "mlp/tables.hpp"

namespace mlp {

/// Owns what Tables::nodes, edges, cuts and buckets point at.
struct NodeArrays {
  std::vector<Node> nodes;
  std::vector<std::uint32_t> edges;
  std::vector<std::int32_t> cuts;
  std::vector<std::uint32_t> buckets;
};

/// Appends a node and returns its index in `arrays.nodes`, which is the edge that leads to it.
///
/// `axis` is an index in Tables::axes. `cuts` ascends strictly, within 1 .. code_count-1; edges[0]
/// is taken by codes below cuts[0], edges[i] by codes of cuts[i-1] .. cuts[i]-1, the last one by
/// the rest, so that edges.size() == cuts.size() + 1. An edge is a node's index, or a leaf's with
/// kLeafBit.
///
/// `code_count`: the codes are 0 .. code_count-1: the attribute's size for AxisKind::kCode, the
/// number of text cuts + 1 for kText, 2 for kMember.
///
/// The choice is a function of the arguments alone: kDense where the codes are few or hardly more
/// than the edges, kSorted for a few cuts, else kBucketed with about one bucket for each cut.
std::uint32_t AppendNode(NodeArrays& arrays, std::uint16_t axis, std::int32_t code_count,
                         std::span<const std::int32_t> cuts, std::span<const std::uint32_t> edges);

/// As AppendNode, with the layout given: for tests and measurements of one layout.
std::uint32_t AppendNodeAs(NodeArrays& arrays, NodeKind kind, std::uint16_t axis,
                           std::int32_t code_count, std::span<const std::int32_t> cuts,
                           std::span<const std::uint32_t> edges);

}  // namespace mlp
