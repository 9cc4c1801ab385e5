// Which leaves a root reaches, and for which asks and tokens: what is needed to solve a leaf's
// bounds.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "compiler/diagram/build.hpp"

namespace mlp::compiler {

/// Requests that end at one leaf: all with the asks in `asks_all`, none of `asks_none`, and tokens
/// in the box (output before any cap).
struct ReachedLeaf {
  std::uint32_t leaf = 0;
  std::uint64_t asks_all = 0;
  std::uint64_t asks_none = 0;
  std::int64_t first_input = 0;
  std::int64_t last_input = 0;
  std::int64_t first_output = 0;
  std::int64_t last_output = 0;
  std::vector<std::int32_t> codes;  ///< per axis a code on the way, -1 where any will do
};

/// Every combination once, with one way to it; nothing past `most` of them.
[[nodiscard]] std::optional<std::vector<ReachedLeaf>> ReachedLeaves(const PolicyModel& model,
                                                                    const Diagram& diagram,
                                                                    Ref root, std::size_t most);

/// The leaves below a root, in ascending order.
[[nodiscard]] std::vector<std::uint32_t> LeavesBelow(const Mdd& mdd, Ref root);

}  // namespace mlp::compiler
