#include "compiler/diagram/mdd.hpp"

#include <algorithm>
#include <utility>

#include "runtime/core/split_mix.hpp"

namespace mlp::compiler {
namespace {

constexpr std::size_t kFirstSlots = 64;

/// A node and its part of the index, in vectors that are at least half full.
constexpr std::uint64_t kBytesPerNode = 40;
constexpr std::uint64_t kBytesPerEdge = 2 * sizeof(MddEdge);

std::uint64_t HashPair(Ref a, Ref b) {
  return Mix((std::uint64_t{a} << 32 | b) + 0x9E3779B97F4A7C15);
}

std::uint64_t HashNode(std::uint32_t axis, std::span<const MddEdge> edges) {
  std::uint64_t hash = Mix(axis + 1);
  for (const MddEdge& edge : edges) {
    hash = Mix(hash ^ (std::uint64_t{static_cast<std::uint32_t>(edge.last)} << 32 | edge.child)) +
           0x9E3779B97F4A7C15;
  }
  return hash;
}

}  // namespace

const Ref* PairMemo::Find(Ref a, Ref b) const {
  if (slots_.empty()) return nullptr;
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t at = HashPair(a, b) & mask;; at = (at + 1) & mask) {
    const Slot& slot = slots_[at];
    if (slot.a == a && slot.b == b) return &slot.result;
    if (slot.a == kOverBudget) return nullptr;
  }
}

void PairMemo::Insert(Ref a, Ref b, Ref result) {
  if (used_ * 2 >= slots_.size()) Grow();
  const std::size_t mask = slots_.size() - 1;
  std::size_t at = HashPair(a, b) & mask;
  while (slots_[at].a != kOverBudget) at = (at + 1) & mask;
  slots_[at] = {a, b, result};
  ++used_;
}

void PairMemo::Grow() {
  std::vector<Slot> old(std::max(kFirstSlots, slots_.size() * 2));
  std::swap(old, slots_);
  used_ = 0;
  for (const Slot& slot : old) {
    if (slot.a != kOverBudget) Insert(slot.a, slot.b, slot.result);
  }
}

Mdd::Mdd(std::vector<std::int32_t> axis_sizes, MddBudget budget)
    : sizes_(std::move(axis_sizes)), budget_(budget), unique_(kFirstSlots, kOverBudget) {}

void Mdd::SetBudget(MddBudget budget) {
  budget_ = {node_count() + budget.nodes, steps_ + budget.steps, budget.bytes};
  over_budget_ = false;
}

void Mdd::Add(std::uint64_t bytes) {
  bytes_ += bytes;
  if (bytes_ > budget_.bytes) over_budget_ = true;
}

void Mdd::Truncate(std::uint32_t node_count) {
  for (PairMemo* memo : {&and_, &or_, &not_, &first_match_, &gate_}) {
    bytes_ -= memo->bytes();
    memo->Clear();
  }
  if (node_count >= nodes_.size()) return;
  const std::uint32_t first_edge = nodes_[node_count].first_edge;
  bytes_ -= (nodes_.size() - node_count) * kBytesPerNode;
  bytes_ -= (edges_.size() - first_edge) * kBytesPerEdge;
  nodes_.resize(node_count);
  edges_.resize(first_edge);
  nodes_.shrink_to_fit();
  edges_.shrink_to_fit();
  FillUnique();
}

Ref Mdd::Child(Ref node, std::int32_t code) const {
  const auto all = edges(node);
  return std::lower_bound(
             all.begin(), all.end(), code,
             [](const MddEdge& edge, std::int32_t wanted) { return edge.last < wanted; })
      ->child;
}

Ref Mdd::MakeNode(std::uint32_t axis, std::span<const MddEdge> edges) {
  const auto first_edge = static_cast<std::uint32_t>(edges_.size());
  for (const MddEdge& edge : edges) {
    if (edge.child == kOverBudget) {
      edges_.resize(first_edge);
      return kOverBudget;
    }
    if (edges_.size() > first_edge && edges_.back().child == edge.child) {
      edges_.back().last = edge.last;
    } else {
      edges_.push_back(edge);
    }
  }
  const std::span<const MddEdge> reduced(edges_.data() + first_edge, edges_.size() - first_edge);
  if (reduced.size() == 1) {
    const Ref child = reduced.front().child;
    edges_.resize(first_edge);
    return child;
  }
  if (nodes_.size() * 2 >= unique_.size()) GrowUnique();
  const std::size_t mask = unique_.size() - 1;
  std::size_t at = HashNode(axis, reduced) & mask;
  for (; unique_[at] != kOverBudget; at = (at + 1) & mask) {
    const Ref other = unique_[at];
    const auto others = this->edges(other);
    if (nodes_[other].axis == axis &&
        std::equal(others.begin(), others.end(), reduced.begin(), reduced.end())) {
      edges_.resize(first_edge);
      return other;
    }
  }
  if (nodes_.size() >= budget_.nodes) {
    edges_.resize(first_edge);
    over_budget_ = true;
    return kOverBudget;
  }
  const auto node = static_cast<Ref>(nodes_.size());
  nodes_.push_back({axis, first_edge, static_cast<std::uint32_t>(reduced.size())});
  unique_[at] = node;
  Add(kBytesPerNode + reduced.size() * kBytesPerEdge);
  return node;
}

void Mdd::GrowUnique() {
  unique_.resize(unique_.size() * 2);
  FillUnique();
}

