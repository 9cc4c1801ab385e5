#include "runtime/core/node_packing.hpp"

#include <cstddef>

namespace mlp {
namespace {

constexpr std::int32_t kDenseCodes = 64;  // four cache lines of edges: always cheaper than a search
constexpr std::int32_t kDenseCodesPerEdge =
    2;  // up to here a dense array is smaller than cuts and buckets
constexpr std::size_t kScannedCuts = 8;  // half a cache line, compared without a branch

NodeKind ChooseKind(std::int32_t code_count, std::size_t edge_count) {
  if (code_count <= kDenseCodes) return NodeKind::kDense;
  if (static_cast<std::size_t>(code_count / kDenseCodesPerEdge) <= edge_count)
    return NodeKind::kDense;
  return edge_count - 1 <= kScannedCuts ? NodeKind::kSorted : NodeKind::kBucketed;
}

/// The largest shift that leaves at least one bucket for each cut.
std::uint8_t ChooseShift(std::int32_t code_count, std::size_t cut_count) {
  std::uint8_t shift = 0;
  while (static_cast<std::size_t>(code_count >> (shift + 1)) >= cut_count && shift < 30) ++shift;
  return shift;
}

void AppendDenseEdges(NodeArrays& arrays, std::int32_t code_count,
                      std::span<const std::int32_t> cuts, std::span<const std::uint32_t> edges) {
  std::size_t edge = 0;
  for (std::int32_t code = 0; code < code_count; ++code) {
    if (edge < cuts.size() && cuts[edge] == code) ++edge;
    arrays.edges.push_back(edges[edge]);
  }
}

void AppendBuckets(NodeArrays& arrays, std::int32_t code_count, std::uint8_t shift,
                   std::span<const std::int32_t> cuts) {
  // One entry beyond the last bucket, so that every bucket has an upper bound.
  const std::int32_t bucket_count = ((code_count - 1) >> shift) + 1;
  std::uint32_t below = 0;
  for (std::int64_t bucket = 0; bucket <= bucket_count; ++bucket) {
    while (below < cuts.size() && cuts[below] < bucket << shift) ++below;
    arrays.buckets.push_back(below);
  }
}

}  // namespace

std::uint32_t AppendNode(NodeArrays& arrays, std::uint16_t axis, std::int32_t code_count,
                         std::span<const std::int32_t> cuts, std::span<const std::uint32_t> edges) {
  return AppendNodeAs(arrays, ChooseKind(code_count, edges.size()), axis, code_count, cuts, edges);
}

std::uint32_t AppendNodeAs(NodeArrays& arrays, NodeKind kind, std::uint16_t axis,
                           std::int32_t code_count, std::span<const std::int32_t> cuts,
                           std::span<const std::uint32_t> edges) {
  Node node{};
  node.first_edge = static_cast<std::uint32_t>(arrays.edges.size());
  node.first_cut = static_cast<std::uint32_t>(arrays.cuts.size());
  node.first_bucket = static_cast<std::uint32_t>(arrays.buckets.size());
  node.axis = axis;
  node.kind = kind;
  if (kind == NodeKind::kDense) {
    node.edge_count = static_cast<std::uint32_t>(code_count);
    AppendDenseEdges(arrays, code_count, cuts, edges);
  } else {
    node.edge_count = static_cast<std::uint32_t>(edges.size());
    arrays.edges.insert(arrays.edges.end(), edges.begin(), edges.end());
    arrays.cuts.insert(arrays.cuts.end(), cuts.begin(), cuts.end());
    if (kind == NodeKind::kBucketed) {
      node.shift = ChooseShift(code_count, cuts.size());
      AppendBuckets(arrays, code_count, node.shift, cuts);
    }
  }
  arrays.nodes.push_back(node);
  return static_cast<std::uint32_t>(arrays.nodes.size() - 1);
}

}  // namespace mlp
