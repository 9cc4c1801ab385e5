// Reduced ordered decision diagrams with many-valued axes, hash-consed: equal functions are equal
// references. Nodes are numbered in the order of their creation, so the same calls give the same
// numbers everywhere.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace mlp::compiler {

/// A node's number, or with kTerminalBit a label.
using Ref = std::uint32_t;
inline constexpr Ref kTerminalBit = 0x80000000;
/// What an operation returns once a budget is used up; every operation on it gives it again.
inline constexpr Ref kOverBudget = 0xFFFFFFFF;

[[nodiscard]] constexpr Ref Terminal(std::uint32_t label) { return label | kTerminalBit; }
[[nodiscard]] constexpr bool IsTerminal(Ref ref) { return (ref & kTerminalBit) != 0; }
[[nodiscard]] constexpr std::uint32_t Label(Ref ref) { return ref & ~kTerminalBit; }
inline constexpr Ref kFalse = Terminal(0);
inline constexpr Ref kTrue = Terminal(1);

/// Codes up to and with `last` (and above the edge before) go to `child`.
struct MddEdge {
  std::int32_t last = 0;
  Ref child = 0;
  friend bool operator==(const MddEdge&, const MddEdge&) = default;
};

struct MddBudget {
  std::uint32_t nodes = 2'000'000;
  /// Edges visited: a measure of time that is the same on every machine; 20 to 50 ns each.
  std::uint64_t steps = 200'000'000;
  /// Of all nodes, edges and remembered results together, as they lie in vectors that double: an
  /// estimate, the same on every machine. The process takes up to twice as much while one of them
  /// grows.
  std::uint64_t bytes = 900'000'000;
};

/// From a pair of references to a third, by open addressing; grows, never forgets.
class PairMemo {
 public:
  [[nodiscard]] const Ref* Find(Ref a, Ref b) const;
  void Insert(Ref a, Ref b, Ref result);
  [[nodiscard]] std::uint64_t bytes() const { return used_ * kBytesPerResult; }
  void Clear() { *this = PairMemo(); }

  /// Slots are between a quarter and a half full.
  static constexpr std::uint64_t kBytesPerResult = 36;

 private:
  struct Slot {
    Ref a = kOverBudget;
    Ref b = 0;
    Ref result = 0;
  };
  void Grow();
  std::vector<Slot> slots_;
  std::size_t used_ = 0;
};

/// Owns the nodes. Axes are numbered 0, 1 ... in the order in which diagrams ask them. Movable.
class Mdd {
 public:
  explicit Mdd(std::vector<std::int32_t> axis_sizes, MddBudget budget = {});

  [[nodiscard]] std::uint32_t axis_count() const {
    return static_cast<std::uint32_t>(sizes_.size());
  }
  /// Codes of the axis are 0 .. size-1.
  [[nodiscard]] std::int32_t axis_size(std::uint32_t axis) const { return sizes_[axis]; }
  [[nodiscard]] std::uint32_t node_count() const {
    return static_cast<std::uint32_t>(nodes_.size());
  }
  [[nodiscard]] std::uint64_t step_count() const { return steps_; }
  [[nodiscard]] bool over_budget() const { return over_budget_; }
  /// A new allowance of nodes and steps from here on, and of bytes in all; takes back an earlier
  /// over_budget().
  void SetBudget(MddBudget budget);
  /// Drops the nodes from number `node_count` on, and all that is remembered of operations.
  void Truncate(std::uint32_t node_count);

  /// Precondition: not a terminal. The span lives until the next node is made.
  [[nodiscard]] std::uint32_t axis(Ref node) const { return nodes_[node].axis; }
  [[nodiscard]] std::span<const MddEdge> edges(Ref node) const {
    return {edges_.data() + nodes_[node].first_edge, nodes_[node].edge_count};
  }
  [[nodiscard]] Ref Child(Ref node, std::int32_t code) const;

  /// The node with these edges (ascending, the last one ends the axis), reduced: neighbours with
  /// the same child are joined, and a node with one edge is its child.
  Ref MakeNode(std::uint32_t axis, std::span<const MddEdge> edges);
  /// kTrue where first <= code <= last, else kFalse; a range outside the axis is cut.
  Ref Interval(std::uint32_t axis, std::int64_t first, std::int64_t last);

  Ref And(Ref a, Ref b);
  Ref Or(Ref a, Ref b);
  Ref Not(Ref a);
  /// `a`, and where it is kFalse `b`. Labels other than 0 are left as they are.
  Ref FirstMatch(Ref a, Ref b);
  /// `diagram` where `condition` is kTrue, else kFalse.
  Ref Gate(Ref condition, Ref diagram);

 private:
  friend class MddApply;
  struct Node {
    std::uint32_t axis;
    std::uint32_t first_edge;
    std::uint32_t edge_count;
  };
  template <typename Shortcut>
  Ref Apply(PairMemo& memo, const Shortcut& shortcut, Ref a, Ref b);
  void GrowUnique();
  void FillUnique();
  void Add(std::uint64_t bytes);

  std::vector<std::int32_t> sizes_;
  MddBudget budget_;
  std::vector<Node> nodes_;
  std::vector<MddEdge> edges_;
  std::vector<Ref> unique_;       ///< open addressing; kOverBudget is empty
  std::vector<MddEdge> scratch_;  ///< a stack of edges of the nodes being made
  std::uint64_t steps_ = 0;
  std::uint64_t bytes_ = 0;
  bool over_budget_ = false;
  PairMemo and_, or_, not_, first_match_, gate_;
};

/// A memoised operation on two diagrams, given by what it does at terminals. Make one, use it on
/// many pairs; it must not outlive the Mdd, which must not move meanwhile.
class MddApply {
 public:
  explicit MddApply(Mdd& mdd) : mdd_(mdd) {}
  virtual ~MddApply();
  MddApply(const MddApply&) = delete;
  MddApply& operator=(const MddApply&) = delete;
  Ref operator()(Ref a, Ref b);

 protected:
  /// The result where it is known without going down; must be known for two terminals.
  virtual std::optional<Ref> Shortcut(Ref a, Ref b) = 0;

 private:
  Mdd& mdd_;
  PairMemo memo_;
};

}  // namespace mlp::compiler
