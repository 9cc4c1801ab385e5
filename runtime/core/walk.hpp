// The steps of a walk through the diagram, inline because the decision's time is spent here.
#pragma once

#include <cstdint>
#include <string_view>

#include "mlp/tables.hpp"

namespace mlp {

/// The number of cuts[first .. last) that are <= code, plus `first`; cuts ascend.
[[nodiscard]] inline std::uint32_t CountCutsUpTo(const std::int32_t* cuts, std::uint32_t first,
                                                 std::uint32_t last, std::int32_t code) noexcept {
  // A comparison that adds 0 or 1 costs no misprediction, so the last few are not halved further.
  constexpr std::uint32_t kScanned = 8;
  while (last - first > kScanned) {
    const std::uint32_t middle = first + (last - first) / 2;
    const bool above = cuts[middle] <= code;
    first = above ? middle + 1 : first;
    last = above ? last : middle;
  }
  std::uint32_t count = first;
  for (std::uint32_t i = first; i < last; ++i) count += static_cast<std::uint32_t>(cuts[i] <= code);
  return count;
}

/// As CountCutsUpTo, for a code that lies in the bucket of cuts[first .. last) of a node with
/// `cut_count` cuts.
[[nodiscard]] inline std::uint32_t CountInBucket(const std::int32_t* cuts, std::uint32_t cut_count,
                                                 std::uint32_t first, std::uint32_t last,
                                                 std::int32_t code) noexcept {
  // Most buckets have few cuts, but how many is as good as random, and a loop over them would
  // mispredict its end. Cuts before the bucket are all <= code and those after it are not, so any
  // window that covers it counts the same.
  constexpr std::uint32_t kWindow = 4;
  if (last - first > kWindow || cut_count < kWindow) return CountCutsUpTo(cuts, first, last, code);
  const std::uint32_t start = first < cut_count - kWindow ? first : cut_count - kWindow;
  std::uint32_t count = start;
  for (std::uint32_t i = start; i < start + kWindow; ++i) {
    count += static_cast<std::uint32_t>(cuts[i] <= code);
  }
  return count;
}

/// The number of an axis's text cuts that are <= text in byte order.
[[nodiscard]] inline std::int32_t TextCode(const Tables& tables, const Axis& axis,
                                           std::string_view text) noexcept {
  const std::string_view* const cuts = tables.text_cuts.data() + axis.first_text_cut;
  std::uint32_t first = 0;
  std::uint32_t last = axis.text_cut_count;
  while (first < last) {
    const std::uint32_t middle = first + (last - first) / 2;
    if (cuts[middle] <= text) {
      first = middle + 1;
    } else {
      last = middle;
    }
  }
  return static_cast<std::int32_t>(first);
}

[[nodiscard]] inline std::int32_t CodeOn(const Tables& tables, const Axis& axis,
                                         const RequestView& request) noexcept {
  switch (axis.kind) {
    case AxisKind::kCode:
      return request.codes[axis.slot];
    case AxisKind::kText:
      return TextCode(tables, axis, request.texts[axis.slot]);
    case AxisKind::kMember:
      return (request.sets[axis.slot] & axis.member) != 0 ? 1 : 0;
  }
  return 0;
}

/// The edge that a node gives to a code.
[[nodiscard]] inline std::uint32_t Follow(const Tables& tables, const Node& node,
                                          std::int32_t code) noexcept {
  const std::uint32_t* const edges = tables.edges.data() + node.first_edge;
  switch (node.kind) {
    case NodeKind::kDense:
      return edges[code];
    case NodeKind::kSorted:
      return edges[CountCutsUpTo(tables.cuts.data() + node.first_cut, 0, node.edge_count - 1,
                                 code)];
    case NodeKind::kBucketed: {
      const std::uint32_t* const bucket =
          tables.buckets.data() + node.first_bucket + (code >> node.shift);
      return edges[CountInBucket(tables.cuts.data() + node.first_cut, node.edge_count - 1,
                                 bucket[0], bucket[1], code)];
    }
  }
  return edges[0];
}

/// Where the bitset index sends a request at a root. Precondition: tables.bitsets is in use.
[[nodiscard]] std::uint32_t FirstTermEdge(const Tables& tables, std::uint32_t root,
                                          const RequestView& request) noexcept;

/// The leaf that `edge` leads to.
[[nodiscard]] inline std::uint32_t WalkToLeaf(const Tables& tables, std::uint32_t edge,
                                              const RequestView& request) noexcept {
  while ((edge & kLeafBit) == 0) {
    const Node& node = tables.nodes[edge];
    edge = Follow(tables, node, CodeOn(tables, tables.axes[node.axis], request));
  }
  return edge & ~kLeafBit;
}

/// FindLeaf of decide.hpp.
[[nodiscard]] inline std::uint32_t WalkFromRoot(const Tables& tables, std::uint32_t root,
                                                const RequestView& request) noexcept {
  const bool plain = tables.bitsets.term_count == 0;
  return WalkToLeaf(tables, plain ? tables.roots[root].edge : FirstTermEdge(tables, root, request),
                    request);
}

}  // namespace mlp
