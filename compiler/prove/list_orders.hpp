// The lists that arms, budgets and live conditions leave of a leaf's rows, and their orders.
#pragma once

#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

#include "compiler/diagram/cells.hpp"
#include "compiler/prove/list_case.hpp"
#include "compiler/prove/live_values.hpp"

namespace mlp::compiler {

/// What decides which rows are in: rollouts whose canary arm it is, and live conditions, each
/// holding or not.
struct ListChoice {
  bool cheapest = false;  ///< the leaf's second order
  std::vector<Index> canaries;
  std::vector<std::pair<LiveClause, bool>> live;
};

/// The rollouts and the live conditions, none of which holds, of the rows that are kept.
[[nodiscard]] ListChoice ChoicesOf(const DiagramLeaf& leaf, const RowSet& kept);

/// Of the rows that are kept; a model is tried once.
[[nodiscard]] RowList MakeList(const DiagramLeaf& leaf, const RowSet& kept,
                               const ListChoice& choice);

/// The list, and where the last attempt falls within a group whose order is drawn or live, one
/// for each choice of those that come first. Nothing where the group is too large.
[[nodiscard]] std::optional<std::vector<RowList>> ListOrders(const DiagramLeaf& leaf,
                                                             const RowList& list, bool cheapest,
                                                             std::size_t attempts);

}  // namespace mlp::compiler
