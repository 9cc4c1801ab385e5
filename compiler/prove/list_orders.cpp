#include "compiler/prove/list_orders.hpp"

#include <algorithm>
#include <numeric>

#include "mlp/decide.hpp"

namespace mlp::compiler {
namespace {

constexpr std::size_t kMostGroupRows = 16;

}  // namespace

ListChoice ChoicesOf(const DiagramLeaf& leaf, const RowSet& kept) {
  ListChoice all;
  for (std::size_t i = 0; i < kept.size(); ++i) {
    if (!kept[i]) continue;
    const CandidateEntry& row = leaf.rows[i];
    if (row.rollout != kNoIndex &&
        std::find(all.canaries.begin(), all.canaries.end(), row.rollout) == all.canaries.end()) {
      all.canaries.push_back(row.rollout);
    }
    for (const LiveClause& clause : row.live) {
      const bool known = std::any_of(all.live.begin(), all.live.end(), [&](const auto& other) {
        return SameClause(other.first, clause);
      });
      if (!known) all.live.emplace_back(clause, false);
    }
  }
  return all;
}

RowList MakeList(const DiagramLeaf& leaf, const RowSet& kept, const ListChoice& choice) {
  RowList order = leaf.cheapest;
  if (!choice.cheapest || order.empty()) {
    order.resize(leaf.rows.size());
    std::iota(order.begin(), order.end(), 0U);
  }
  RowList list;
  for (const std::uint32_t number : order) {
    const CandidateEntry& row = leaf.rows[number];
    if (!kept[number] || list.size() == kMaxCandidates) continue;
    if (row.rollout != kNoIndex && std::find(choice.canaries.begin(), choice.canaries.end(),
                                             row.rollout) == choice.canaries.end()) {
      continue;
    }
    const bool live = std::all_of(row.live.begin(), row.live.end(), [&](const LiveClause& one) {
      return std::any_of(choice.live.begin(), choice.live.end(), [&](const auto& clause) {
        return clause.second && SameClause(clause.first, one);
      });
    });
    const bool taken = std::any_of(list.begin(), list.end(), [&](std::uint32_t other) {
      return leaf.rows[other].candidate == row.candidate;
    });
    if (live && !taken) list.push_back(number);
  }
  return list;
}

std::optional<std::vector<RowList>> ListOrders(const DiagramLeaf& leaf, const RowList& list,
                                               bool cheapest, std::size_t attempts) {
  if (cheapest || list.size() <= attempts || attempts == 0) return std::vector<RowList>{list};
  const std::uint32_t group = leaf.rows[list[attempts]].group;
  if (group == 0 || leaf.rows[list[attempts - 1]].group != group) return std::vector<RowList>{list};
  std::size_t first = attempts;
  while (first > 0 && leaf.rows[list[first - 1]].group == group) --first;
  std::size_t end = attempts;
  while (end < list.size() && leaf.rows[list[end]].group == group) ++end;
  if (end - first > kMostGroupRows) return std::nullopt;
  // Members of the group: a canary stands before the one whose place it takes.
  std::vector<std::vector<std::uint32_t>> members;
  for (std::size_t i = first; i < end; ++i) {
    const bool joins = i > first && leaf.rows[list[i - 1]].rollout != kNoIndex;
    if (!joins) members.emplace_back();
    members.back().push_back(list[i]);
  }
  std::vector<RowList> all;
  // Which members come wholly before the last attempt, and which one it may fall within.
  for (std::size_t chosen = 0; chosen < std::size_t{1} << members.size(); ++chosen) {
    std::size_t rows = 0;
    for (std::size_t m = 0; m < members.size(); ++m) {
      if (((chosen >> m) & 1) != 0) rows += members[m].size();
    }
    if (rows > attempts - first) continue;
    for (std::size_t part = 0; part < members.size(); ++part) {
      if (((chosen >> part) & 1) != 0) continue;
      if (rows + members[part].size() < attempts - first) continue;
      RowList order(list.begin(), list.begin() + static_cast<std::ptrdiff_t>(first));
      const auto add = [&](std::size_t m) {
        order.insert(order.end(), members[m].begin(), members[m].end());
      };
      for (std::size_t m = 0; m < members.size(); ++m) {
        if (((chosen >> m) & 1) != 0) add(m);
      }
      add(part);
      for (std::size_t m = 0; m < members.size(); ++m) {
        if (((chosen >> m) & 1) == 0 && m != part) add(m);
      }
      order.insert(order.end(), list.begin() + static_cast<std::ptrdiff_t>(end), list.end());
      all.push_back(std::move(order));
    }
  }
  return all;
}

}  // namespace mlp::compiler