void Mdd::FillUnique() {
  std::fill(unique_.begin(), unique_.end(), kOverBudget);
  const std::size_t mask = unique_.size() - 1;
  for (Ref node = 0; node < nodes_.size(); ++node) {
    std::size_t at = HashNode(nodes_[node].axis, edges(node)) & mask;
    while (unique_[at] != kOverBudget) at = (at + 1) & mask;
    unique_[at] = node;
  }
}

Ref Mdd::Interval(std::uint32_t axis, std::int64_t first, std::int64_t last) {
  const std::int64_t size = sizes_[axis];
  first = std::max<std::int64_t>(first, 0);
  last = std::min(last, size - 1);
  if (first > last) return kFalse;
  std::vector<MddEdge> edges;
  if (first > 0) edges.push_back({static_cast<std::int32_t>(first - 1), kFalse});
  edges.push_back({static_cast<std::int32_t>(last), kTrue});
  if (last < size - 1) edges.push_back({static_cast<std::int32_t>(size - 1), kFalse});
  return MakeNode(axis, edges);
}

template <typename Shortcut>
Ref Mdd::Apply(PairMemo& memo, const Shortcut& shortcut, Ref a, Ref b) {
  if (a == kOverBudget || b == kOverBudget || over_budget_) return kOverBudget;
  if (const std::optional<Ref> known = shortcut(a, b)) return *known;
  if (const Ref* found = memo.Find(a, b)) return *found;

  constexpr std::uint32_t kBelowAll = 0xFFFFFFFF;
  const std::uint32_t axis_a = IsTerminal(a) ? kBelowAll : axis(a);
  const std::uint32_t axis_b = IsTerminal(b) ? kBelowAll : axis(b);
  const std::uint32_t top = std::min(axis_a, axis_b);
  const bool split_a = axis_a == top;
  const bool split_b = axis_b == top;
  const std::size_t begin = scratch_.size();
  // Nodes move while their children are made: only numbers are kept.
  std::uint32_t at_a = split_a ? nodes_[a].first_edge : 0;
  std::uint32_t at_b = split_b ? nodes_[b].first_edge : 0;
  for (;;) {
    if (++steps_ > budget_.steps) over_budget_ = true;
    const std::int32_t last_a = split_a ? edges_[at_a].last : sizes_[top] - 1;
    const std::int32_t last_b = split_b ? edges_[at_b].last : sizes_[top] - 1;
    const std::int32_t last = std::min(last_a, last_b);
    const Ref child =
        Apply(memo, shortcut, split_a ? edges_[at_a].child : a, split_b ? edges_[at_b].child : b);
    if (child == kOverBudget) {
      scratch_.resize(begin);
      return kOverBudget;
    }
    if (scratch_.size() > begin && scratch_.back().child == child) {
      scratch_.back().last = last;
    } else {
      scratch_.push_back({last, child});
    }
    if (last == sizes_[top] - 1) break;
    if (split_a && last == last_a) ++at_a;
    if (split_b && last == last_b) ++at_b;
  }
  const Ref result = MakeNode(top, {scratch_.data() + begin, scratch_.size() - begin});
  scratch_.resize(begin);
  if (result != kOverBudget) {
    memo.Insert(a, b, result);
    Add(PairMemo::kBytesPerResult);
  }
  return result;
}

Ref Mdd::And(Ref a, Ref b) {
  const auto shortcut = [](Ref x, Ref y) -> std::optional<Ref> {
    if (x == kFalse || y == kFalse) return kFalse;
    if (x == kTrue || x == y) return y;
    if (y == kTrue) return x;
    return std::nullopt;
  };
  return Apply(and_, shortcut, std::min(a, b), std::max(a, b));
}

Ref Mdd::Or(Ref a, Ref b) {
  const auto shortcut = [](Ref x, Ref y) -> std::optional<Ref> {
    if (x == kTrue || y == kTrue) return kTrue;
    if (x == kFalse || x == y) return y;
    if (y == kFalse) return x;
    return std::nullopt;
  };
  return Apply(or_, shortcut, std::min(a, b), std::max(a, b));
}

Ref Mdd::Not(Ref a) {
  const auto shortcut = [](Ref x, Ref) -> std::optional<Ref> {
    if (!IsTerminal(x)) return std::nullopt;
    return x == kFalse ? kTrue : kFalse;
  };
  return Apply(not_, shortcut, a, kFalse);
}

Ref Mdd::FirstMatch(Ref a, Ref b) {
  const auto shortcut = [](Ref x, Ref y) -> std::optional<Ref> {
    if (x == kFalse) return y;
    if (IsTerminal(x) || x == y || y == kFalse) return x;
    return std::nullopt;
  };
  return Apply(first_match_, shortcut, a, b);
}

Ref Mdd::Gate(Ref condition, Ref diagram) {
  const auto shortcut = [](Ref x, Ref y) -> std::optional<Ref> {
    if (x == kFalse || y == kFalse) return kFalse;
    if (x == kTrue) return y;
    return std::nullopt;
  };
  return Apply(gate_, shortcut, condition, diagram);
}

MddApply::~MddApply() { mdd_.bytes_ -= memo_.bytes(); }

Ref MddApply::operator()(Ref a, Ref b) {
  return mdd_.Apply(
      memo_, [this](Ref x, Ref y) { return Shortcut(x, y); }, a, b);
}

}  // namespace mlp::compiler
